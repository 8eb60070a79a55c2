"""A risk from scope to acceptance: assets, assessment, treatment by a control that then fails, accepted again.

Everything over HTTP, each person with a token of their own. The control is one of the organisation's: it is approved,
implemented and tested, and the risk follows what is heard of its health.
"""

from datetime import timedelta
from typing import Any

from deploy.story import implemented_control
from shared.clock import now
from tests.controls.given import programme, pushed
from tests.risk.treated import TARGET, day
from tests.support import Organisation, created, eventually, ok, person, problem

RISK: dict[str, Any] = {
    "code": "R-01",
    "title": "Former staff keep access",
    "scenario": {"source": "A former employee", "event": "signs in", "consequence": "and copies records."},
    "affects": ["confidentiality"],
    "category": "security",
    "owner": "owner@example.com",
    "inherent": {"likelihood": 5, "impact": 4},
}


async def test_a_risk_is_treated_accepted_and_accepted_again_when_a_control_fails(org: Organisation) -> None:
    risk = await _identified(org)
    await _assessed(org, risk)
    control = await implemented_control(org, "AC-01")
    treatment = await _treated(org, risk, control)
    lowered = await _of(org, risk, level="low")
    assert (lowered["treatment"], lowered["within_appetite"]) == ("mitigate", True)
    acceptance = await _accepted(org, risk)
    assert (await _risk(org, risk))["treatment"] == "accept"

    await pushed(org, "AC-01", outcome="fail", run="2")
    stale = await _acceptance(org, acceptance, "stale")
    assert {each["code"] for each in stale["stale_reasons"]} == {"level_risen", "control_failing"}
    untreated = await _of(org, risk, level="high")
    assert (untreated["treatment"], untreated["acceptance_id"], untreated["standing"]) == (
        "untreated",
        None,
        "above_appetite",
    )
    await _accepted_again(org, acceptance)
    now_accepted = await _risk(org, risk)
    assert (now_accepted["treatment"], now_accepted["acceptance_id"]) == ("accept", acceptance)
    revoked = await org.risk.post(f"/v1/acceptances/{acceptance}/revocations", json={"reason": "It is treated anew."})
    assert ok(revoked)["status"] == "revoked"
    assert (await _risk(org, risk))["treatment"] == "untreated"
    assert ok(await org.viewer.get(f"/v1/treatments/{treatment}"))["status"] == "closed"


async def _identified(org: Organisation) -> str:
    """A programme with its scope, an asset in it, and a risk to that asset whose owner has agreed."""
    await programme(org)
    asset = {
        "code": "A-01",
        "title": "Customer records",
        "kind": "data",
        "owner": "dana@example.com",
        "classification": "confidential",
        "personal_data": True,
        "status": "active",
    }
    draft = RISK | {"asset_ids": [created(await org.manager.post("/v1/assets", json=asset))["id"]]}
    risk: str = created(await org.risk.post("/v1/risks", json=draft))["id"]
    opened = ok(await org.owner.post(f"/v1/risks/{risk}/agreements"))
    assert (opened["status"], opened["treatment"], opened["current"]["level"]) == ("open", "untreated", "high")
    return risk


async def _assessed(org: Organisation, risk: str) -> None:
    """Two people rate it alike, a third who rated nothing approves, and the register says what they found."""
    draft = {
        "title": "Annual risk assessment",
        "purpose": "The yearly assessment of risks to the service commitments.",
        "criteria": ["soc2:CC3.2", "iso27001:6.1.2"],
        "scope": {"every_risk": True},
        "lead": "risk@example.com",
        "participants": ["owner@example.com", "manager@example.com"],
        "raters_needed": 2,
        "due_on": day(30),
    }
    assessment: str = created(await org.risk.post("/v1/risk-assessments", json=draft))["id"]
    path = f"/v1/risk-assessments/{assessment}"
    ok(await org.risk.post(f"{path}/starts"))
    (assessed,) = ok(await org.viewer.get(f"{path}/risks"))["items"]
    problem(await org.risk.post(f"{path}/submissions"), 409, "risks-undecided")
    rating = {"inherent": RISK["inherent"], "comment": "Two leavers signed in last year."}
    for rater in (org.owner, org.manager):
        ok(await rater.put(f"/v1/assessed-risks/{assessed['id']}/rating", json=rating))
    ok(await org.risk.post(f"{path}/submissions"))
    problem(await org.manager.post(f"{path}/approvals", json={}), 403, "separation-of-duties")
    ok(await org.admin.post(f"{path}/approvals", json={}))
    assert ok(await org.risk.post(f"{path}/completions", json={}))["progress"]["confirmed"] == 1
    assert (await _risk(org, risk))["assessment_id"] == assessment


