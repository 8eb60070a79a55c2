"""The verbs of a licence. The firm's row is locked before any of its licences, and tells the change by its version."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.gateway.firms.firms.actions import own_firm
from services.gateway.firms.licences.models import Licence
from services.gateway.firms.licences.queries import firm_of
from services.gateway.firms.licences.schemas import LicenceDraft, LicenceVerification
from services.gateway.people.people.actions import require_person
from shared.data.records import ANY_VERSION, locked
from shared.data.sessions import act_for, organisation_of
from shared.data.transactions import raise_version
from shared.events.catalogue.firms import (
    LicenceDeclared,
    LicenceRefused,
    LicenceStatus,
    LicenceVerified,
    LicenceWithdrawn,
)
from shared.events.trail import announce
from shared.identity.callers import Actor
from shared.problems import Conflict, Fault, Invalid, NotFound, not_allowed

_NEXT: dict[LicenceStatus, list[str]] = {
    LicenceStatus.DECLARED: ["verify", "withdraw"],
    LicenceStatus.VERIFIED: ["withdraw"],
    LicenceStatus.REFUSED: [],
    LicenceStatus.WITHDRAWN: [],
}


class LicenceDeclaredAlready(Conflict):
    """The firm has already declared this licence, and it was not refused."""


async def declare(session: AsyncSession, *, draft: LicenceDraft, by: Actor, at: datetime) -> Licence:
    """Declare a licence of the firm, or of one of its people. It counts once the operator has verified it."""
    firm = await own_firm(session)
    person = await require_person(session, draft.person, "/person") if draft.person is not None else None
    if draft.expires_on < at.date():
        raise Invalid("The licence has expired.", faults=[Fault("/expires_on", "lies in the past")])
    known = select(Licence.id).where(
        Licence.kind == draft.kind,
        Licence.region == draft.region,
        Licence.number == draft.number,
        Licence.expires_on == draft.expires_on,
        Licence.org_id == firm.id,
        col(Licence.status).in_((LicenceStatus.DECLARED, LicenceStatus.VERIFIED)),
    )
    if (await session.execute(known)).first():
        raise LicenceDeclaredAlready(
            f"{draft.number} of {draft.region} is declared already.", faults=[Fault("/number", "taken")]
        )
    licence = Licence(
        **draft.model_dump(exclude={"person"}),
        person_id=person.id if person else None,
        org_id=firm.id,
        created_at=at,
        updated_at=at,
    )
    session.add(licence)
    raise_version(session, firm)
    announce(session, LicenceDeclared(**_event_fields(licence)), about=licence, by=by, at=at)
    return licence


async def verify(
    session: AsyncSession, licence_id: UUID, *, verification: LicenceVerification, by: Actor, at: datetime
) -> None:
    """Declared → verified or refused, by what the operator found.

    The operator's transaction moves to the firm, in whose trail it is, and back again.
    """
    if verification.checked_on > at.date():
        raise Invalid("The check is in the future.", faults=[Fault("/checked_on", "lies in the future")])
    firm_id = await firm_of(session, licence_id)
    if firm_id is None:
        raise NotFound(f"There is no licence {licence_id}.")
    operator = organisation_of(session)
    await act_for(session, firm_id)
    firm = await own_firm(session)
    licence = await _locked(session, licence_id, "verify")
    licence.status = verification.decision
    licence.verification = {**verification.model_dump(mode="json"), "by": by.recorded, "at": at.isoformat()}
    raise_version(session, firm)
    kind = LicenceVerified if licence.status == LicenceStatus.VERIFIED else LicenceRefused
    announce(session, kind(**_event_fields(licence)), about=licence, by=by, at=at, reason=verification.method)
    await act_for(session, operator)


async def withdraw(session: AsyncSession, licence_id: UUID, *, reason: str, by: Actor, at: datetime) -> None:
    """Declared or verified → withdrawn: it counts no longer, and stays on record."""
    firm = await own_firm(session)
    licence = await _locked(session, licence_id, "withdraw")
    licence.status = LicenceStatus.WITHDRAWN
    raise_version(session, firm)
    announce(session, LicenceWithdrawn(**_event_fields(licence)), about=licence, by=by, at=at, reason=reason)


async def _locked(session: AsyncSession, licence_id: UUID, verb: str) -> Licence:
    licence = await locked(session, Licence, licence_id, noun="licence", expected=ANY_VERSION)
    allowed = _NEXT[LicenceStatus(licence.status)]
    if verb not in allowed:
        raise not_allowed(verb, licence.status, allowed)
    return licence


def _event_fields(licence: Licence) -> dict[str, Any]:
    """What every event about a licence says."""
    return {
        "kind": licence.kind,
        "person_id": licence.person_id,
        "region": licence.region,
        "issued_by": licence.issued_by,
        "number": licence.number,
        "issued_to": licence.issued_to,
        "expires_on": licence.expires_on,
    }
