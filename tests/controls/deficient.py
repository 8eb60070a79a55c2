"""Controls with waivers and issues, as the tests of both need them."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from deploy.story import expect_evidence, implemented_control
from shared.data.sessions import Database
from shared.schedule import Sweep
from tests.support import Organisation, created, eventually, ok

DAY = timedelta(days=1)


async def proven_control(org: Organisation, code: str = "AC-01") -> str:
    """A control in operation, with accepted evidence that is fresh for a year."""
    control = await implemented_control(org, code)
    await prove(org, control, until=datetime.now(UTC) + 365 * DAY)
    await until_health(org, control, "healthy")
    return control


async def prove(org: Organisation, control: str, *, until: datetime) -> None:
    """Expect evidence of the control, and have some accepted whose covered period ends at `until`."""
    expectation = await expect_evidence(org, control)
    draft = {
        "title": "Access review",
        "kind": "attestation",
        "statement": "The access was reviewed.",
        "source": "dana",
        "collected_at": datetime.now(UTC).isoformat(),
        "covers_from": (until - 90 * DAY).isoformat(),
        "covers_until": until.isoformat(),
        "expectation_ids": [expectation],
    }
    item = created(await org.owner.post("/v1/evidence", json=draft))["id"]
    ok(await org.reviewer.post(f"/v1/evidence/{item}/reviews", json={"decision": "accepted"}))


async def until_health(org: Organisation, control: str, state: str) -> dict[str, Any]:
    """Wait until the control's health is in this state."""

    async def there() -> dict[str, Any] | None:
        found = await health(org, control)
        return found if found["state"] == state else None

    return await eventually(there)


async def health(org: Organisation, control: str) -> dict[str, Any]:
    return ok(await org.viewer.get(f"/v1/controls/{control}/health"))


async def told_of(org: Organisation, subject: str) -> list[dict[str, Any]]:
    """What the trail says of a thing, in order."""
    answer = await org.admin.get("/v1/services/controls/trail", params={"subject": subject, "limit": 200})
    return list(ok(answer)["items"])


async def kinds_told_of(org: Organisation, subject: str, noun: str) -> list[str]:
    """The verbs of what was announced of a thing as this noun, in order."""
    kinds = [each["type"] for each in await told_of(org, subject)]
    return [kind.split(".")[2] for kind in kinds if kind.split(".")[1] == noun]


async def due(database: Database, sweep: Sweep, org: Organisation, as_of: datetime) -> bool:
    """Whether the sweep would look at the organisation at an instant."""
    async with database.across_organisations() as everywhere:
        return uuid.UUID(org.id) in set(await everywhere.scalars(sweep.due(as_of)))


async def strike(database: Database, sweep: Sweep, org: Organisation, as_of: datetime) -> int:
    """Have the clock strike for one sweep; how much it did."""
    async with database.transaction(uuid.UUID(org.id)) as session:
        return await sweep.run(session, as_of=as_of, limit=500)


def waiver_request(control: str, **changes: Any) -> dict[str, Any]:
    """What is asked for: a waiver for 90 days from now."""
    return {
        "control_id": control,
        "reason": "The identity provider cannot enforce it before its upgrade.",
        "scope": "The four service accounts of the payroll export.",
        "risk_accepted": "A stolen password would be enough to read the export.",
        "compensating_measures": "The accounts may sign in from the office network only.",
        "expires_at": (datetime.now(UTC) + 90 * DAY).isoformat(),
    } | changes


async def granted(org: Organisation, control: str, **changes: Any) -> dict[str, Any]:
    """A waiver that the owner asked for and a manager granted."""
    asked = created(await org.owner.post("/v1/waivers", json=waiver_request(control, **changes)))
    decision = {"decision": "grant", "reason": "The accounts are watched."}
    return ok(await org.manager.post(f"/v1/waivers/{asked['id']}/decisions", json=decision))


def issue_draft(*controls: str, **changes: Any) -> dict[str, Any]:
    """A deficiency of these controls, found by looking."""
    return {
        "title": "Two leavers kept access",
        "description": "The review of June found two accounts of people who left in April.",
        "control_ids": list(controls),
        "severity": "high",
        "source": "self_identified",
        "owner": "dana@example.com",
    } | changes


async def opened(org: Organisation, *controls: str, **changes: Any) -> dict[str, Any]:
    return created(await org.owner.post("/v1/issues", json=issue_draft(*controls, **changes)))


def plan_of(*done_on: str | None) -> dict[str, Any]:
    """A plan with an action for each of these days on which it was done."""
    action = {"title": "Deprovisioning by the HR system", "owner": "dana@example.com", "due_on": "2026-08-01"}
    return {
        "root_cause": "Leavers were reported by mail.",
        "actions": [action | {"done_on": day} for day in done_on or ("2026-07-30",)],
    }


async def resolved(org: Organisation, issue: str) -> dict[str, Any]:
    """Plan the correction of an issue and claim that it is done, as the control owner."""
    ok(await org.owner.put(f"/v1/issues/{issue}/plan", json=plan_of(), headers={"If-Match": "*"}))
    claim = {"statement": "The trigger is live; both accounts are gone."}
    return ok(await org.owner.post(f"/v1/issues/{issue}/resolutions", json=claim))


async def checked(org: Organisation, issue: str, outcome: str = "effective") -> dict[str, Any]:
    """Check the correction, as a manager."""
    draft = {"outcome": outcome, "method": "Ten leavers were looked at.", "conclusion": "As it turned out."}
    return ok(await org.manager.post(f"/v1/issues/{issue}/effectiveness-checks", json=draft))
