"""From proposed to open, closed and reopened: who agrees, what keeps a risk open, and what is kept of its history."""

from typing import Any
from uuid import UUID, uuid4

import asyncpg

from deploy.client import address_of
from deploy.local.stack import Stack
from tests.bench.seed import unfenced
from tests.controls.given import programme
from tests.risk.given import DRAFT, history, identified, kinds, put_in_force, read, revised, trail
from tests.support import Organisation, created, eventually, ok, person, problem

SOLD = {"reason": "avoided", "note": "The product was sold."}
LOW = {"likelihood": 2, "impact": 2}


async def _agree(org: Organisation, risk: str) -> dict[str, Any]:
    return ok(await org.owner.post(f"/v1/risks/{risk}/agreements"))


async def _close(org: Organisation, risk: str, **closure: Any) -> dict[str, Any]:
    return ok(await org.risk.post(f"/v1/risks/{risk}/closures", json=SOLD | closure))


async def test_a_risk_is_open_once_its_owner_agrees(org: Organisation) -> None:
    risk = await identified(org, owner=address_of("owner"))
    before = await read(org, risk)
    assert (before["status"], before["owner_agreed_at"]) == ("proposed", None)
    problem(await org.risk.post(f"/v1/risks/{risk}/agreements"), 403, "not-the-owner")
    after = await _agree(org, risk)
    assert (after["status"], after["owner_agreed_at"]) == ("open", after["updated_at"])
    problem(await org.owner.post(f"/v1/risks/{risk}/agreements"), 409, "conflict")
    assert kinds(await trail(org, risk))[-1] == "owner_agreed"
    assert len(await history(org, risk)) == 1
    problem(await org.owner.post(f"/v1/risks/{uuid4()}/agreements"), 404, "not-found")


async def test_who_writes_down_a_risk_of_their_own_agrees_thereby(org: Organisation) -> None:
    risk = await identified(org, owner=address_of("risk"))
    assert (await read(org, risk))["status"] == "open"


async def test_another_owner_has_yet_to_agree(org: Organisation) -> None:
    risk = await identified(org, owner=address_of("risk"))
    handed = await revised(org, risk, owner=address_of("owner"))
    assert (handed["status"], handed["owner_agreed_at"]) == ("open", None)
    again = await revised(org, risk, title="Leavers keep access")
    assert again["owner_agreed_at"] is None
    back = await revised(org, risk, owner=address_of("risk"))
    assert back["owner_agreed_at"] == back["updated_at"]


async def test_a_closed_risk_keeps_its_rating_and_its_history(org: Organisation) -> None:
    risk = await identified(org, owner=address_of("risk"))
    closed = await _close(org, risk)
    assert (closed["status"], closed["close_reason"], closed["close_note"]) == ("closed", "avoided", SOLD["note"])
    assert (closed["closed_at"], closed["closed_by"]["person"]) == (closed["updated_at"], await person(org, "risk"))
    assert closed["current"]["level"] == "high"
    problem(await org.risk.post(f"/v1/risks/{risk}/closures", json=SOLD), 409, "risk-is-closed")
    problem(await org.risk.post(f"/v1/risks/{risk}/agreements"), 409, "risk-is-closed")
    change = await org.risk.patch(f"/v1/risks/{risk}", json={"title": "x"}, headers={"If-Match": "*"})
    problem(change, 409, "risk-is-closed")

    reopened = ok(await org.risk.post(f"/v1/risks/{risk}/reopenings", json={"reason": "It was bought back."}))
    assert (reopened["status"], reopened["closed_at"], reopened["close_reason"]) == ("open", None, None)
    problem(await org.risk.post(f"/v1/risks/{risk}/reopenings", json={"reason": "Again."}), 409, "conflict")
    events = await trail(org, risk)
    assert kinds(events)[-2:] == ["closed", "reopened"]
    assert (events[-2]["data"]["close_reason"], events[-2]["reason"]) == ("avoided", SOLD["note"])
    assert len(await history(org, risk)) == 1


async def test_a_risk_above_appetite_does_not_just_become_irrelevant(org: Organisation) -> None:
    risk = await identified(org, owner=address_of("risk"))
    irrelevant = {"reason": "no_longer_relevant", "note": "Not seen for a year."}
    refused = await org.risk.post(f"/v1/risks/{risk}/closures", json=irrelevant)
    problem(refused, 409, "still-above-appetite")
    low = await identified(org, code="R-02", owner=address_of("risk"), inherent=LOW)
    await _close(org, low, **irrelevant)
    proposed = await identified(org, code="R-03")
    await _close(org, proposed, **irrelevant)


