"""Engagements: what the client proposes, to whom, with which scope. How they are conducted: test_conduct.py."""

import uuid
from typing import Any

import pytest

from deploy.story import implemented_control
from shared.data.sessions import Database
from tests.audit.given import NOBODY, day, moved, planned, scoped, type1, type2
from tests.support import Organisation, created, eventually, ok, problem

NOT_WRITERS = ("owner", "viewer")


@pytest.mark.parametrize("draft", [type1(), type2()], ids=["type 1", "type 2"])
async def test_an_engagement_starts_as_proposed(org: Organisation, draft: dict[str, Any]) -> None:
    response = await org.manager.post("/v1/engagements", json=draft)
    engagement = created(response)
    assert engagement == ok(await org.viewer.get(response.headers["Location"]))
    assert {name: engagement[name] for name in draft} == draft
    assert (engagement["phase"], engagement["controls_in_scope"], engagement["version"]) == ("proposed", 0, 1)
    assert (engagement["client"]["id"], engagement["firm"]) == (org.id, None)
    assert engagement["categories"] == ["security"]


@pytest.mark.parametrize(
    ("draft", "pointers"),
    [
        (type1(as_of_date=None), ["/as_of_date"]),
        (type1(period_start=day(0)), ["/period_start"]),
        (type1(period_start=day(0), period_end=day(9)), ["/period_start", "/period_end"]),
        (type2(period_start=None), ["/period_start"]),
        (type2(period_end=None), ["/period_end"]),
        (type2(as_of_date=day(0)), ["/as_of_date"]),
        (type2(5, 5), ["/period_end"]),
        (type2(5, 4), ["/period_end"]),
        (type2(period_end="2200-01-01"), ["/period_end"]),
        (type2(categories=["privacy"]), ["/categories"]),
        (type2(categories=["resilience"]), ["/categories/0"]),
        (type2(kind="soc2"), ["/kind"]),
        (type2(title=" "), ["/title"]),
        (type2(firm="Hale & Partners LLP"), ["/firm"]),
        (type2(firm_id=NOBODY), ["/firm_id"]),  # it is proposed to a firm once it is planned
    ],
)
async def test_what_is_wrong_with_a_draft_is_named(
    org: Organisation, draft: dict[str, Any], pointers: list[str]
) -> None:
    refused = problem(await org.manager.post("/v1/engagements", json=draft), 422, "invalid")
    assert [each["pointer"] for each in refused["errors"]] == pointers


async def test_two_days_are_a_period(org: Organisation) -> None:
    """No standard prescribes how long a Type 2 period is."""
    created(await org.manager.post("/v1/engagements", json=type2(0, 1)))


async def test_it_is_revised_before_fieldwork(org: Organisation, database: Database) -> None:
    engagement = await planned(org)
    path, tag = f"/v1/engagements/{engagement['id']}", {"If-Match": '"1"'}
    change = {"title": "SOC 2, 2027", "period_end": day(90), "categories": ["privacy", "security"]}
    revised = ok(await org.manager.patch(path, json=change, headers=tag))
    assert (revised["title"], revised["period_end"], revised["version"]) == ("SOC 2, 2027", day(90), 2)
    assert revised["categories"] == ["security", "privacy"]
    assert revised["period_start"] == engagement["period_start"]
    await moved(database, org, engagement, "fieldwork")
    refused = await org.manager.patch(path, json=change, headers={"If-Match": "*"})
    assert "fieldwork" in problem(refused, 409, "conflict")["detail"]


@pytest.mark.parametrize(
    ("draft", "change", "pointer"),
    [
        (type2(), {"period_end": day(-31)}, "/period_end"),
        (type2(), {"as_of_date": day(0)}, "/as_of_date"),
        (type1(), {"period_start": day(0), "period_end": day(1)}, "/period_start"),
        (type2(), {"kind": "soc2_type1"}, "/kind"),
    ],
)
async def test_a_revision_keeps_the_dates_in_order(
    org: Organisation, draft: dict[str, Any], change: dict[str, str], pointer: str
) -> None:
    engagement = await planned(org, draft)
    path = f"/v1/engagements/{engagement['id']}"
    refused = problem(await org.manager.patch(path, json=change, headers={"If-Match": '"1"'}), 422, "invalid")
    assert refused["errors"][0]["pointer"] == pointer
    assert ok(await org.viewer.get(path)) == engagement


async def test_a_scope_tells_what_is_known_of_each_control(org: Organisation) -> None:
    known, unheard_of = await implemented_control(org, "AC-01"), uuid.uuid4()
    engagement = await planned(org)
    answer = await scoped(org, engagement, uuid.UUID(known), unheard_of, unheard_of)
    assert (ok(answer)["controls_in_scope"], answer.headers["ETag"]) == (2, '"2"')

    async def heard_of() -> list[dict[str, Any]] | None:
        scope = ok(await org.viewer.get(f"/v1/engagements/{engagement['id']}/scope"))["items"]
        return scope if any(each["known"] for each in scope) else None

    scope = {each["id"]: each for each in await eventually(heard_of)}
    title = "Access is reviewed every quarter"
    assert scope == {
        known: {"id": known, "known": True, "code": "AC-01", "title": title, "health": "unknown"},
        str(unheard_of): {
            "id": str(unheard_of),
            "known": False,
            "code": None,
            "title": None,
            "health": "unknown",
        },
    }


