"""Acceptances: the owner within their authority, above it whom the ladder names, stale within one event, ended once."""

import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from deploy.local.stack import Stack
from services.risk.acceptances.acceptance_endings.actions import announce_due
from services.risk.app import SERVICE
from shared.data.sessions import Database
from shared.events.catalogue.controls import HealthState
from tests.risk.conftest import Controls
from tests.risk.given import answer, heard, identified, put_in_force, read, trail
from tests.support import Organisation, created, eventually, newcomer, ok, person, problem, settings_of

NOW = datetime.now(UTC)
MODERATE = {"likelihood": 4, "impact": 3}
HIGH = {"likelihood": 5, "impact": 4}
VERY_HIGH = {"likelihood": 5, "impact": 5}
ACCEPT = {"decision": "accept", "note": "It is bearable."}
DECLINE = {"decision": "decline", "note": "It is not bearable."}


@pytest.fixture
async def database(stack: Stack) -> AsyncIterator[Database]:
    opened = Database(settings_of(stack, "risk"), SERVICE.recompute)
    yield opened
    await opened.close()


async def owned(org: Organisation, **changes: Any) -> str:
    """A risk whose owner, who has an API client, has agreed to answer for it."""
    risk = await identified(org, **{"owner": "owner@example.com", "inherent": MODERATE} | changes)
    ok(await org.owner.post(f"/v1/risks/{risk}/agreements"))
    return risk


def a_draft(risk: str, *, days: int = 90, **changes: Any) -> dict[str, Any]:
    expires = (NOW + timedelta(days=days)).isoformat()
    return {"risk_id": risk, "rationale": "A replacement is planned.", "expires_at": expires} | changes


async def proposed(org: Organisation, risk: str, **changes: Any) -> str:
    return str(created(await org.manager.post("/v1/acceptances", json=a_draft(risk, **changes)))["id"])


async def decide(acting: httpx.AsyncClient, acceptance: str, what: str, **draft: Any) -> httpx.Response:
    return await acting.post(f"/v1/acceptances/{acceptance}/{what}", json=draft or ACCEPT)


async def in_force(org: Organisation, risk: str, **changes: Any) -> str:
    acceptance = await proposed(org, risk, **changes)
    accepted = ok(await decide(org.owner, acceptance, "owner-decisions"))
    if accepted["status"] == "accepted":
        accepted = ok(await decide(org.risk, acceptance, "approvals"))
    assert accepted["status"] == "in_force"
    return acceptance


async def seen(org: Organisation, acceptance: str) -> dict[str, Any]:
    return ok(await org.viewer.get(f"/v1/acceptances/{acceptance}"))


async def told(org: Organisation, acceptance: str) -> list[str]:
    return [event["type"].removeprefix("risk.acceptance.") for event in await trail(org, acceptance)]


async def test_the_owner_accepts_within_their_authority(org: Organisation) -> None:
    """ISO/IEC 27001 6.1.3 f: the risk's owner accepts the residual risk."""
    risk = await owned(org)
    acceptance = await proposed(org, risk)
    problem(await decide(org.manager, acceptance, "owner-decisions"), 403, "not-the-risks-owner")
    problem(await decide(org.risk, acceptance, "approvals"), 409, "conflict")
    duties = ok(await org.viewer.get("/v1/services/risk/duties", params={"noun": "acceptance"}))["items"]
    assert [(duty["id"], duty["person"]["name"]) for duty in duties] == [(acceptance, "Owner")]
    granted = ok(await decide(org.owner, acceptance, "owner-decisions"))
    assert (granted["status"], granted["level"], granted["approvers_needed"]) == ("in_force", "moderate", 0)
    assert granted["frozen"]["current"] == MODERATE | {"level": "moderate"}
    assert [(each["role"], each["by"]["person"]["name"]) for each in granted["decisions"]] == [("owner", "Owner")]
    assert (await read(org, risk))["acceptance_id"] == acceptance
    assert await told(org, acceptance) == ["proposed", "owner_accepted", "granted"]
    problem(await decide(org.owner, acceptance, "owner-decisions"), 409, "conflict")
    listed = ok(await org.viewer.get("/v1/acceptances", params={"risk_id": risk, "status": "in_force"}))["items"]
    assert [each["id"] for each in listed] == [acceptance]


