"""The verbs of a hold. Placing one and disposing of evidence take turns, so that a hold that stands always wins."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.evidence.collecting.expectations.models import Expectation
from services.evidence.items.evidence.models import Item
from services.evidence.keeping.engagements.models import KnownEngagement
from services.evidence.keeping.holds.models import Hold, HoldStatus
from services.evidence.keeping.holds.schemas import HoldDraft
from shared.data.records import ANY_VERSION, locked, one_at_a_time
from shared.data.sessions import organisation_of
from shared.events.catalogue.retention import HoldPlaced, HoldReleased
from shared.events.trail import announce
from shared.identity.callers import Actor
from shared.problems import Fault, Invalid, not_allowed

# The organisation's holds as one thing: whoever disposes holds it too.
_HOLDS = UUID("7b1d5f0e-1a54-4d4b-9c55-3a1a57000001")


class NothingToHold(Invalid):
    """The hold names something that does not exist."""


async def place(session: AsyncSession, *, draft: HoldDraft, by: Actor, at: datetime) -> Hold:
    """Keep what a matter needs from now on. `NothingToHold` names what this service does not know of."""
    await settle_holds(session)
    scope, period = draft.scope, draft.scope.period
    faults = [
        *await _unknown(session, Item, scope.item_ids, "item_ids"),
        *await _unknown(session, Expectation, scope.expectation_ids, "expectation_ids"),
        *await _unknown(session, KnownEngagement, scope.engagement_ids, "engagement_ids"),
    ]
    if faults:
        raise NothingToHold("Some of what the hold names does not exist.", faults=faults)
    hold = Hold(
        matter=draft.matter,
        reason=draft.reason,
        **scope.model_dump(exclude={"period"}),
        covers_from=period.covers_from if period else None,
        covers_until=period.covers_until if period else None,
        placed_by=by.recorded,
        org_id=organisation_of(session),
        created_at=at,
        updated_at=at,
    )
    session.add(hold)
    announce(session, HoldPlaced(matter=hold.matter), about=hold, by=by, at=at, reason=hold.reason)
    return hold


async def release(session: AsyncSession, hold_id: UUID, *, reason: str, by: Actor, at: datetime) -> None:
    """Placed → released: what no other hold stands on may be disposed of again when its time has come."""
    await settle_holds(session)
    hold = await locked(session, Hold, hold_id, noun="hold", expected=ANY_VERSION)
    if hold.status != HoldStatus.PLACED:
        raise not_allowed("release", hold.status, [])
    hold.status = HoldStatus.RELEASED
    hold.released_by, hold.released_at, hold.release_reason = by.recorded, at, reason
    announce(session, HoldReleased(matter=hold.matter), about=hold, by=by, at=at, reason=reason)


async def settle_holds(session: AsyncSession) -> None:
    """From here to the end of the transaction no hold is placed or released by anyone else."""
    await one_at_a_time(session, _HOLDS)


async def _unknown(session: AsyncSession, model: Any, ids: Sequence[UUID], member: str) -> list[Fault]:
    known = set(await session.scalars(select(model.id).where(col(model.id).in_(ids)))) if ids else set()
    return [Fault(f"/scope/{member}/{place}", "unknown") for place, thing_id in enumerate(ids) if thing_id not in known]
