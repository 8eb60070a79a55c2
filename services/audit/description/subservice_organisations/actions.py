"""The verbs of a subservice organisation. Each changes its row and adds the event, in the caller's transaction."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.description.described_engagements.actions import described, described_engagement
from services.audit.description.known_vendors.queries import known_vendor
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
from shared.problems import Fault, Invalid

_NOUN = "subservice organisation"


async def record(
    session: AsyncSession, engagement_id: UUID, *, draft: SubserviceOrganisationDraft, by: Actor, at: datetime
) -> SubserviceOrganisation:
    """Record a subservice organisation. `Invalid` for what only the other method has, or an unknown vendor."""
    await described_engagement(session, engagement_id, f"record a {_NOUN}")
    await _check_vendor(session, draft.vendor_id)
    organisation = SubserviceOrganisation(
        **draft.model_dump(mode="json", exclude={"vendor_id"}),
        vendor_id=draft.vendor_id,
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
    """Change what is said of it, or its vendor. Another method drops what belonged to the one before."""
    _, organisation = await described(
        session, SubserviceOrganisation, organisation_id, noun=_NOUN, verb="revise", expected=expected
    )
    await _check_vendor(session, revision.vendor_id)
    if revision.method not in {None, organisation.method}:
        organisation.controls, organisation.agreement = [], None
    for name, value in revision.model_dump(mode="json", exclude={"vendor_id"}, exclude_none=True).items():
        setattr(organisation, name, value)
    organisation.vendor_id = revision.vendor_id or organisation.vendor_id
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


async def _check_vendor(session: AsyncSession, vendor_id: UUID | None) -> None:
    """Whether the organisation has the vendor; news of it may be on its way."""
    if vendor_id is not None and await known_vendor(session, vendor_id) is None:
        fault = Fault("/vendor_id", f"unknown: {vendor_id}")
        raise Invalid("The vendor is not known here.", faults=[fault], may_be_late=True)


def _check(organisation: SubserviceOrganisation) -> None:
    has = {"has_controls": bool(organisation.controls), "has_agreement": organisation.agreement is not None}
    if faults := list(faults_of(organisation.method, **has)):
        raise Invalid("This does not go with the method.", faults=faults)


def _event_fields(organisation: SubserviceOrganisation) -> dict[str, Any]:
    return {
        "organisation": organisation.name,
        **organisation.model_dump(include={"engagement_id", "method", "vendor_id"}),
    }