async def test_above_the_owners_authority_the_ladder_approves(org: Organisation) -> None:
    risk = await owned(org, inherent=HIGH)
    acceptance = await proposed(org, risk)
    accepted = ok(await decide(org.owner, acceptance, "owner-decisions"))
    assert (accepted["status"], accepted["approver_roles"]) == ("accepted", ["risk-manager", "admin"])
    assert (await read(org, risk))["acceptance_id"] is None
    problem(await decide(org.owner, acceptance, "approvals"), 403, "separation-of-duties")
    problem(await decide(org.manager, acceptance, "approvals"), 403, "separation-of-duties")  # who proposed it
    problem(await decide(org.second_manager, acceptance, "approvals"), 403, "not-on-the-ladder")
    assert ok(await decide(org.risk, acceptance, "approvals"))["status"] == "in_force"


async def test_who_proposes_does_not_decide(org: Organisation) -> None:
    risk = await identified(org, owner="manager@example.com", inherent=MODERATE)
    ok(await org.manager.post(f"/v1/risks/{risk}/agreements"))
    acceptance = await proposed(org, risk)
    problem(await decide(org.manager, acceptance, "owner-decisions"), 403, "separation-of-duties")


async def test_what_the_ladder_does_not_let_through(org: Organisation, control: Controls) -> None:
    unagreed = await identified(org, code="R-00", owner="owner@example.com", inherent=MODERATE)
    problem(await org.manager.post("/v1/acceptances", json=a_draft(unagreed)), 409, "risk-not-open")
    problem(await org.manager.post("/v1/acceptances", json=a_draft(str(uuid.uuid4()))), 404, "not-found")
    review = control()
    risk = await owned(org, inherent=VERY_HIGH, controls=[answer(review.id)])
    stranger = {"compensating_control_ids": [str(uuid.uuid4())]}
    for changes, pointer in (
        ({}, "/compensating_control_ids"),
        (stranger, "/compensating_control_ids/0"),
        ({"days": -1, "compensating_control_ids": [review.id]}, "/expires_at"),
        ({"days": 200, "compensating_control_ids": [review.id]}, "/expires_at"),
    ):
        refused = problem(await org.manager.post("/v1/acceptances", json=a_draft(risk, **changes)), 422, "invalid")
        assert refused["errors"][0]["pointer"] == pointer
    acceptance = await proposed(org, risk, compensating_control_ids=[review.id])
    again = a_draft(risk, compensating_control_ids=[review.id])
    problem(await org.manager.post("/v1/acceptances", json=again), 409, "acceptance-pending")
    ok(await decide(org.owner, acceptance, "owner-decisions"))
    problem(await decide(org.risk, acceptance, "approvals"), 403, "not-on-the-ladder")  # very high needs an admin
    assert ok(await decide(org.admin, acceptance, "approvals"))["status"] == "in_force"


async def test_above_the_capacity_nobody_accepts(org: Organisation) -> None:
    (preset,) = [
        each for each in ok(await org.viewer.get("/v1/risk-methods/presets"))["items"] if each["name"] == "nist-800-30"
    ]
    low = {"default": {"appetite": "low", "tolerance": "low", "capacity": "moderate"}, "by_category": {}}
    kept = await in_force(org, await owned(org, code="R-03"))
    worse = await owned(org, code="R-02")
    acceptance = await in_force(org, worse)
    changes = {"inherent": HIGH, "reason": "More customers."}
    ok(await org.risk.patch(f"/v1/risks/{worse}", json=changes, headers={"If-Match": "*"}))
    await put_in_force(org, {"method": preset["terms"] | {"thresholds": low}})
    risk = await owned(org, inherent=HIGH)
    problem(await org.manager.post("/v1/acceptances", json=a_draft(risk)), 409, "above-capacity")
    problem(await decide(org.manager, acceptance, "confirmations", rationale="x"), 409, "above-capacity")
    assert (await seen(org, kept))["status"] == "in_force"  # the method gives the same level


