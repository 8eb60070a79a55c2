"""The verbs of a system incident. Each changes its row and adds the event, in the caller's transaction."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.description.described_engagements.actions import described, described_engagement
from services.audit.description.described_engagements.models import DescribedStatus
from services.audit.description.known_commitments.queries import commitments_of
from services.audit.description.known_controls.queries import known_controls
from services.audit.description.system_incidents.models import SystemIncident
from services.audit.description.system_incidents.rules import faults_of, unknown
from services.audit.description.system_incidents.schemas import SystemIncidentDraft, SystemIncidentRevision
from services.audit.engagements.engagements.models import Engagement
from shared.data.records import ANY_VERSION
from shared.data.sessions import organisation_of
from shared.events.catalogue.descriptions import (
    SystemIncidentRecorded,
    SystemIncidentRevised,
    SystemIncidentWithdrawn,
)
from shared.events.trail import announce
from shared.identity.callers import Actor
from shared.problems import Invalid

_NOUN = "system incident"


async def record(
    session: AsyncSession, engagement_id: UUID, *, draft: SystemIncidentDraft, by: Actor, at: datetime
) -> SystemIncident:
    """Record an incident. `Invalid` when neither a control nor a commitment is named, or one that is not known."""
    engagement = await described_engagement(session, engagement_id, f"record a {_NOUN}")
    incident = SystemIncident(
        **draft.model_dump(), engagement_id=engagement_id, org_id=organisation_of(session), created_at=at, updated_at=at
    )
    await _check(session, engagement, incident)
    session.add(incident)
    announce(session, SystemIncidentRecorded(**_event_fields(incident)), about=incident, by=by, at=at)
    return incident


async def revise(
    session: AsyncSession,
    incident_id: UUID,
    *,
    revision: SystemIncidentRevision,
    expected: int,
    by: Actor,
    at: datetime,
) -> None:
    """Change what is said of it, as when it is resolved."""
    engagement, incident = await described(
        session, SystemIncident, incident_id, noun=_NOUN, verb="revise", expected=expected
    )
    for name, value in revision.model_dump(exclude_none=True).items():
        setattr(incident, name, value)
    await _check(session, engagement, incident)
    announce(session, SystemIncidentRevised(**_event_fields(incident)), about=incident, by=by, at=at)


async def withdraw(session: AsyncSession, incident_id: UUID, *, reason: str, by: Actor, at: datetime) -> None:
    """Recorded → withdrawn. It stays on record."""
    _, incident = await described(
        session, SystemIncident, incident_id, noun=_NOUN, verb="withdraw", expected=ANY_VERSION
    )
    incident.status = DescribedStatus.WITHDRAWN
    event = SystemIncidentWithdrawn(**_event_fields(incident))
    announce(session, event, about=incident, by=by, at=at, reason=reason)


async def _check(session: AsyncSession, engagement: Engagement, incident: SystemIncident) -> None:
    """News of a control or commitment may be on its way: the request waits a second for it."""
    with session.no_autoflush:
        controls = {row.id for row in await known_controls(session, incident.control_ids)}
        commitments = {row.id for row in await commitments_of(session, engagement.programme_id)}
    wrong = list(faults_of(**incident.model_dump(include={"began_at", "ended_at", "control_ids", "commitment_ids"})))
    strangers = [
        *unknown("control_ids", incident.control_ids, controls),
        *unknown("commitment_ids", incident.commitment_ids, commitments),
    ]
    if wrong or strangers:
        raise Invalid("The incident is not valid.", faults=[*wrong, *strangers], may_be_late=not wrong)


def _event_fields(incident: SystemIncident) -> dict[str, Any]:
    return incident.model_dump(
        include={"engagement_id", "title", "began_at", "ended_at", "control_ids", "commitment_ids"}
    )