async def test_a_scope_is_read_in_pages(org: Organisation) -> None:
    controls = sorted(uuid.uuid4() for _ in range(5))
    engagement = await planned(org, None, *controls)
    found, query = [], {"limit": "2"}
    while True:
        page = ok(await org.viewer.get(f"/v1/engagements/{engagement['id']}/scope", params=query))
        found += [each["id"] for each in page["items"]]
        if page["next_cursor"] is None:
            break
        query["cursor"] = page["next_cursor"]
    assert found == [str(each) for each in controls]


async def test_a_scope_is_set_anew_and_the_trail_keeps_both(org: Organisation) -> None:
    first, second = uuid.uuid4(), uuid.uuid4()
    engagement = await planned(org, None, first)
    engagement = ok(await scoped(org, engagement, second))
    query = {"subject": engagement["id"], "sort": "-id"}
    told = ok(await org.manager.get("/v1/services/audit/trail", params=query))["items"][0]
    assert told["type"] == "audit.engagement.revised"
    assert told["before"] == {"control_ids": [str(first)]}
    assert told["after"] == {"control_ids": [str(second)]}


async def test_the_largest_scope_is_taken_and_a_larger_one_named(org: Organisation) -> None:
    controls = [uuid.uuid4() for _ in range(2001)]
    engagement = await planned(org, None, *controls[:2000])
    assert engagement["controls_in_scope"] == 2000
    refused = problem(await scoped(org, engagement, *controls), 422, "invalid")
    assert refused["errors"][0]["pointer"] == "/control_ids"


async def test_the_scope_is_frozen_from_fieldwork_on(org: Organisation, database: Database) -> None:
    engagement = await moved(database, org, await planned(org, None, uuid.uuid4()), "fieldwork")
    refused = await scoped(org, engagement, uuid.uuid4())
    assert "fieldwork" in problem(refused, 409, "scope-frozen")["detail"]
    assert ok(await org.viewer.get(f"/v1/engagements/{engagement['id']}"))["controls_in_scope"] == 1


async def test_no_change_of_another_is_overwritten(org: Organisation) -> None:
    engagement = await planned(org)
    path = f"/v1/engagements/{engagement['id']}"
    for method, at, body in (
        ("PATCH", path, {"title": "New"}),
        ("PUT", f"{path}/scope", {"control_ids": []}),
    ):
        problem(await org.manager.request(method, at, json=body), 428, "precondition-required")
        stale = await org.manager.request(method, at, json=body, headers={"If-Match": '"7"'})
        problem(stale, 412, "stale")
    same = await org.viewer.get(path, headers={"If-None-Match": '"1"'})
    assert (same.status_code, same.content) == (304, b"")


async def test_a_repeated_plan_is_one_engagement(org: Organisation) -> None:
    key = {"Idempotency-Key": str(uuid.uuid4())}
    first = created(await org.manager.post("/v1/engagements", json=type2(), headers=key))
    assert created(await org.manager.post("/v1/engagements", json=type2(), headers=key)) == first
    problem(await org.manager.post("/v1/engagements", json=type1(), headers=key), 422, "key-reused")
    assert [each["id"] for each in ok(await org.viewer.get("/v1/engagements"))["items"]] == [first["id"]]


async def test_lists_filter_sort_and_page(org: Organisation, database: Database) -> None:
    first = await planned(org, type1(title="B"))
    second = await moved(database, org, await planned(org, type2(title="A")), "fieldwork")

    async def found(**query: str) -> list[str]:
        return [each["title"] for each in ok(await org.viewer.get("/v1/engagements", params=query))["items"]]

    assert await found() == ["A", "B"]
    assert await found(sort="-title") == ["B", "A"]
    assert await found(kind="soc2_type1") == ["B"]
    assert await found(phase="fieldwork") == ["A"]
    assert await found(updated_since=second["updated_at"]) == ["A"]
    page = ok(await org.viewer.get("/v1/engagements", params={"limit": "1", "sort": "title"}))
    assert await found(limit="1", sort="title", cursor=page["next_cursor"]) == ["B"]
    assert first["created_at"] < second["created_at"]


async def test_who_may_not_write_is_refused(org: Organisation) -> None:
    path = f"/v1/engagements/{(await planned(org))['id']}"
    for stranger in (org.team[name] for name in NOT_WRITERS):
        tag = {"If-Match": "*"}
        problem(await stranger.post("/v1/engagements", json=type2()), 403, "forbidden")
        problem(await stranger.patch(path, json={"title": "New"}, headers=tag), 403, "forbidden")
        problem(await stranger.put(f"{path}/scope", json={"control_ids": []}, headers=tag), 403, "forbidden")
        problem(await stranger.post(f"{path}/phases", json={"phase": "fieldwork"}), 403, "forbidden")
    problem(await org.reviewer.get(path), 403, "forbidden")


async def test_another_organisation_finds_nothing(org: Organisation, other_org: Organisation) -> None:
    engagement = await planned(org, None, uuid.uuid4())
    for path in (f"/v1/engagements/{engagement['id']}", f"/v1/engagements/{NOBODY}"):
        tag = {"If-Match": "*"}
        problem(await other_org.viewer.get(path), 404, "not-found")
        problem(await other_org.viewer.get(f"{path}/scope"), 404, "not-found")
        problem(await other_org.manager.patch(path, json={"title": "Mine"}, headers=tag), 404, "not-found")
        problem(
            await other_org.manager.put(f"{path}/scope", json={"control_ids": []}, headers=tag),
            404,
            "not-found",
        )
        gone = {"reason": "Mine."}
        problem(await other_org.manager.post(f"{path}/proposal-withdrawals", json=gone), 404, "not-found")
    assert ok(await other_org.viewer.get("/v1/engagements"))["items"] == []
