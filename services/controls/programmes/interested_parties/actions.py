"""The verbs of an interested party. Each changes its row and adds the event, in the caller's transaction."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.controls.frameworks.frameworks.models import Scheme
from services.controls.programmes.interested_parties.models import InterestedParty, InterestedPartyStatus
from services.controls.programmes.interested_parties.schemas import InterestedPartyDraft, InterestedPartyRevision
from services.controls.programmes.programmes.actions import locked_programme, require_scheme
from shared.data.records import ANY_VERSION, found, locked
from shared.data.sessions import organisation_of
from shared.events.catalogue.programmes import (
    InterestedPartyRecorded,
    InterestedPartyRevised,
    InterestedPartyWithdrawn,
)
from shared.events.trail import announce
from shared.identity.callers import Actor
from shared.problems import NotFound, not_allowed


async def record(
    session: AsyncSession, programme_id: UUID, *, draft: InterestedPartyDraft, by: Actor, at: datetime
) -> InterestedParty:
    """Record an interested party. `NotAskedFor` when the programme is not for ISO/IEC 27001."""
    programme = await locked_programme(session, programme_id, "record an interested party")
    await require_scheme(session, programme, Scheme.ISO27001, "Interested parties")
    party = InterestedParty(
        **draft.model_dump(),
        programme_id=programme_id,
        org_id=organisation_of(session),
        created_at=at,
        updated_at=at,
    )
    session.add(party)
    announce(session, InterestedPartyRecorded(**_event_fields(party)), about=party, by=by, at=at)
    return party


async def revise(
    session: AsyncSession, party_id: UUID, *, revision: InterestedPartyRevision, expected: int, by: Actor, at: datetime
) -> None:
    """Change the name or the requirements; these are given as a whole."""
    party = await _locked(session, party_id, "revise", expected)
    for name, value in revision.model_dump().items():
        if value is not None:
            setattr(party, name, value)
    announce(session, InterestedPartyRevised(**_event_fields(party)), about=party, by=by, at=at)


async def withdraw(session: AsyncSession, party_id: UUID, *, reason: str, by: Actor, at: datetime) -> None:
    """Relevant → withdrawn. It stays on record."""
    party = await _locked(session, party_id, "withdraw", ANY_VERSION)
    party.status = InterestedPartyStatus.WITHDRAWN
    announce(session, InterestedPartyWithdrawn(**_event_fields(party)), about=party, by=by, at=at, reason=reason)


async def _locked(session: AsyncSession, party_id: UUID, verb: str, expected: int) -> InterestedParty:
    """The party, locked after its programme, in the order in which others lock them."""
    seen = await found(session, InterestedParty, party_id)
    if seen is None:
        raise NotFound(f"There is no interested party {party_id}.")
    await locked_programme(session, seen.programme_id, f"{verb} an interested party")
    party = await locked(session, InterestedParty, party_id, noun="interested party", expected=expected)
    if party.status != InterestedPartyStatus.RELEVANT:
        raise not_allowed(verb, party.status, [])
    return party


def _event_fields(party: InterestedParty) -> dict[str, Any]:
    return {"programme_id": party.programme_id, "party": party.name}