async def _treated(org: Organisation, risk: str, control: str) -> str:
    """The manager plans, the owner and the ladder approve, two people do it, and another verifies and closes it."""
    draft = {
        "risk_id": risk,
        "title": "Access ends with employment",
        "strategy": "mitigate",
        "rationale": "Most leavers kept access for a week.",
        "owner": "reviewer@example.com",
        "due_on": day(90),
        "target": TARGET,
        "controls": [{"control_id": control, "effect_on": "likelihood", "steps": 3}],
        "currency": "EUR",
    }
    treatment: str = created(await org.manager.post("/v1/treatments", json=draft))["id"]
    path = f"/v1/treatments/{treatment}"
    action = {"text": "Review access", "owner": "viewer@example.com", "due_on": day(60), "cost": 500_000}
    task = f"/v1/treatment-actions/{created(await org.manager.post(f'{path}/actions', json=action))['id']}"
    ok(await org.manager.post(f"{path}/proposals", json={"note": "The budget is there."}))
    decision = {"decision": "approve", "note": "Go ahead."}
    ok(await org.owner.post(f"{path}/owner-decisions", json=decision))
    assert ok(await org.risk.post(f"{path}/approvals", json=decision))["status"] == "approved"
    planned = await _risk(org, risk)
    assert (planned["treatment"], planned["current"]["level"], planned["controls"]) == ("mitigate", "high", [])
    ok(await org.reviewer.post(f"{path}/starts"))
    ok(await org.viewer.post(f"{task}/starts"))
    ok(await org.viewer.post(f"{task}/completions", json={"note": "Done.", "actual_cost": 450_000}))
    seen = {"decision": "verify", "note": "Three leavers of March had no access."}
    ok(await org.second_manager.post(f"{task}/verifications", json=seen))
    ok(await org.reviewer.post(f"{path}/completions", json={"note": "It is in operation."}))
    problem(await org.second_manager.post(f"{path}/verifications", json=seen), 409, "effect-not-shown")
    await pushed(org, "AC-01")
    await _of(org, risk, level="low")
    problem(await org.reviewer.post(f"{path}/closings", json={"note": "Over."}), 403, "forbidden")
    ok(await org.second_manager.post(f"{path}/verifications", json=seen))
    closed = ok(await org.second_manager.post(f"{path}/closings", json={"note": "The risk is at its target."}))
    assert closed["actual_cost"] == 450_000
    return treatment


async def _accepted(org: Organisation, risk: str) -> str:
    """What is left is low: its owner accepts it alone."""
    expires = (now() + timedelta(days=180)).isoformat()
    draft = {"risk_id": risk, "rationale": "What is left is bearable.", "expires_at": expires}
    acceptance: str = created(await org.manager.post("/v1/acceptances", json=draft))["id"]
    accepted = await org.owner.post(f"/v1/acceptances/{acceptance}/owner-decisions", json={"decision": "accept"})
    assert (ok(accepted)["status"], accepted.json()["approvers_needed"]) == ("in_force", 0)
    return acceptance


async def _accepted_again(org: Organisation, acceptance: str) -> None:
    """It is high now: the owner accepts, and the risk manager has the authority."""
    path = f"/v1/acceptances/{acceptance}"
    ok(await org.manager.post(f"{path}/confirmations", json={"rationale": "It is repaired within the month."}))
    half = ok(await org.owner.post(f"{path}/owner-decisions", json={"decision": "accept"}))
    assert (half["status"], half["level"]) == ("accepted", "high")
    problem(await org.second_manager.post(f"{path}/approvals", json={"decision": "accept"}), 403, "not-on-the-ladder")
    whole = ok(await org.risk.post(f"{path}/approvals", json={"decision": "accept"}))
    assert (whole["status"], whole["round"]) == ("in_force", 2)
    assert whole["decisions"][-1]["by"]["person"] == await person(org, "risk")


async def _risk(org: Organisation, risk: str) -> dict[str, Any]:
    return ok(await org.viewer.get(f"/v1/risks/{risk}"))


async def _of(org: Organisation, risk: str, *, level: str) -> dict[str, Any]:
    """The risk as soon as this is its current level."""

    async def reached() -> dict[str, Any] | None:
        seen = await _risk(org, risk)
        return seen if seen["current"]["level"] == level else None

    return await eventually(reached)


async def _acceptance(org: Organisation, acceptance: str, status: str) -> dict[str, Any]:
    async def reached() -> dict[str, Any] | None:
        seen = ok(await org.viewer.get(f"/v1/acceptances/{acceptance}"))
        return seen if seen["status"] == status else None

    return await eventually(reached)
