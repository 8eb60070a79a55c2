"""Legal holds: what they keep, also of what comes later, and who may place and release them."""

import asyncio
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.evidence.keeping.holds.schemas import HeldItem, HoldOut
from tests.evidence.given import NOBODY, an_expectation, submitted
from tests.support import Organisation, created, eventually, ok, problem

MATTER = {"matter": "Doe v. Example Corp., 26-cv-1017", "reason": "Counsel asked for it."}


async def a_hold(org: Organisation, **scope: Any) -> dict[str, Any]:
    return created(await org.manager.post("/v1/holds", json={**MATTER, "scope": scope}))


async def held_by(org: Organisation, item: dict[str, Any]) -> list[str]:
    params = {"item_id": item["id"], "status": "placed"}
    return [each["id"] for each in ok(await org.manager.get("/v1/holds", params=params))["items"]]


async def items_of(org: Organisation, hold: dict[str, Any]) -> set[str]:
    return {each["id"] for each in ok(await org.manager.get(f"/v1/holds/{hold['id']}/items"))["items"]}


async def test_a_hold_keeps_what_its_scope_names_also_what_comes_later(org: Organisation) -> None:
    expectation, other = await an_expectation(org), await an_expectation(org)
    item = await submitted(org, expectation)
    this_item = await a_hold(org, item_ids=[item["id"]])
    of_control = await a_hold(org, control_ids=[expectation["control_id"]])
    of_expectation = await a_hold(org, expectation_ids=[expectation["id"]])
    assert set(await held_by(org, item)) == {this_item["id"], of_control["id"], of_expectation["id"]}
    later, elsewhere = await submitted(org, expectation, other), await submitted(org, other)
    assert set(await held_by(org, later)) == {of_control["id"], of_expectation["id"]}
    assert await held_by(org, elsewhere) == []
    assert await items_of(org, of_control) == {item["id"], later["id"]}


async def test_a_period_holds_whatever_covers_a_part_of_it(org: Organisation) -> None:
    expectation = await an_expectation(org)
    start = datetime(2025, 1, 1, tzinfo=UTC)
    hold = await a_hold(
        org, period={"covers_from": start.isoformat(), "covers_until": (start + timedelta(days=90)).isoformat()}
    )
    before = await submitted(org, expectation, covers_until=start)
    across = await submitted(org, expectation, covers_until=start + timedelta(days=1))
    last = await submitted(org, expectation, covers_until=start + timedelta(days=120) - timedelta(seconds=1))
    after = await submitted(org, expectation, covers_until=start + timedelta(days=120))
    assert [await held_by(org, each) for each in (before, across, last, after)] == [[], [hold["id"]], [hold["id"]], []]


async def test_an_engagement_holds_what_it_examines_in_its_period(org: Organisation) -> None:
    expectation = await an_expectation(org)
    draft = {
        "kind": "soc2_type2",
        "title": "SOC 2 Type 2, 2025",
        "categories": ["security"],
        "period_start": "2025-01-01",
        "period_end": "2025-12-31",
    }
    engagement = created(await org.manager.post("/v1/engagements", json=draft))
    ok(
        await org.manager.put(
            f"/v1/engagements/{engagement['id']}/scope",
            json={"control_ids": [expectation["control_id"]]},
            headers={"If-Match": '"1"'},
        )
    )
    inside = await submitted(org, expectation, covers_until=datetime(2025, 7, 1, tzinfo=UTC))
    outside = await submitted(org, expectation, covers_until=datetime(2026, 7, 1, tzinfo=UTC))

    async def placed() -> dict[str, Any] | None:
        answer = await org.manager.post("/v1/holds", json={**MATTER, "scope": {"engagement_ids": [engagement["id"]]}})
        return answer.json() if answer.status_code == 201 else None

    hold = await eventually(placed, every=0.2)

    async def held() -> bool:
        """The change of scope is heard."""
        return await held_by(org, inside) == [hold["id"]]

    await eventually(held, every=0.1)
    assert await held_by(org, outside) == []


