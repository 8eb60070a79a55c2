"""What the tests of audit begin with."""

import uuid
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx

from deploy.firm import Firm
from services.audit import handlers
from services.audit.engagements.engagements.actions import enter
from services.audit.engagements.engagements.models import Engagement, EngagementPhase
from shared.clock import new_id
from shared.data.records import locked, one_at_a_time
from shared.data.sessions import Database, instant_of
from shared.events.catalogue.controls import (
    ControlAtRisk,
    ControlFailing,
    ControlProven,
    ControlRecovered,
    ControlUnproven,
    HealthState,
    ReasonCode,
)
from shared.events.catalogue.occurrences import OccurrenceMissed, OccurrenceRecorded, OccurrenceWithdrawn
from shared.events.catalogue.risk import RiskBackWithinAppetite, RiskExceededAppetite, RiskStanding, RiskStatus
from shared.events.event import Event, Heard, handlers_in
from shared.events.inbox import handle_once
from shared.identity.callers import SYSTEM
from tests.support import Organisation, acting, created, ok

NOBODY = str(uuid.UUID(int=0))
FIRM = str(uuid.UUID(int=1))  # which conducts what no test asks it about
NOW = datetime.now(UTC).replace(microsecond=0)
TODAY = NOW.date()
EXPIRED = "Evidence for 'Access review' expired on 2026-06-30 00:00 UTC."
RESPONSE = {"text": "The review was caught up; a second reviewer has been named."}
DISMISSAL = {"reason": "The evidence was there, under another expectation; it was inspected."}

_KIND = {
    HealthState.FAILING: ControlFailing,
    HealthState.AT_RISK: ControlAtRisk,
    HealthState.HEALTHY: ControlProven,
    HealthState.UNKNOWN: ControlUnproven,
}


def day(offset: int) -> str:
    """A date, so many days from today."""
    return (TODAY + timedelta(days=offset)).isoformat()


def type1(as_of: int = 0, **changes: Any) -> dict[str, Any]:
    """A Type 1 engagement, as of so many days from today."""
    return _agreed("soc2_type1", as_of_date=day(as_of)) | changes


def type2(start: int = -30, end: int = 30, **changes: Any) -> dict[str, Any]:
    """A Type 2 engagement, over a period of days from today."""
    return _agreed("soc2_type2", period_start=day(start), period_end=day(end)) | changes


def _agreed(kind: str, **dates: str) -> dict[str, Any]:
    return {
        "kind": kind,
        "title": "SOC 2",
        **dates,
    }


async def planned(org: Organisation, draft: dict[str, Any] | None = None, *controls: uuid.UUID) -> dict[str, Any]:
    """An engagement that is planned, with these controls in scope, and proposed to the `firm_id` of the draft."""
    agreed = dict(draft or type2())
    firm_id = agreed.pop("firm_id", None)
    engagement = created(await org.manager.post("/v1/engagements", json=agreed))
    if firm_id is not None:
        created(await org.manager.post(f"/v1/engagements/{engagement['id']}/proposals", json={"firm_id": firm_id}))
        engagement = ok(await org.manager.get(f"/v1/engagements/{engagement['id']}"))
    return ok(await scoped(org, engagement, *controls)) if controls else engagement


async def scoped(org: Organisation, engagement: dict[str, Any], *controls: uuid.UUID) -> httpx.Response:
    """The answer to setting the scope of an engagement as it was read."""
    body = {"control_ids": [str(each) for each in controls]}
    path = f"/v1/engagements/{engagement['id']}/scope"
    return await org.manager.put(path, json=body, headers={"If-Match": f'"{engagement["version"]}"'})


async def moved(
    database: Database,
    org: Organisation,
    engagement: dict[str, Any],
    *phases: str,
    firm_id: str | None = None,
    reason: str | None = None,
) -> dict[str, Any]:
    """The engagement after a firm has taken it through these phases, past the gates."""
    for phase in phases:
        async with database.transaction(uuid.UUID(org.id)) as session:
            key = uuid.UUID(engagement["id"])
            await one_at_a_time(session, key)
            row = await locked(session, Engagement, key, noun="engagement")
            row.firm_id = row.firm_id or uuid.UUID(firm_id or FIRM)
            by, at = acting("partner"), instant_of(session)
            enter(session, row, EngagementPhase(phase), reason=reason, by=by, at=at)
    return ok(await org.viewer.get(f"/v1/engagements/{engagement['id']}"))


async def candidates(org: Organisation, **query: str) -> list[dict[str, Any]]:
    """The candidates on record, oldest first."""
    answer = await org.viewer.get("/v1/candidates", params={"sort": "raised_at", **query})
    return list(ok(answer)["items"])