async def test_declining_needs_a_reason_and_ends_the_proposal(org: Organisation) -> None:
    risk = await owned(org, inherent=HIGH)
    first = await proposed(org, risk)
    refused = problem(await decide(org.owner, first, "owner-decisions", decision="decline"), 422, "invalid")
    assert refused["errors"][0]["pointer"] == "/note"
    assert ok(await decide(org.owner, first, "owner-decisions", **DECLINE))["status"] == "declined"
    second = await proposed(org, risk)
    ok(await decide(org.owner, second, "owner-decisions"))
    declined = ok(await decide(org.risk, second, "approvals", **DECLINE))
    assert (declined["status"], declined["end_reason"]) == ("declined", DECLINE["note"])
    problem(await decide(org.risk, second, "revocations", reason="Over."), 409, "conflict")


async def test_a_control_that_fails_makes_it_stale_once_and_the_ladder_confirms_it(
    org: Organisation, control: Controls
) -> None:
    review = control()
    risk = await owned(org, inherent=HIGH, controls=[answer(review.id, "impact", 2)])
    await review.is_(HealthState.HEALTHY)
    await heard(org, risk, 0, health="healthy")
    acceptance = await in_force(org, risk)
    problem(await decide(org.manager, acceptance, "confirmations", rationale="No need."), 409, "conflict")
    failing = await review.is_(HealthState.FAILING)

    async def stale() -> dict[str, Any] | None:
        now = await seen(org, acceptance)
        return now if now["status"] == "stale" else None

    now = await eventually(stale)
    assert [each["code"] for each in now["stale_reasons"]] == ["level_risen", "control_failing"]
    assert (await read(org, risk))["acceptance_id"] is None
    await review.is_(HealthState.FAILING, "Another reason.")
    await eventually(lambda: _has_reason(org, risk, "Another reason."))
    events = [event for event in await trail(org, acceptance) if event["type"].endswith(".stale")]
    assert [event["cause"] for event in events] == [failing]

    confirmed = ok(await decide(org.manager, acceptance, "confirmations", rationale="It is repaired this month."))
    assert (confirmed["status"], confirmed["round"], confirmed["level"]) == ("proposed", 2, "high")
    ok(await decide(org.owner, acceptance, "owner-decisions"))
    again = ok(await decide(org.risk, acceptance, "approvals"))
    assert (again["status"], again["stale_reasons"]) == ("in_force", [])
    assert [each["round"] for each in again["decisions"]] == [1, 2, 2]
    assert (await read(org, risk))["acceptance_id"] == acceptance


async def _has_reason(org: Organisation, risk: str, text: str) -> bool:
    return text in (await read(org, risk))["reasons"][0]


async def test_a_proposal_about_a_risk_that_got_worse_is_outdated(org: Organisation) -> None:
    risk = await owned(org)
    acceptance = await proposed(org, risk)
    worse = {"inherent": HIGH, "reason": "More customers."}
    ok(await org.risk.patch(f"/v1/risks/{risk}", json=worse, headers={"If-Match": "*"}))
    problem(await decide(org.owner, acceptance, "owner-decisions"), 409, "proposal-outdated")
    ok(await decide(org.owner, acceptance, "owner-decisions", **DECLINE))
    second = await proposed(org, risk)
    ok(await decide(org.owner, second, "owner-decisions"))
    worst = {"inherent": VERY_HIGH, "reason": "Even more."}
    ok(await org.risk.patch(f"/v1/risks/{risk}", json=worst, headers={"If-Match": "*"}))
    problem(await decide(org.risk, second, "approvals"), 409, "proposal-outdated")


