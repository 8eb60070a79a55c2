"""The verbs of retention. Other years or another default hold for everything in the class at once."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.evidence.keeping.retention.models import SHIPPED, ClassStatus, RetentionBasis, RetentionClass
from services.evidence.keeping.retention.rules import faults_of
from services.evidence.keeping.retention.schemas import RetentionClassDraft, RetentionClassRevision
from shared.data.records import ANY_VERSION, lock_rows, locked, one_at_a_time
from shared.data.sessions import organisation_of
from shared.events.catalogue.retention import (
    RetentionClassDefined,
    RetentionClassRevised,
    RetentionClassWithdrawn,
)
from shared.events.trail import announce
from shared.identity.callers import Actor
from shared.problems import ComesWithAttest, Invalid, not_allowed

_DEFAULT = UUID("7b1d5f0e-1a54-4d4b-9c55-3a1a57000002")


class TooShort(Invalid):
    """The retention period is shorter than five years."""


async def define(session: AsyncSession, *, draft: RetentionClassDraft, by: Actor, at: datetime) -> RetentionClass:
    """Say for how long evidence of a kind is kept."""
    _check(draft.basis, draft.years)
    if draft.is_default:
        await _make_room_for_default(session, by=by, at=at)
    kind = RetentionClass(**draft.model_dump(), org_id=organisation_of(session), created_at=at, updated_at=at)
    session.add(kind)
    event = RetentionClassDefined(title=kind.name, years=kind.years, basis=kind.basis)
    announce(session, event, about=kind, by=by, at=at)
    return kind


async def revise(
    session: AsyncSession, class_id: UUID, *, revision: RetentionClassRevision, expected: int, by: Actor, at: datetime
) -> None:
    """Change a class, for a reason."""
    kind = await _own(session, class_id, expected=expected)
    if kind.status != ClassStatus.ACTIVE:
        raise not_allowed("revise", kind.status, [])
    if revision.years is not None:
        _check(RetentionBasis(kind.basis), revision.years)
    if revision.is_default and not kind.is_default:
        await _make_room_for_default(session, by=by, at=at)
    for name, value in revision.model_dump(exclude_none=True, exclude={"reason"}).items():
        setattr(kind, name, value)
    _announce_revised(session, kind, by=by, at=at, reason=revision.reason)


async def withdraw(session: AsyncSession, class_id: UUID, *, reason: str, by: Actor, at: datetime) -> None:
    """Active → withdrawn; the default class is not withdrawn, since everything else would change its time with it."""
    kind = await _own(session, class_id, expected=ANY_VERSION)
    if kind.status != ClassStatus.ACTIVE or kind.is_default:
        raise not_allowed("withdraw", "default" if kind.is_default else kind.status, ["revise"] * kind.is_default)
    kind.status = ClassStatus.WITHDRAWN
    event = RetentionClassWithdrawn(title=kind.name, years=kind.years, basis=kind.basis)
    announce(session, event, about=kind, by=by, at=at, reason=reason)


async def _own(session: AsyncSession, class_id: UUID, *, expected: int) -> RetentionClass:
    if class_id == SHIPPED:
        raise ComesWithAttest("This class comes with Attest; define your own class and make it the default.")
    # Before the row: whoever makes another class the default takes this one's row as well.
    await one_at_a_time(session, _DEFAULT)
    return await locked(session, RetentionClass, class_id, noun="retention class", expected=expected)


async def _make_room_for_default(session: AsyncSession, *, by: Actor, at: datetime) -> None:
    await one_at_a_time(session, _DEFAULT)
    query = select(RetentionClass).where(col(RetentionClass.is_default))
    for former in await lock_rows(session, query):
        former.is_default = False
        _announce_revised(session, former, by=by, at=at, reason="Another class is the default.")
        await session.flush()  # only one class is the default


def _announce_revised(session: AsyncSession, kind: RetentionClass, *, by: Actor, at: datetime, reason: str) -> None:
    event = RetentionClassRevised(title=kind.name, years=kind.years, basis=kind.basis)
    announce(session, event, about=kind, by=by, at=at, reason=reason)


def _check(basis: RetentionBasis, years: int) -> None:
    if faults := faults_of(basis, years):
        raise TooShort("; ".join(fault.detail for fault in faults), faults=faults)
