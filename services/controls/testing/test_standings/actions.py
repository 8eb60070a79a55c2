"""The verbs of a standing: results are taken into it; what is no longer tested is withdrawn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import select

from services.controls.register.controls.models import Control
from services.controls.testing.test_standings.models import Standing
from services.controls.testing.test_standings.rules import Finding, Stand, after
from shared.data.base import table_of
from shared.data.bulk import insert_rows
from shared.data.records import ANY_VERSION, found, lock_by_id, locked
from shared.data.sessions import organisation_of
from shared.data.transactions import touched
from shared.events.catalogue.testing import Outcome, TestKind, TestStandingWithdrawn
from shared.events.trail import announce
from shared.identity.callers import Actor
from shared.problems import not_allowed

_STAND = tuple(field.name for field in fields(Stand))
_KEPT = ("id", "org_id", "control_id", "procedure_id", "kind", "title", "source", "check_name", "created_at")
_CHANGING = (*_STAND, "withdrawn_at", "version", "updated_at")
_OUTCOMES = frozenset({"concluded", "latest"})


@dataclass(frozen=True, slots=True)
class Taken:
    """A standing before some results and after them."""

    standing: Standing
    before: Stand
    after: Stand

    @property
    def matters(self) -> bool:
        """Whether it says anything else now, or says it for the first time."""
        return self.before.latest is None or self.after.differs(self.before) or self.standing.withdrawn_at is not None

    @property
    def deciding(self) -> tuple[UUID, Outcome, datetime]:
        """The result that says something new: the one that changed the conclusion, or else the latest."""
        after = self.after
        decided = after.concluded_by, after.concluded, after.concluded_at
        if after.concluded == self.before.concluded:
            decided = after.latest_by, after.latest, after.latest_at
        result_id, outcome, observed_at = decided
        assert result_id, "it has taken a result"
        assert outcome, "a result has an outcome"
        assert observed_at, "a result was observed"
        return result_id, outcome, observed_at


async def take(
    session: AsyncSession, findings: Mapping[UUID, Sequence[Finding]], standings: Sequence[Standing], *, at: datetime
) -> list[Taken]:
    """Take results into their standings, of controls that are held by then: one statement, however many they are."""
    taken = [
        Taken(standing, before := stand_of(standing), after(before, findings[standing.id])) for standing in standings
    ]
    rows = [
        _row(change, at)
        for change in taken
        if change.after != change.before or change.standing.withdrawn_at is not None
    ]
    await insert_rows(session, table_of(Standing), rows, renew=_CHANGING)
    return taken


async def standing_of_procedure(
    session: AsyncSession, control_id: UUID, *, procedure_id: UUID, kind: TestKind, title: str, at: datetime
) -> Standing:
    """How a procedure stands that people follow; the first time it is followed, this begins. The control is held."""
    key: dict[str, Any] = {"control_id": control_id, "procedure_id": procedure_id, "kind": kind}
    standing = (await session.scalars(select(Standing).filter_by(**key))).one_or_none()
    if standing is None:
        standing = Standing(**key, title=title, org_id=organisation_of(session), created_at=at, updated_at=at)
        session.add(standing)
        await session.flush()
    return standing


def restate(standing: Standing, findings: Sequence[Finding]) -> None:
    """Say anew what a procedure stands at, from all its results that count. The control is held by then."""
    stand = after(Stand(), findings)
    for name in _STAND:
        setattr(standing, name, getattr(stand, name))
    standing.withdrawn_at = None


async def withdraw(session: AsyncSession, standing_id: UUID, *, reason: str, by: Actor, at: datetime) -> None:
    """What is no longer tested counts no longer, whatever it said last. The reason is kept in the trail."""
    known = await found(session, Standing, standing_id)
    await lock_by_id(session, Control, [known.control_id] if known else [])
    standing = await locked(session, Standing, standing_id, noun="test standing", expected=ANY_VERSION)
    if standing.withdrawn_at is not None:
        raise not_allowed("withdraw", "withdrawn", [])
    standing.withdrawn_at = at
    event = TestStandingWithdrawn(control_id=standing.control_id, title=standing.title)
    announce(session, event, about=standing, by=by, at=at, reason=reason)
    touched(session, standing.control_id, at=at)


def stand_of(standing: Standing) -> Stand:
    """The row as the rules take it."""
    kept: dict[str, Any] = {name: getattr(standing, name) for name in _STAND}
    kept |= {name: Outcome(kept[name]) for name in _OUTCOMES if kept[name] is not None}
    return Stand(**kept)


def _row(taken: Taken, at: datetime) -> dict[str, Any]:
    standing = taken.standing
    kept = {name: getattr(standing, name) for name in _KEPT}
    stand = {name: getattr(taken.after, name) for name in _STAND}
    version = standing.version + 1 if taken.before.latest is not None else 1
    return {**kept, **stand, "withdrawn_at": None, "version": version, "updated_at": at}
