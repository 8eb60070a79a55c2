"""The verbs of a disposal run: requested by one person, approved by others, carried out by the clock in turns.

A turn marks evidence as disposed of and erases what it said; only once that is committed are a file's bytes erased, so
that no crash leaves evidence that stands without its bytes. A hold placed before an item's turn wins, whatever was
approved: holds are settled first, then the items locked, and only then is looked.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, null, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.evidence.intake.file_uploads.actions import content_of
from services.evidence.intake.files.models import File
from services.evidence.intake.storage.actions import give_back
from services.evidence.intake.store import Store, content_key
from services.evidence.items.evidence.models import Item
from services.evidence.items.evidence.rules import written
from services.evidence.keeping.disposals.models import Bytes, Certificate, Disposal, DisposalItem, DisposalState, Fate
from services.evidence.keeping.disposals.rules import LARGEST_RUN, approvals_needed, certificate, needs_override
from services.evidence.keeping.disposals.schemas import DisposalRequest
from services.evidence.keeping.holds.actions import settle_holds
from services.evidence.keeping.holds.queries import held_among
from services.evidence.keeping.retention.queries import candidates, facts, facts_of
from services.evidence.keeping.retention.rules import Kept, kept
from shared.data.base import table_of
from shared.data.records import ANY_VERSION, found, lock_by_id, lock_free, locked, one_at_a_time
from shared.data.sessions import organisation_of
from shared.data.transactions import Written, touched
from shared.events.catalogue.retention import (
    DisposalApproved,
    DisposalCancelled,
    DisposalCompleted,
    DisposalRequested,
    EvidenceDisposed,
    FileErased,
)
from shared.events.trail import announce
from shared.identity.callers import SYSTEM, Actor, keep_apart
from shared.problems import Conflict, Fault, not_allowed
from shared.trail.seal import Seal

_RUNS = UUID("7b1d5f0e-1a54-4d4b-9c55-3a1a57000003")
_LOOK_AT_ONCE = 2000
_I = table_of(Item).c
_D = table_of(DisposalItem).c


class NothingDue(Conflict):
    """No evidence is due for disposal."""


class RunOpen(Conflict):
    """Another disposal run is open."""


class OverrideRequired(Conflict):
    """A disposal of this size needs a reason to override the guard."""


async def request(session: AsyncSession, *, draft: DisposalRequest, by: Actor, at: datetime) -> Disposal:
    """List what is due, for others to look at and approve. Nothing is done away with by this."""
    await one_at_a_time(session, _RUNS)
    which_open = select(Disposal.id).where(col(Disposal.state).in_([DisposalState.REQUESTED, DisposalState.APPROVED]))
    if (other := await session.scalar(which_open)) is not None:
        raise RunOpen(f"Approve or cancel the disposal {other} first.")
    due = await _due(session, draft.class_ids, at=at)
    if not due:
        raise NothingDue("No evidence has reached the end of its retention period.")
    run = Disposal(
        **draft.model_dump(), requested_by=by.recorded, org_id=organisation_of(session), created_at=at, updated_at=at
    )
    rows = await _listed(session, run, due)
    run.organisation_items = (
        await session.scalar(select(func.count()).select_from(Item).where(col(Item.disposed_at).is_(None))) or 0
    )
    going = sum(row["fate"] == Fate.SELECTED for row in rows)
    run.needs_override = needs_override(going, run.organisation_items)
    session.add(run)
    announce(session, DisposalRequested(items=going), about=run, by=by, at=at, reason=run.reason)
    await session.execute(insert(DisposalItem), rows)
    return run


async def approve(
    session: AsyncSession, disposal_id: UUID, *, override_reason: str | None, by: Actor, at: datetime
) -> None:
    """Requested → approved, by someone other than the requester; by two, with a reason, when it is above the guard."""
    run = await locked(session, Disposal, disposal_id, noun="disposal", expected=ANY_VERSION)
    if run.state != DisposalState.REQUESTED:
        raise not_allowed("approve", run.state, [])
    keep_apart("The requester of a disposal cannot approve it", first=run.requested_by, second=by)
    for approver in run.approvers:
        keep_apart("One person cannot approve a disposal twice", first=approver, second=by)
    if run.needs_override and run.override_reason is None and override_reason is None:
        raise OverrideRequired(
            "The disposal would remove more than a tenth of the organisation's evidence.",
            faults=[Fault("/override_reason", "required above the guard")],
        )
    run.override_reason = run.override_reason or (override_reason if run.needs_override else None)
    run.approvers = [*run.approvers, by.recorded]
    if len(run.approvers) == approvals_needed(overriding=run.needs_override):
        run.state, run.approved_at = DisposalState.APPROVED, at
    announce(session, DisposalApproved(state=run.state), about=run, by=by, at=at, reason=run.override_reason)


async def cancel(session: AsyncSession, disposal_id: UUID, *, reason: str, by: Actor, at: datetime) -> None:
    """Requested → cancelled; a run under way stops, and completes with what it has done by now."""
    run = await locked(session, Disposal, disposal_id, noun="disposal", expected=ANY_VERSION)
    if run.state not in {DisposalState.REQUESTED, DisposalState.APPROVED}:
        raise not_allowed("cancel", run.state, [])
    run.cancelled_reason = reason
    if run.state == DisposalState.REQUESTED:
        run.state = DisposalState.CANCELLED
    left = update(DisposalItem).where(_D.disposal_id == run.id, _D.fate == Fate.SELECTED)
    await session.execute(left.values(fate=Fate.KEPT, why=f"The run was stopped: {reason}", updated_at=at))
    announce(session, DisposalCancelled(state=run.state), about=run, by=by, at=at, reason=reason)


async def carry_out(session: AsyncSession, *, at: datetime, limit: int) -> int:
    """A turn of the approved run: do away with up to `limit` of its items; how many it looked at."""
    run = await _approved(session)
    if run is None:
        return 0
    await settle_holds(session)
    chosen = select(DisposalItem).where(_D.disposal_id == run.id, _D.fate == Fate.SELECTED)
    rows = {row.item_id: row for row in await session.scalars(chosen.order_by(_D.item_id).limit(limit))}
    items = await lock_by_id(session, Item, rows)
    reasons = await _reasons_to_keep(session, list(rows), at=at)
    for item_id, row in rows.items():
        why = reasons.get(item_id)
        row.fate, row.why, row.disposed_at = (Fate.KEPT, why, None) if why else (Fate.DISPOSED, None, at)
        row.updated_at = at
    going = [item for item in items if item.id not in reasons]
    await _empty(session, run, going, at=at)
    return len(rows)


async def erase(session: AsyncSession, store: Store, *, at: datetime, limit: int) -> int:
    """A turn after that: erase the bytes of files that no evidence is made of any longer; how many were looked at."""
    run = await _approved(session)
    if run is None:
        return 0
    gone = select(DisposalItem).where(
        _D.disposal_id == run.id, _D.fate == Fate.DISPOSED, _D.file_id.is_not(None), _D.bytes.is_(None)
    )
    # By digest, the order in which every sweep takes its turns.
    rows = (await session.scalars(gone.order_by(_D.sha256).limit(limit))).all()
    freed = 0
    for row in rows:
        row.bytes, size = await _erase_one(session, store, row, at=at)
        row.updated_at = at
        freed += size
    await give_back(session, freed)
    return len(rows)


async def certify(session: AsyncSession, seal: Seal, *, at: datetime) -> int:
    """Approved → completed, once nothing of it is left to do: sign what was done away with."""
    run = await _approved(session)
    if run is None:
        return 0
    pending = (_D.fate == Fate.SELECTED) | ((_D.fate == Fate.DISPOSED) & _D.file_id.is_not(None) & _D.bytes.is_(None))
    if await session.scalar(select(DisposalItem.item_id).where(_D.disposal_id == run.id, pending).limit(1)):
        return 0
    gone = select(DisposalItem).where(_D.disposal_id == run.id, _D.fate == Fate.DISPOSED).order_by(_D.item_id)
    told = certificate(run, run.org_id, (await session.scalars(gone)).all())
    run.state, run.completed_at = DisposalState.COMPLETED, at
    signed = seal.signed(told)
    event = DisposalCompleted(items=told["count"], certificate_key_id=signed["signature"]["key_id"])
    announce(session, event, about=run, by=SYSTEM, at=at)
    session.add(Certificate(disposal_id=run.id, org_id=run.org_id, document=signed))
    return 1


async def _due(session: AsyncSession, classes: Sequence[UUID], *, at: datetime) -> dict[UUID, tuple[Any, Kept]]:
    """The items whose time is over, by id, with their facts and what was found from them; at most a run of them."""
    due: dict[UUID, tuple[Any, Kept]] = {}
    after: UUID | None = None
    while len(due) < LARGEST_RUN:
        rows = (await session.execute(candidates(after, classes, _LOOK_AT_ONCE))).all()
        found_here = ((row, kept(facts(row))) for row in rows)
        due |= {row.id: (row, end) for row, end in found_here if end.due(at)}
        if len(rows) < _LOOK_AT_ONCE:
            break
        after = rows[-1].id
    return dict(list(due.items())[:LARGEST_RUN])


async def _listed(session: AsyncSession, run: Disposal, due: dict[UUID, tuple[Any, Kept]]) -> list[dict[str, Any]]:
    """The rows of the run: what each item is, with its hash, and whether a hold stands on it."""
    held = await _held(session, list(due))
    query = select(Item, File).outerjoin(File, col(Item.file_id) == File.id).where(_I.id.in_(due))
    listed = []
    for item, file in (await session.execute(query)).all():
        facts_found, end = due[item.id]
        content = written(item) if file is None else None
        listed.append(
            {
                "disposal_id": run.id,
                "item_id": item.id,
                "org_id": run.org_id,
                "title": item.title,
                "kind": item.kind,
                "file_id": item.file_id,
                "sha256": content.sha256 if content else file.sha256,
                "size": content.size if content else file.size,
                "class_id": facts_found.class_id,
                "class_name": facts_found.class_name,
                "retained_until": end.until,
                "fate": Fate.HELD if item.id in held else Fate.SELECTED,
                "why": held.get(item.id),
                "updated_at": run.updated_at,
            }
        )
    return listed


async def _approved(session: AsyncSession) -> Disposal | None:
    query = select(Disposal).where(Disposal.state == DisposalState.APPROVED)
    return next(iter(await lock_free(session, query)), None)


async def _reasons_to_keep(session: AsyncSession, items: Sequence[UUID], *, at: datetime) -> dict[UUID, str]:
    """Why some of these, which were approved, are kept after all. The items are locked by then."""
    reasons = {}
    for row in (await session.execute(facts_of(items))).all():
        end = kept(facts(row))
        if not end.due(at):
            reasons[row.id] = f"No longer due: {end.because}"
    return reasons | await _held(session, items)


async def _held(session: AsyncSession, items: Sequence[UUID]) -> dict[UUID, str]:
    rows = (await session.execute(held_among(_I.id.in_(items)))).all()
    return {row.id: f"A legal hold stands on it: {', '.join(map(str, row.holds))}" for row in rows}


async def _empty(session: AsyncSession, run: Disposal, items: Sequence[Item], *, at: datetime) -> None:
    """Leave of each item what it was and when, and nothing of what it said."""
    if not items:
        return
    marked = update(Item).where(_I.id.in_([item.id for item in items]))
    values = {
        "url": None,
        "record": null(),
        "statement": None,
        "disposed_at": at,
        "updated_at": at,
        "version": _I.version + 1,
    }
    rows = await session.execute(
        marked.values(values).returning(_I.id, _I.title, _I.version), execution_options={"synchronize_session": False}
    )
    for item_id, title, version in rows.all():
        written = Written(item_id, version, before={"disposed_at": None}, after={"disposed_at": at})
        event = EvidenceDisposed(title=title, disposal_id=run.id)
        announce(session, event, about=written, by=SYSTEM, at=at, reason=run.reason)
    touched(session, *(item.id for item in items), at=at)  # what they said is found by its words no longer


async def _erase_one(session: AsyncSession, store: Store, row: DisposalItem, *, at: datetime) -> tuple[Bytes, int]:
    """What became of a file's bytes, and how many are gone by this."""
    assert row.file_id is not None
    await one_at_a_time(session, content_of(row.sha256))
    # Whoever submits this file as evidence locks it too.
    file = await found(session, File, row.file_id, for_update=True)
    assert file is not None
    standing = select(Item.id).where(Item.file_id == file.id, col(Item.disposed_at).is_(None)).limit(1)
    if await session.scalar(standing) is not None:
        return Bytes.SHARED, 0
    if file.disposed_at is not None:
        return Bytes.ERASED, 0
    await store.remove(content_key(file.org_id, file.sha256))
    file.disposed_at = at
    announce(session, FileErased(sha256=file.sha256, size=file.size), about=file, by=SYSTEM, at=at)
    return Bytes.ERASED, file.size
