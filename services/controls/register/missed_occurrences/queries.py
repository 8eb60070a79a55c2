from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.controls.days import day_of
from services.controls.register.definitions.models import Definition
from services.controls.register.missed_occurrences.rules import RARE, KnownMiss, Miss, MissRecord
from services.controls.register.occurrences.models import MissedOccurrence, Occurrence
from shared.data.base import table_of
from shared.data.bulk import among

_D = table_of(Definition).c
_M = table_of(MissedOccurrence).c
_O = table_of(Occurrence).c

_performed_for_it = and_(
    _O.control_id == _M.control_id, _O.due_on == _M.due_on, _O.withdrawn_at.is_(None), _O.performed_at < _M.missed_at
)


async def misses_of(
    session: AsyncSession, control_ids: Collection[UUID], *, since: datetime
) -> defaultdict[UUID, MissRecord]:
    """What these controls missed, and how many occurrences expected since an instant were performed in time."""
    last = await _last_performed(session, control_ids)
    found: dict[UUID, list[Miss]] = defaultdict(list)
    if last:
        missed = (
            select(_M.control_id, _M.due_on, _M.day_ended_at, _M.missed_at, _D.frequency, _O.created_at)
            .join(table_of(Definition), _D.id == _M.definition_id)
            .join(table_of(Occurrence), _performed_for_it, isouter=True)
            .where(among(_M.control_id, list(last)), ~_M.void)
        )
        for row in await session.execute(missed):
            performed_at = last[row.control_id]
            followed_up = performed_at is not None and performed_at >= row.day_ended_at
            made_good_on = day_of(row.created_at) if row.created_at else None
            miss = Miss(row.due_on, row.missed_at, row.frequency in RARE, followed_up, made_good_on)
            found[row.control_id].append(miss)
    performed = await _performed(session, list(found), since) if found else {}
    records = {control_id: MissRecord(misses, performed.get(control_id, 0)) for control_id, misses in found.items()}
    return defaultdict(MissRecord, records)


async def missing_repeatedly(session: AsyncSession, *, since: datetime) -> set[UUID]:
    """The controls that have missed two or more occurrences since an instant."""
    missed = select(_M.control_id).where(_M.missed_at > since, ~_M.void)
    return set(await session.scalars(missed.group_by(_M.control_id).having(func.count() > 1)))


async def known_misses(
    session: AsyncSession, control_ids: Collection[UUID], *, since: date
) -> dict[UUID, dict[date, KnownMiss]]:
    """The due days since a day that are on record as missed, void or not."""
    query = select(_M.control_id, _M.due_on, _M.id, _M.void).where(
        among(_M.control_id, control_ids), _M.due_on >= since
    )
    found: dict[UUID, dict[date, KnownMiss]] = defaultdict(dict)
    for row in await session.execute(query):
        found[row.control_id][row.due_on] = KnownMiss(row.id, row.void)
    return found


async def performed_for(
    session: AsyncSession, control_ids: Collection[UUID], *, since: date
) -> dict[UUID, dict[date, datetime]]:
    """For which due days since a day these controls were performed, and when."""
    query = select(_O.control_id, _O.due_on, _O.performed_at).where(
        among(_O.control_id, control_ids), _O.due_on >= since, _O.withdrawn_at.is_(None)
    )
    found: dict[UUID, dict[date, datetime]] = defaultdict(dict)
    for row in await session.execute(query):
        found[row.control_id][row.due_on] = row.performed_at
    return found


async def _last_performed(session: AsyncSession, control_ids: Collection[UUID]) -> dict[UUID, datetime | None]:
    """When those of these controls that have missed anything were last performed, for whatever day."""
    missed = select(_M.control_id).where(among(_M.control_id, control_ids)).distinct().subquery()
    latest = (
        select(func.max(_O.performed_at))
        .where(_O.control_id == missed.c.control_id, _O.withdrawn_at.is_(None))
        .scalar_subquery()
    )
    rows = await session.execute(select(missed.c.control_id, latest.label("performed_at")))
    return {row.control_id: row.performed_at for row in rows}


async def _performed(session: AsyncSession, control_ids: Collection[UUID], since: datetime) -> dict[UUID, int]:
    """How many expected occurrences due since an instant were performed and are not on record as missed."""
    also_missed = and_(
        _M.control_id == _O.control_id, _M.due_on == _O.due_on, or_(_M.void, _O.performed_at >= _M.missed_at)
    )
    query = (
        select(_O.control_id, func.count().label("performed"))
        .join(table_of(MissedOccurrence), also_missed, isouter=True)
        .where(
            among(_O.control_id, control_ids),
            _O.due_on >= since.date(),
            _O.withdrawn_at.is_(None),
            _M.id.is_(None),
        )
        .group_by(_O.control_id)
    )
    return {row.control_id: row.performed for row in await session.execute(query)}
