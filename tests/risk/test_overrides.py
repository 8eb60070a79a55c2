"""Overrides over HTTP: proposed, approved by others with authority, and over when time or facts say so."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from deploy.local.stack import Stack
from shared.events.catalogue.controls import HealthState
from tests.bench.seed import unfenced
from tests.risk.conftest import Controls
from tests.risk.given import answer, history, identified, kinds, put_in_force, rated, read, revised, trail
from tests.support import Organisation, created, eventually, ok, person, problem

LOWER = {"likelihood": 3, "impact": 3}


def _in_days(days: float) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).isoformat()


def _proposal(**changes: Any) -> dict[str, Any]:
    return LOWER | {"reason": "The system is off the network.", "expires_at": _in_days(30)} | changes


async def _proposed(org: Organisation, risk: str, **changes: Any) -> str:
    response = await org.risk.post(f"/v1/risks/{risk}/overrides", json=_proposal(**changes))
    override = created(response)
    assert ok(await org.viewer.get(response.headers["Location"])) == override
    return str(override["id"])


async def _in_force(org: Organisation, risk: str, **changes: Any) -> str:
    override = await _proposed(org, risk, **changes)
    ok(await org.admin.post(f"/v1/risk-overrides/{override}/approvals", json={"note": "Seen it."}))
    return override


async def _status(org: Organisation, override: str) -> str:
    return str(ok(await org.viewer.get(f"/v1/risk-overrides/{override}"))["status"])


async def test_an_override_counts_once_another_person_approves_it(org: Organisation) -> None:
    risk = await identified(org)
    override = await _proposed(org, risk)
    assert (await read(org, risk))["current"]["level"] == "high"
    path = f"/v1/risk-overrides/{override}/approvals"
    problem(await org.risk.post(path, json={"note": "Fine."}), 403, "separation-of-duties")
    approved = ok(await org.viewer.post(path, json={"note": "Seen the inventory."}))
    assert (approved["status"], approved["rating"]) == ("in_force", LOWER | {"level": "moderate"})
    assert approved["approvals"][0]["by"]["person"] == await person(org, "viewer")
    assert approved["basis"]["inherent"] == approved["basis"]["computed"] == [5, 4]
    overridden = await read(org, risk)
    assert (overridden["computed"]["level"], overridden["current"]["level"]) == ("high", "moderate")
    assert (overridden["override"]["id"], overridden["within_appetite"]) == (override, True)
    assert overridden["reasons"][0].startswith("Until ")
    assert kinds(await trail(org, risk))[-2:] == ["rated", "back_within_appetite"]
    assert (await history(org, risk))[-1]["override_id"] == override
    problem(await org.viewer.post(path, json={"note": "Again."}), 409, "conflict")
    listed = ok(await org.viewer.get("/v1/risks", params={"overridden": True}))["items"]
    assert [each["id"] for each in listed] == [risk]


async def test_a_risk_has_one_live_override(org: Organisation) -> None:
    risk = await identified(org)
    override = await _proposed(org, risk)
    again = await org.risk.post(f"/v1/risks/{risk}/overrides", json=_proposal())
    problem(again, 409, "override-live")
    declined = await org.admin.post(f"/v1/risk-overrides/{override}/declines", json={"reason": "It is not."})
    assert (ok(declined)["status"], ok(declined)["end_reason"]) == ("declined", "It is not.")
    problem(await org.admin.post(f"/v1/risk-overrides/{override}/declines", json={"reason": "x"}), 409, "conflict")
    second = await _in_force(org, risk)
    closure = {"reason": "avoided", "note": "Sold."}
    problem(await org.risk.post(f"/v1/risks/{risk}/closures", json=closure), 409, "still-overridden")
    revoked = await org.risk.post(f"/v1/risk-overrides/{second}/revocations", json={"reason": "It is back."})
    assert ok(revoked)["status"] == "revoked"
    problem(await org.risk.post(f"/v1/risk-overrides/{second}/revocations", json={"reason": "x"}), 409, "conflict")
    assert (await read(org, risk))["current"]["level"] == "high"
    third = await _proposed(org, risk)
    ok(await org.risk.post(f"/v1/risks/{risk}/closures", json=closure))
    closed = await org.admin.post(f"/v1/risk-overrides/{third}/approvals", json={"note": "x"})
    problem(closed, 409, "risk-is-closed")
    problem(await org.risk.post(f"/v1/risks/{risk}/overrides", json=_proposal()), 409, "risk-is-closed")
    listed = ok(await org.viewer.get("/v1/risk-overrides", params={"risk_id": risk}))["items"]
    assert [each["id"] for each in listed] == [third, second, override]


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"likelihood": 6}, "/likelihood"),
        ({"impact": 5}, "/impact"),
        ({"likelihood": 5, "impact": 4}, "/likelihood"),
        ({"expires_at": _in_days(-1)}, "/expires_at"),
        ({"expires_at": _in_days(91)}, "/expires_at"),
        ({"expires_at": None}, "/expires_at"),
        ({"reason": ""}, "/reason"),
    ],
)
async def test_an_override_has_a_reason_and_an_end_and_keeps_to_the_scales(
    org: Organisation, changes: dict[str, Any], pointer: str
) -> None:
    risk = await identified(org)
    refused = await org.risk.post(f"/v1/risks/{risk}/overrides", json=_proposal(**changes))
    assert pointer in [each["pointer"] for each in problem(refused, 422, "invalid")["errors"]]


async def test_lowering_a_risk_above_tolerance_needs_the_authority_of_its_level(org: Organisation) -> None:
    """By the preset, a very high risk needs an administrator; with two approvers, two of them."""
    risk = await identified(org, inherent={"likelihood": 5, "impact": 5})
    override = await _proposed(org, risk)
    path = f"/v1/risk-overrides/{override}/approvals"
    refused = problem(await org.manager.post(path, json={"note": "Fine."}), 403, "no-authority")
    assert "1 person with the role admin" in refused["detail"]
    assert ok(await org.admin.post(path, json={"note": "Fine."}))["status"] == "in_force"

    terms = ok(await org.viewer.get("/v1/risk-methods/current"))["terms"]
    terms["authority"][4] |= {"approvers": 2, "roles": ["admin", "compliance-manager"]}
    await put_in_force(org, {"method": terms})
    assert await _status(org, override) == "overtaken", "another method is in force"
    path = f"/v1/risk-overrides/{await _proposed(org, risk)}/approvals"
    assert ok(await org.admin.post(path, json={"note": "Fine."}))["status"] == "proposed"
    problem(await org.admin.post(path, json={"note": "Fine."}), 403, "separation-of-duties")
    assert ok(await org.manager.post(path, json={"note": "Fine."}))["status"] == "in_force"


async def test_a_control_that_worsens_overtakes_an_override(org: Organisation, control: Controls) -> None:
    review = control()
    risk = await identified(org, controls=[answer(review.id, steps=1)])
    await review.is_(HealthState.HEALTHY)
    await rated(org, risk, "high")
    override = await _in_force(org, risk, likelihood=2, impact=2)
    await rated(org, risk, "low")
    failing = await review.is_(HealthState.FAILING)
    raised = await rated(org, risk, "high")
    assert raised["override"] is None
    assert await _status(org, override) == "overtaken"
    (*_, last) = await trail(org, override)
    assert (last["type"], last["cause"]) == ("risk.override.overtaken", failing)
    assert "worse" in last["reason"]


async def test_another_inherent_rating_overtakes_an_override(org: Organisation) -> None:
    risk = await identified(org)
    override = await _in_force(org, risk)
    await revised(org, risk, title="Leavers keep access")
    assert await _status(org, override) == "in_force"
    await revised(org, risk, inherent={"likelihood": 4, "impact": 4}, reason="Fewer cases.")
    assert await _status(org, override) == "overtaken"
    assert (await read(org, risk))["current"] == {"likelihood": 4, "impact": 4, "level": "high"}


async def test_an_override_expires_by_the_clock(stack: Stack, org: Organisation) -> None:
    risk, other = await identified(org), await identified(org, code="R-02")
    override, proposed = await _in_force(org, risk), await _proposed(org, other)
    connection = await asyncpg.connect(unfenced(stack, "risk"))
    for each in (override, proposed):
        await connection.execute(
            "update risk_overrides set expires_at = now() - interval '1 minute' where id = $1", UUID(each)
        )
    await connection.close()
    late = await org.admin.post(f"/v1/risk-overrides/{proposed}/approvals", json={"note": "Fine."})
    problem(late, 409, "override-over")
    ok(await org.admin.post("/v1/services/risk/sweeps"))

    async def over() -> bool:
        return {await _status(org, each) for each in (override, proposed)} == {"expired"}

    await eventually(over)
    assert (await read(org, risk))["current"]["level"] == "high"
    events = [event["type"].removeprefix("risk.override.") for event in await trail(org, override)]
    assert events == ["proposed", "approved", "expired"]


async def test_only_who_may_decide_does(org: Organisation, other_org: Organisation) -> None:
    risk = await identified(org)
    override = await _proposed(org, risk)
    end, note = {"reason": "x"}, {"note": "x"}
    for acting in (org.owner, org.viewer):
        problem(await acting.post(f"/v1/risks/{risk}/overrides", json=_proposal()), 403, "forbidden")
        problem(await acting.post(f"/v1/risk-overrides/{override}/revocations", json=end), 403, "forbidden")
    problem(await org.monitor.post(f"/v1/risk-overrides/{override}/approvals", json=note), 403, "forbidden")
    problem(await org.monitor.post(f"/v1/risk-overrides/{override}/declines", json=end), 403, "forbidden")
    for path, body in (("approvals", note), ("declines", end), ("revocations", end)):
        missing = await other_org.admin.post(f"/v1/risk-overrides/{override}/{path}", json=body)
        problem(missing, 404, "not-found")
    problem(await other_org.admin.get(f"/v1/risk-overrides/{override}"), 404, "not-found")
    assert ok(await other_org.admin.get("/v1/risk-overrides"))["items"] == []
    problem(await org.risk.post(f"/v1/risks/{uuid4()}/overrides", json=_proposal()), 404, "not-found")