def health(
    control: uuid.UUID,
    version: int,
    state: HealthState,
    at: datetime,
    *,
    before: HealthState = HealthState.HEALTHY,
    reasons: Sequence[str] = (EXPIRED,),
    codes: Sequence[ReasonCode] = (ReasonCode.EVIDENCE_EXPIRED,),
    since: datetime | None = None,
) -> Heard[Event]:
    """A change of a control's health, of no organisation yet."""
    works = state in {HealthState.HEALTHY, HealthState.AT_RISK}
    kind = ControlRecovered if before == HealthState.FAILING and works else _KIND[state]
    event = kind(
        code="AC-01",
        title="Access review",
        health=state,
        before=before,
        reasons=list(reasons),
        reason_codes=list(codes),
        failing_since=since,
    )
    return Heard(new_id(), uuid.UUID(int=0), control, version, at, SYSTEM, event)


def fails(control: uuid.UUID, version: int, at: datetime, **told: Any) -> Heard[Event]:
    """The control is found not to work."""
    return health(control, version, HealthState.FAILING, at, **told)


def recovers(control: uuid.UUID, version: int, at: datetime) -> Heard[Event]:
    """The control works again."""
    return health(control, version, HealthState.HEALTHY, at, before=HealthState.FAILING)


def misses(control: uuid.UUID, due_on: date, missed_at: datetime) -> Heard[Event]:
    """The control was not performed for the day by the end of the tolerance."""
    event = OccurrenceMissed(
        control_id=control,
        control_code="AC-01",
        control_title="Access review",
        definition=1,
        due_on=due_on,
        missed_at=missed_at,
    )
    return Heard(new_id(), uuid.UUID(int=0), uuid.uuid5(control, str(due_on)), 1, missed_at, SYSTEM, event)


def performs(
    control: uuid.UUID, due_on: date, performed_at: datetime, *, missed_at: datetime | None, recorded_at: datetime
) -> Heard[Event]:
    """It was recorded that the control was performed for the day."""
    told = {"control_id": control, "control_code": "AC-01", "definition": 1, "due_on": due_on}
    event = OccurrenceRecorded(**told, performed_at=performed_at, performed_by_id=uuid.UUID(int=1), missed_at=missed_at)
    subject = uuid.uuid5(control, f"{due_on} {performed_at}")
    return Heard(new_id(), uuid.UUID(int=0), subject, 1, recorded_at, SYSTEM, event)


def withdraws(recorded: Heard[Any], at: datetime) -> Heard[Event]:
    """What was recorded was not so."""
    told = recorded.event.model_dump(exclude={"performed_by_id", "missed_at"})
    return Heard(new_id(), recorded.org_id, recorded.subject, 2, at, SYSTEM, OccurrenceWithdrawn(**told))


def exceeds(risk: uuid.UUID, version: int, at: datetime, *controls: uuid.UUID, level: str = "high") -> Heard[Event]:
    """A risk that these controls answer goes above appetite."""
    event = RiskExceededAppetite(
        code="R-01",
        title="Unauthorised access",
        status=RiskStatus.OPEN,
        owner_id=uuid.UUID(int=1),
        current=level,
        standing=RiskStanding.ABOVE_APPETITE,
        appetite="medium",
        tolerance="high",
        capacity="very high",
        controls=list(controls),
    )
    return Heard(new_id(), uuid.UUID(int=0), risk, version, at, SYSTEM, event)


def back_within(risk: uuid.UUID, version: int, at: datetime, *controls: uuid.UUID) -> Heard[Event]:
    """A risk that these controls answer is within appetite again."""
    event = RiskBackWithinAppetite(
        code="R-01",
        title="Unauthorised access",
        status=RiskStatus.OPEN,
        owner_id=uuid.UUID(int=1),
        current="low",
        standing=RiskStanding.WITHIN_APPETITE,
        appetite="medium",
        tolerance="high",
        capacity="very high",
        controls=list(controls),
    )
    return Heard(new_id(), uuid.UUID(int=0), risk, version, at, SYSTEM, event)


async def hear(database: Database, org_id: uuid.UUID | str, *heard: Heard[Event]) -> None:
    """Have the service's handlers hear these, each in a transaction of its own, as the consumer does."""
    for each in heard:
        async with database.transaction(uuid.UUID(str(org_id))) as session:
            assert await handle_once(session, HANDLERS, [of(org_id, each)])


def of(org_id: uuid.UUID | str, heard: Heard[Event]) -> Heard[Event]:
    """The same event, of an organisation, and as another delivery would name it."""
    return Heard(
        new_id(),
        uuid.UUID(str(org_id)),
        heard.subject,
        heard.version,
        heard.occurred_at,
        heard.actor,
        heard.event,
    )


HANDLERS = handlers_in(handlers)


async def an_candidate(
    org: Organisation, database: Database, firm: Firm | None = None, **changes: Any
) -> dict[str, Any]:
    """An open candidate of an engagement in fieldwork, which the firm conducts."""
    control = uuid.uuid4()
    engagement = await planned(org, type2(**changes), control)
    await moved(database, org, engagement, "fieldwork", firm_id=firm.id if firm else None)
    await hear(database, org.id, fails(control, 2, NOW))
    return (await candidates(org, control_id=str(control)))[0]
