"""The verbs of freshness. Each holds the items it touches, changes their proofs at once and announces each item.

Locks are taken in one order everywhere, so that nobody waits in a circle: expectations by id, then items by id. The
item under review is held before them, and nobody else waits for one that has not been accepted. A proof changes under
the lock of its item.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.evidence.items.evidence.models import Item
from services.evidence.items.proofs.models import Announced, Freshness, Proof
from services.evidence.items.proofs.queries import ACCEPTED, ANNOUNCE_DUE, COUNTING, COUNTS, MARK, MOVE, counting
from services.evidence.items.proofs.rules import Counting, differs, superseded, validity
from shared.data.base import table_of
from shared.data.bulk import among
from shared.data.transactions import Written
from shared.events.catalogue.evidence import EvidenceExpired, EvidenceExpiring, EvidenceRefreshed, EvidenceSuperseded
from shared.events.catalogue.evidence import Proof as ToldProof
from shared.events.trail import announce, announce_by_statement
from shared.identity.callers import SYSTEM, Actor

_P = table_of(Proof).c
_I = table_of(Item).c
_EVENT = {
    Announced.FRESH: EvidenceRefreshed,
    Announced.EXPIRING: EvidenceExpiring,
    Announced.EXPIRED: EvidenceExpired,
    Announced.SUPERSEDED: EvidenceSuperseded,
}


async def announce_due(session: AsyncSession, *, as_of: datetime, limit: int) -> int:
    """Announce what has changed by the clock, of about `limit` proofs; how many it was.

    Items that are held by someone else are theirs, or the next turn's; so two sweeps never announce the same.
    """
    values = {"most": limit, "expired": EvidenceExpired.name, "expiring": EvidenceExpiring.name}
    return await announce_by_statement(session, ANNOUNCE_DUE, by=SYSTEM, at=as_of, values=values)


async def settle(session: AsyncSession, item: Item, *, by: Actor, at: datetime) -> None:
    """Find what a newly accepted item supersedes, what supersedes it, and whether it is expiring or expired already.

    The versions that it corrects count no longer, however long they would have. The item and its expectations are held
    by then, so that nothing else is accepted for them meanwhile.
    """
    await _supersede_earlier_versions(session, item, by=by, at=at)
    item_id = item.id
    mine = await _counting(session, _P.item_id == item_id)
    rivals = (among(_P.expectation_id, [proof.expectation_id for proof in mine]), _P.item_id != item_id)
    await _lock_items(session, [proof.item_id for proof in await _counting(session, *rivals)])
    ended = superseded(mine, await _counting(session, *rivals))
    await _change(session, ended, Announced.SUPERSEDED, by=by, at=at)
    gone = {proof.expectation_id for proof in ended if proof.item_id == item_id}
    left = [proof for proof in mine if proof.expectation_id not in gone and differs(proof, at)]
    await _announce_as_of(session, left, by=by, at=at)


async def _supersede_earlier_versions(session: AsyncSession, item: Item, *, by: Actor, at: datetime) -> None:
    versions = select(_I.id).where(_I.series_id == item.series_id)
    earlier = versions.where(_I.number < item.number)
    await _lock_items(session, (await session.scalars(earlier)).all())
    # What newer evidence superseded is corrected too: it still shows the days that it covers.
    superseded_by_others = and_(_P.announced == Announced.SUPERSEDED, _P.superseded_by.not_in(versions))
    uncorrected = ACCEPTED.where(_P.item_id.in_(earlier), or_(COUNTS, superseded_by_others))
    corrected = [counting(row) for row in (await session.execute(uncorrected)).all()]
    ended = [replace(proof, superseded_by=item.id) for proof in corrected]
    await _change(session, ended, Announced.SUPERSEDED, by=by, at=at, corrected=True)


async def recalculate(
    session: AsyncSession, expectation_id: UUID, *, freshness_days: int, expiring_days: int, by: Actor, at: datetime
) -> None:
    """Let what counts for an expectation count by other days; announce what it is now and, while it counts, its end."""
    await _hold_all_for(session, [expectation_id])
    before = await _counting(session, _P.expectation_id == expectation_id)
    covered = select(_I.id, _I.covers_until).where(among(_I.id, [proof.item_id for proof in before]))
    covers_until = {row.id: row.covers_until for row in await session.execute(covered)}
    moved: list[Counting] = []
    news: list[Counting] = []
    for proof in before:
        end = validity(covers_until[proof.item_id], freshness_days=freshness_days, expiring_days=expiring_days)
        if end == proof.validity:
            continue
        moved.append(replace(proof, validity=end))
        counts = end.as_of(at) != Freshness.EXPIRED
        if differs(moved[-1], at) or (counts and end.valid_until != proof.validity.valid_until):
            news.append(moved[-1])
    if moved:
        await session.execute(
            MOVE,
            {
                **_keys(moved),
                "expiring": [proof.validity.expiring_from for proof in moved],
                "valid": [proof.validity.valid_until for proof in moved],
            },
        )
    await _announce_as_of(session, news, by=by, at=at)


async def stop_counting(session: AsyncSession, expectations: Collection[UUID], *, at: datetime) -> None:
    """End what was accepted for expectations that are withdrawn; their withdrawal is the announcement."""
    held = await _hold_all_for(session, expectations)
    ended = update(Proof).where(among(_P.expectation_id, expectations), COUNTS)
    await session.execute(ended.values(announced=Announced.WITHDRAWN, ended_at=at))
    await _raise_versions(session, held, at=at)


async def _announce_as_of(session: AsyncSession, proofs: Sequence[Counting], *, by: Actor, at: datetime) -> None:
    for state in (Freshness.EXPIRED, Freshness.EXPIRING, Freshness.FRESH):
        these = [proof for proof in proofs if proof.validity.as_of(at) == state]
        await _change(session, these, Announced(state), by=by, at=at)


async def _change(
    session: AsyncSession,
    proofs: Sequence[Counting],
    to: Announced,
    *,
    by: Actor,
    at: datetime,
    corrected: bool = False,
) -> None:
    """Note what is announced of these proofs, and announce it: one event an item, listing those affected.

    `corrected` is of what is superseded: whether by a corrected version of the same evidence.
    """
    if not proofs:
        return
    ended_at = at if to == Announced.SUPERSEDED else None
    successors = [proof.superseded_by for proof in proofs]
    await session.execute(MARK, {**_keys(proofs), "successors": successors, "to": to, "ended_at": ended_at})
    of_item: dict[UUID, list[Counting]] = defaultdict(list)
    for proof in proofs:
        of_item[proof.item_id].append(proof)
    more = {"corrected": corrected} if to == Announced.SUPERSEDED else {}
    for item in await _raise_versions(session, list(of_item), at=at):
        item_id = item.id
        before = {"announced": {str(proof.expectation_id): proof.announced for proof in of_item[item_id]}}
        after = {"announced": {str(proof.expectation_id): to for proof in of_item[item_id]}}
        event = _EVENT[to](
            title=item.title,
            covers_from=item.covers_from,
            covers_until=item.covers_until,
            accepted_at=item.reviewed_at,
            proves=[_proof_fields(proof) for proof in of_item[item_id]],
            **more,
        )
        announce(session, event, about=Written(item_id, item.version, before, after), by=by, at=at)


async def _raise_versions(session: AsyncSession, items: Collection[UUID], *, at: datetime) -> Sequence[Row[Any]]:
    raised = update(Item).where(among(_I.id, items)).values(version=_I.version + 1, updated_at=at)
    rows = await session.execute(
        raised.returning(_I.id, _I.title, _I.covers_from, _I.covers_until, _I.reviewed_at, _I.version),
        execution_options={"synchronize_session": False},
    )
    return rows.all()


async def _hold_all_for(session: AsyncSession, expectations: Collection[UUID]) -> list[UUID]:
    items = [proof.item_id for proof in await _counting(session, among(_P.expectation_id, expectations))]
    await _lock_items(session, items)
    return items


async def _lock_items(session: AsyncSession, items: Collection[UUID]) -> None:
    if items:
        await session.execute(select(_I.id).where(among(_I.id, items)).order_by(_I.id).with_for_update())


async def _counting(session: AsyncSession, *which: ColumnElement[bool]) -> list[Counting]:
    return [counting(row) for row in (await session.execute(COUNTING.where(*which))).all()]


def _keys(proofs: Sequence[Counting]) -> dict[str, list[UUID]]:
    return {
        "items": [proof.item_id for proof in proofs],
        "expectations": [proof.expectation_id for proof in proofs],
    }


def _proof_fields(proof: Counting) -> ToldProof:
    return ToldProof(
        expectation_id=proof.expectation_id, control_id=proof.control_id, valid_until=proof.validity.valid_until
    )
