"""The verbs of a subservice organisation. Each changes its row and adds the event, in the caller's transaction."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.description.described_engagements.actions import described, described_engagement
from services.audit.description.subservice_organisations.models import SubserviceOrganisation, SubserviceStatus
from services.audit.description.subservice_organisations.rules import faults_of
from services.audit.description.subservice_organisations.schemas import (
    SubserviceEnding,
    SubserviceOrganisationDraft,
    SubserviceOrganisationRevision,
)
from shared.data.records import ANY_VERSION
from shared.data.sessions import organisation_of
from shared.events.catalogue.descriptions import (
    SubserviceOrganisationEnded,
    SubserviceOrganisationRecorded,
    SubserviceOrganisationRevised,
)
from shared.events.trail import announce
from shared.identity.callers import Actor
from shared.problems import Invalid

_NOUN = "subservice organisation"


async def record(
    session: AsyncSession, engagement_id: UUID, *, draft: SubserviceOrganisationDraft, by: Actor, at: datetime
) -> SubserviceOrganisation:
    """Record a subservice organisation. `Invalid` when it has what only the other method has."""
    await described_engagement(session, engagement_id, f"record a {_NOUN}")
    organisation = SubserviceOrganisation(
        **draft.model_dump(mode="json"),
        engagement_id=engagement_id,
        org_id=organisation_of(session),
        created_at=at,
        updated_at=at,
    )
    _check(organisation)
    session.add(organisation)
    announce(session, SubserviceOrganisationRecorded(**_event_fields(organisation)), about=organisation, by=by, at=at)
    return organisation


async def revise(
    session: AsyncSession,
    organisation_id: UUID,
    *,
    revision: SubserviceOrganisationRevision,
    expected: int,
    by: Actor,
    at: datetime,
) -> None:
    """Change its services, method, controls or agreement. Another method drops what belonged to the one before."""
    _, organisation = await described(
        session, SubserviceOrganisation, organisation_id, noun=_NOUN, verb="revise", expected=expected
    )
    if revision.method not in {None, organisation.method}:
        organisation.controls, organisation.agreement = [], None
    for name, value in revision.model_dump(mode="json", exclude_none=True).items():
        setattr(organisation, name, value)
    _check(organisation)
    announce(session, SubserviceOrganisationRevised(**_event_fields(organisation)), about=organisation, by=by, at=at)


async def end(
    session: AsyncSession, organisation_id: UUID, *, ending: SubserviceEnding, by: Actor, at: datetime
) -> None:
    """In use → ended. It stays on record, and in the description of a time in which it was used."""
    _, organisation = await described(
        session, SubserviceOrganisation, organisation_id, noun=_NOUN, verb="end", expected=ANY_VERSION
    )
    organisation.status, organisation.ended_on = SubserviceStatus.ENDED, ending.ended_on
    event = SubserviceOrganisationEnded(**_event_fields(organisation), ended_on=ending.ended_on)
    announce(session, event, about=organisation, by=by, at=at, reason=ending.reason)


def _check(organisation: SubserviceOrganisation) -> None:
    has = {"has_controls": bool(organisation.controls), "has_agreement": organisation.agreement is not None}
    if faults := list(faults_of(organisation.method, **has)):
        raise Invalid("This does not go with the method.", faults=faults)


def _event_fields(organisation: SubserviceOrganisation) -> dict[str, Any]:
    return {"organisation": organisation.name, **organisation.model_dump(include={"engagement_id", "method"})}