async def test_it_is_released_once_and_with_a_reason(org: Organisation) -> None:
    item = await submitted(org, await an_expectation(org))
    hold = await a_hold(org, item_ids=[item["id"]])
    path = f"/v1/holds/{hold['id']}/releases"
    problem(await org.manager.post(path, json={}), 422, "invalid")
    released = ok(await org.second_manager.post(path, json={"reason": "Settled."}))
    assert released["status"] == "released"
    assert released["release_reason"] == "Settled."
    assert await held_by(org, item) == []
    problem(await org.manager.post(path, json={"reason": "Again."}), 409, "conflict")
    told = ok(await org.admin.get("/v1/services/evidence/trail", params={"subject": hold["id"]}))["items"]
    assert [(each["type"], each["reason"]) for each in told] == [
        ("evidence.hold.placed", MATTER["reason"]),
        ("evidence.hold.released", "Settled."),
    ]


async def test_two_cannot_release_it_at_the_same_time(org: Organisation) -> None:
    hold = await a_hold(org, control_ids=[str(uuid.uuid4())])
    path = f"/v1/holds/{hold['id']}/releases"
    answers = await asyncio.gather(
        *(each.post(path, json={"reason": "Settled."}) for each in (org.manager, org.second_manager))
    )
    assert sorted(each.status_code for each in answers) == [200, 409]


@pytest.mark.parametrize("member", ["item_ids", "expectation_ids", "engagement_ids"])
async def test_a_hold_on_what_is_not_there_is_refused(org: Organisation, member: str) -> None:
    answer = await org.manager.post("/v1/holds", json={**MATTER, "scope": {member: [NOBODY]}})
    assert problem(answer, 422, "nothing-to-hold")["errors"] == [{"pointer": f"/scope/{member}/0", "detail": "unknown"}]


@pytest.mark.parametrize(
    "scope",
    [
        {},
        {"control_ids": [NOBODY, NOBODY]},
        {"period": {"covers_from": "2025-02-01T00:00:00Z", "covers_until": "2025-02-01T00:00:00Z"}},
        {"everything": True},
    ],
)
async def test_a_scope_says_what_is_held(org: Organisation, scope: dict[str, Any]) -> None:
    problem(await org.manager.post("/v1/holds", json={**MATTER, "scope": scope}), 422, "invalid")


async def test_only_who_may_places_releases_and_reads(org: Organisation) -> None:
    hold = await a_hold(org, control_ids=[str(uuid.uuid4())])
    for each in (org.owner, org.reviewer, org.viewer):
        problem(await each.post("/v1/holds", json={**MATTER, "scope": {"control_ids": [NOBODY]}}), 403, "forbidden")
        problem(await each.post(f"/v1/holds/{hold['id']}/releases", json={"reason": "No."}), 403, "forbidden")
        problem(await each.get("/v1/holds"), 403, "forbidden")


async def test_another_organisation_neither_sees_nor_releases_it(org: Organisation, other_org: Organisation) -> None:
    item = await submitted(org, await an_expectation(org))
    hold = await a_hold(org, item_ids=[item["id"]])
    path = f"/v1/holds/{hold['id']}"
    problem(await other_org.manager.get(path), 404, "not-found")
    problem(await other_org.manager.get(f"{path}/items"), 404, "not-found")
    problem(await other_org.manager.post(f"{path}/releases", json={"reason": "No."}), 404, "not-found")
    answer = await other_org.manager.post("/v1/holds", json={**MATTER, "scope": {"item_ids": [item["id"]]}})
    problem(answer, 422, "nothing-to-hold")
    assert ok(await other_org.manager.get("/v1/holds"))["items"] == []


async def test_a_hold_reads_as_its_schema_says(org: Organisation) -> None:
    item = await submitted(org, await an_expectation(org))
    hold = await a_hold(org, item_ids=[item["id"]])
    assert hold.keys() == HoldOut.model_fields.keys()
    (held,) = ok(await org.manager.get(f"/v1/holds/{hold['id']}/items"))["items"]
    assert held.keys() == HeldItem.model_fields.keys()
    assert ok(await org.manager.get(f"/v1/holds/{hold['id']}")) == hold
    assert ok(await org.manager.get("/v1/holds", params={"q": "DOE v.", "updated_since": hold["updated_at"]}))[
        "items"
    ] == [hold]