async def test_a_risk_that_is_treated_or_accepted_is_not_closed(stack: Stack, org: Organisation) -> None:
    risk = await identified(org)
    connection = await asyncpg.connect(unfenced(stack, "risk"))
    for column, value in (("live_treatments", [uuid4()]), ("acceptance_id", uuid4())):
        await connection.execute(f"update risks set {column} = $1 where id = $2", value, UUID(risk))  # noqa: S608
        problem(await org.risk.post(f"/v1/risks/{risk}/closures", json=SOLD), 409, "still-treated")
        await connection.execute("update risks set live_treatments = '{}' where id = $1", UUID(risk))
    await connection.close()


async def test_a_risk_becomes_part_of_another(org: Organisation) -> None:
    kept, merged = await identified(org), await identified(org, code="R-02")
    path = f"/v1/risks/{merged}/closures"
    for other in (merged, str(uuid4())):
        refused = problem(
            await org.risk.post(path, json=SOLD | {"reason": "merged", "merged_into": other}), 422, "invalid"
        )
        assert [each["pointer"] for each in refused["errors"]] == ["/merged_into"]
    problem(await org.risk.post(path, json=SOLD | {"reason": "merged"}), 422, "invalid")
    problem(await org.risk.post(path, json=SOLD | {"merged_into": kept}), 422, "invalid")
    closed = await _close(org, merged, reason="merged", merged_into=kept)
    assert closed["merged_into"] == kept
    assert (await read(org, kept))["merged_from"] == [merged]
    assert len(await history(org, merged)) == 1


async def test_a_reopened_risk_is_rated_by_the_method_of_now(org: Organisation) -> None:
    risk = await identified(org, inherent={"likelihood": 5, "impact": 2}, target=LOW)
    await _close(org, risk)
    await put_in_force(org, {"preset": "three-by-three"})
    assert (await read(org, risk))["method_number"] == 0
    path = f"/v1/risks/{risk}/reopenings"
    problem(await org.risk.post(path, json={"reason": "It is sold again."}), 409, "beyond-scale")
    beyond = {"reason": "It is sold again.", "inherent": {"likelihood": 4, "impact": 1}}
    refused = problem(await org.risk.post(path, json=beyond), 422, "invalid")
    assert [each["pointer"] for each in refused["errors"]] == ["/inherent/likelihood"]
    reopened = ok(await org.risk.post(path, json=beyond | {"inherent": {"likelihood": 3, "impact": 2}}))
    assert (reopened["current"]["level"], reopened["method_number"]) == ("high", 1)
    assert [each["method_number"] for each in await history(org, risk)] == [0, 1]


async def test_a_target_is_kept_with_the_history(org: Organisation) -> None:
    risk = await identified(org, target=LOW)
    assert (await read(org, risk))["target"] == LOW | {"level": "low"}
    moved = await revised(org, risk, target={"likelihood": 2, "impact": 3}, reason="Cheaper.")
    assert moved["target"] == {"likelihood": 2, "impact": 3, "level": "low"}
    none = await revised(org, risk, target=None, reason="Nothing is planned.")
    assert none["target"] is None
    assert [each["target"] and each["target"]["impact"] for each in await history(org, risk)] == [2, 3, None]
    assert (await history(org, risk))[1]["reason"] == "The risk was revised. Cheaper."
    created(await org.risk.post("/v1/risks", json=DRAFT | {"code": "R-02"}))


async def test_the_programme_asks_for_no_control_of_a_closed_risk(org: Organisation) -> None:
    """What the controls service hears of a risk's state decides what a step of a programme lacks."""
    going = await programme(org)
    risk = await identified(org)

    async def said(*codes: str) -> bool:
        steps = ok(await org.viewer.get(f"/v1/programmes/{going}/steps"))["steps"]
        missing = {each["code"] for step in steps for each in step["missing"]}
        return {"no_risk", "risk_without_control"} & missing == set(codes)

    await eventually(lambda: said("risk_without_control"))
    await _close(org, risk)
    await eventually(lambda: said("no_risk"))
    ok(await org.risk.post(f"/v1/risks/{risk}/reopenings", json={"reason": "It was bought back."}))
    await eventually(lambda: said("risk_without_control"))


async def test_only_who_may_change_risks_closes_and_reopens(org: Organisation, other_org: Organisation) -> None:
    risk = await identified(org)
    for acting in (org.owner, org.reviewer, org.viewer):
        problem(await acting.post(f"/v1/risks/{risk}/closures", json=SOLD), 403, "forbidden")
        problem(await acting.post(f"/v1/risks/{risk}/reopenings", json={"reason": "x"}), 403, "forbidden")
    problem(await org.monitor.post(f"/v1/risks/{risk}/agreements"), 403, "forbidden")
    problem(await other_org.admin.post(f"/v1/risks/{risk}/closures", json=SOLD), 404, "not-found")
    problem(await other_org.admin.post(f"/v1/risks/{risk}/reopenings", json={"reason": "x"}), 404, "not-found")
    problem(await other_org.admin.post(f"/v1/risks/{risk}/agreements"), 404, "not-found")
