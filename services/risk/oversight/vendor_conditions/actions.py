"""The verbs of a condition, each under the lock of its vendor, whose approval follows from the last open one."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.risk.days import day_of
from services.risk.oversight.vendor_conditions.models import ConditionStatus, VendorCondition
from services.risk.oversight.vendor_conditions.queries import open_conditions, unannounced_overdue
from services.risk.oversight.vendor_conditions.schemas import ConditionDraft, ConditionMet, ConditionMove
from services.risk.vendors.known_evidence.queries import require_evidence
from services.risk.vendors.vendors.actions import tell
from services.risk.vendors.vendors.models import Vendor, VendorStatus
from shared.data.records import ANY_VERSION, found, lock_free, lock_rows, locked
from shared.events.catalogue.vendors import (
    VendorConditionMet,
    VendorConditionMoved,
    VendorConditionOverdue,
    VendorConditionSet,
    VendorConditionsMet,
    VendorConditionTold,
    VendorConditionWithdrawn,
)
from shared.events.trail import announce
from shared.identity.callers import SYSTEM, Actor, keep_apart
from shared.people.duties import Handover
from shared.people.references import require_people
from shared.problems import Fault, Invalid, NotFound, not_allowed

_APPROVALS = {VendorStatus.APPROVED_WITH_CONDITIONS: VendorStatus.APPROVED}


async def set_conditions(
    session: AsyncSession, vendor: Vendor, review_id: UUID, *, drafts: Sequence[ConditionDraft], by: Actor, at: datetime
) -> None:
    """Set the conditions that a review decided on. `Invalid` for a due day that is over."""
    past = [
        Fault(f"/conditions/{n}/due_on", "The day is over.")
        for n, draft in enumerate(drafts)
        if draft.due_on < day_of(at)
    ]
    if past:
        raise Invalid("A condition is due today or later.", faults=past)
    owners = await require_people(session, {f"/conditions/{n}/owner": draft.owner for n, draft in enumerate(drafts)})
    for place, draft in enumerate(drafts):
        condition = VendorCondition(
            vendor_id=vendor.id,
            review_id=review_id,
            text=draft.text,
            owner_id=owners[f"/conditions/{place}/owner"].id,
            due_on=draft.due_on,
            evidence_ids=[],
            org_id=vendor.org_id,
            created_at=at,
            updated_at=at,
        )
        session.add(condition)
        _tell(session, condition, VendorConditionSet, by=by, at=at)


async def meet(session: AsyncSession, condition_id: UUID, *, met: ConditionMet, by: Actor, at: datetime) -> None:
    """Open → met, by another person than who answers for it."""
    await require_evidence(session, met.evidence_ids, "/evidence_ids")
    vendor, condition = await _locked(session, condition_id, "meet")
    keep_apart("Who answers for a condition cannot say that it is met", first=condition.owner_id, second=by)
    condition.evidence_ids = list(met.evidence_ids)
    _settle(condition, ConditionStatus.MET, met.note, by=by, at=at)
    _tell(session, condition, VendorConditionMet, by=by, at=at, reason=met.note)
    await _follow(session, vendor, by=by, at=at)


async def withdraw(session: AsyncSession, condition_id: UUID, *, reason: str, by: Actor, at: datetime) -> None:
    """Open → withdrawn, by another person than who answers for it."""
    vendor, condition = await _locked(session, condition_id, "withdraw")
    keep_apart("Who answers for a condition cannot withdraw it", first=condition.owner_id, second=by)
    _settle(condition, ConditionStatus.WITHDRAWN, reason, by=by, at=at)
    _tell(session, condition, VendorConditionWithdrawn, by=by, at=at, reason=reason)
    await _follow(session, vendor, by=by, at=at)


async def move(session: AsyncSession, condition_id: UUID, *, move: ConditionMove, by: Actor, at: datetime) -> None:
    """Have an open condition due on another day, which is not over; never by who answers for it."""
    _, condition = await _locked(session, condition_id, "move")
    keep_apart("Who answers for a condition cannot move its due day", first=condition.owner_id, second=by)
    if move.due_on < day_of(at):
        raise Invalid("A condition is due today or later.", faults=[Fault("/due_on", "The day is over.")])
    condition.due_on = move.due_on
    _tell(session, condition, VendorConditionMoved, by=by, at=at, reason=move.reason)


async def announce_overdue(session: AsyncSession, *, as_of: datetime, limit: int) -> int:
    """Announce which conditions were missed, each once for a due day; how many it was."""
    late = unannounced_overdue(as_of).with_only_columns(VendorCondition).order_by(col(VendorCondition.due_on))
    conditions = await lock_free(session, late.limit(limit))
    for condition in conditions:
        condition.overdue_told_for = condition.due_on
        _tell(session, condition, VendorConditionOverdue, by=SYSTEM, at=as_of)
    return len(conditions)


async def hand_over(session: AsyncSession, handover: Handover) -> None:
    """Give a person's open conditions to another."""
    naming = select(VendorCondition).where(
        VendorCondition.owner_id == handover.from_person, VendorCondition.status == ConditionStatus.OPEN
    )
    for condition in await lock_rows(session, naming.order_by(col(VendorCondition.id))):
        condition.owner_id = handover.to_person
        _tell(session, condition, VendorConditionMoved, by=SYSTEM, at=handover.at, reason=handover.reason)


async def _locked(session: AsyncSession, condition_id: UUID, verb: str) -> tuple[Vendor, VendorCondition]:
    seen = await found(session, VendorCondition, condition_id)
    if seen is None:
        raise NotFound(f"There is no vendor condition {condition_id}.")
    vendor = await locked(session, Vendor, seen.vendor_id, noun="vendor")
    condition = await locked(session, VendorCondition, condition_id, noun="vendor condition", expected=ANY_VERSION)
    if condition.status != ConditionStatus.OPEN:
        raise not_allowed(verb, condition.status, [])
    return vendor, condition


def _settle(condition: VendorCondition, status: ConditionStatus, note: str, *, by: Actor, at: datetime) -> None:
    condition.status, condition.settled_note = status, note
    condition.settled_by, condition.settled_at = by.recorded, at


async def _follow(session: AsyncSession, vendor: Vendor, *, by: Actor, at: datetime) -> None:
    """Approve a vendor without conditions when its last open one is settled."""
    if vendor.approval != VendorStatus.APPROVED_WITH_CONDITIONS or await open_conditions(session, vendor.id):
        return
    vendor.approval = VendorStatus.APPROVED
    vendor.status = _APPROVALS.get(VendorStatus(vendor.status), VendorStatus(vendor.status))
    tell(session, vendor, VendorConditionsMet, by=by, at=at)


def _tell(
    session: AsyncSession,
    condition: VendorCondition,
    kind: type[VendorConditionTold],
    *,
    by: Actor,
    at: datetime,
    reason: str | None = None,
) -> None:
    facts = condition.model_dump(include={"vendor_id", "review_id", "text", "owner_id", "due_on"})
    announce(session, kind.model_validate(facts), about=condition, by=by, at=at, reason=reason)