async def test_another_owner_or_a_higher_level_makes_it_stale_and_a_closed_risk_ends_it(org: Organisation) -> None:
    risk = await owned(org)
    acceptance = await in_force(org, risk)
    nora, lee = await newcomer(org, "nora"), await person(org, "lee")
    other = await owned(org, code="R-02")
    second = await in_force(org, other)
    ok(await org.risk.patch(f"/v1/risks/{risk}", json={"owner": nora["id"]}, headers={"If-Match": "*"}))
    assert [each["code"] for each in (await seen(org, acceptance))["stale_reasons"]] == ["owner_changed"]
    problem(await decide(org.manager, acceptance, "confirmations", rationale="x"), 409, "risk-not-open")
    changes = {"inherent": HIGH, "reason": "More customers."}
    ok(await org.risk.patch(f"/v1/risks/{other}", json=changes, headers={"If-Match": "*"}))
    assert [each["code"] for each in (await seen(org, second))["stale_reasons"]] == ["level_risen"]
    closing = await org.risk.post(f"/v1/risks/{other}/closures", json={"reason": "avoided", "note": "Sold."})
    ok(closing)
    assert ((await seen(org, second))["status"], (await seen(org, second))["end_reason"]) == (
        "revoked",
        "The risk was closed.",
    )
    third = await owned(org, code="R-03", owner="owner@example.com")
    kept = await in_force(org, third)
    owner = await person(org, "owner")
    ok(await org.admin.post(f"/v1/people/{owner['id']}/handovers", json={"to": lee["id"], "reason": "He left."}))

    async def stale() -> bool:
        return bool((await seen(org, kept))["status"] == "stale")

    await eventually(stale)


async def test_another_acceptance_takes_the_place_of_the_one_in_force(org: Organisation) -> None:
    risk = await owned(org)
    first = await in_force(org, risk)
    second = await in_force(org, risk, days=30)
    assert (await seen(org, first))["status"] == "superseded"
    assert (await read(org, risk))["acceptance_id"] == second
    assert ok(await decide(org.owner, second, "revocations", reason="It is treated now."))["status"] == "revoked"
    assert (await read(org, risk))["acceptance_id"] is None


async def test_a_stale_one_is_not_confirmed_while_another_waits(org: Organisation) -> None:
    risk = await owned(org)
    acceptance = await in_force(org, risk)
    worse = {"inherent": HIGH, "reason": "More customers."}
    ok(await org.risk.patch(f"/v1/risks/{risk}", json=worse, headers={"If-Match": "*"}))
    await proposed(org, risk)
    problem(await decide(org.manager, acceptance, "confirmations", rationale="x"), 409, "acceptance-pending")


async def test_its_end_is_announced_before_and_then_once_each(org: Organisation, database: Database) -> None:
    risk = await owned(org)
    acceptance = await in_force(org, risk, days=60)
    short = await in_force(org, await owned(org, code="R-02"), days=5)
    expires = NOW + timedelta(days=60)

    async def sweep(at: datetime) -> None:
        for _ in range(2):
            async with database.transaction(uuid.UUID(org.id)) as session:
                await announce_due(session, as_of=at, limit=100)

    for days in (31, 29, 20, 6, -1):
        await sweep(expires - timedelta(days=days))
    assert await told(org, acceptance) == ["proposed", "owner_accepted", "granted", "expiring", "expiring", "expired"]
    assert [event["data"].get("days") for event in (await trail(org, acceptance))[3:5]] == [30, 7]
    assert await told(org, short) == ["proposed", "owner_accepted", "granted", "expired"]
    assert (await read(org, risk))["acceptance_id"] is None
    answer_ = await decide(org.owner, acceptance, "revocations", reason="Late.")
    problem(answer_, 409, "conflict")


async def test_who_may_and_what_another_organisation_sees(org: Organisation, other_org: Organisation) -> None:
    risk = await owned(org)
    acceptance = await proposed(org, risk)
    path = f"/v1/acceptances/{acceptance}"
    problem(await org.viewer.post("/v1/acceptances", json=a_draft(risk)), 403, "forbidden")
    problem(await org.viewer.post(f"{path}/confirmations", json={"rationale": "x"}), 403, "forbidden")
    problem(await org.monitor.get(path), 403, "forbidden")
    for what, draft in (("owner-decisions", ACCEPT), ("approvals", ACCEPT), ("revocations", {"reason": "x"})):
        problem(await org.monitor.post(f"{path}/{what}", json=draft), 403, "forbidden")
        problem(await other_org.admin.post(f"{path}/{what}", json=draft), 404, "not-found")
    problem(await other_org.admin.post(f"{path}/confirmations", json={"rationale": "x"}), 404, "not-found")
    assert ok(await other_org.viewer.get("/v1/acceptances"))["items"] == []
    problem(await other_org.viewer.get(path), 404, "not-found")
    problem(await other_org.manager.post("/v1/acceptances", json=a_draft(risk)), 404, "not-found")
