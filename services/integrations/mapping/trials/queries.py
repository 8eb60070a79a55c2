from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.integrations.mapping.trials.rules import Delivered
from services.integrations.mapping.trials.schemas import TrialInput
from services.integrations.receiving.deliveries.models import Delivery
from services.integrations.receiving.sources.models import Source, SourceKind
from shared.data.base import table_of
from shared.data.bulk import among

_D = table_of(Delivery).c
_S = table_of(Source).c
_MOST_BYTES = 16 * 1024 * 1024  # of one trial
_AT_ONCE = 10


@dataclass(frozen=True, slots=True)
class Stored:
    """A delivery that is kept."""

    id: UUID
    received_at: datetime
    delivered: Delivered


async def newest(session: AsyncSession, kind: SourceKind, asked: TrialInput) -> tuple[list[UUID], bool]:
    """The ids of the newest deliveries of a kind, as many as 16 MiB hold; whether these are all that were asked for."""
    where = [_S.kind == kind.value]
    if asked.source_id is not None:
        where.append(_D.source_id == asked.source_id)
    if asked.received_since is not None:
        where.append(_D.received_at >= asked.received_since)
    query = select(_D.id, func.octet_length(_D.body)).join(Source, _S.id == _D.source_id).where(*where)
    found, size = list[UUID](), 0
    for key, length in await session.execute(query.order_by(_D.received_at.desc(), _D.id.desc()).limit(asked.limit)):
        size += length
        if size > _MOST_BYTES:
            return found, False
        found.append(key)
    return found, True


async def stored(session: AsyncSession, ids: list[UUID]) -> AsyncIterator[Stored]:
    """These deliveries, in this order, a few in memory at a time."""
    columns = (_D.id, _D.received_at, _D.event, _D.headers, _D.body, _S.kind, _S.branches)
    for first in range(0, len(ids), _AT_ONCE):
        some = ids[first : first + _AT_ONCE]
        query = select(*columns).join(Source, _S.id == _D.source_id).where(among(_D.id, some))
        rows = {row.id: row for row in await session.execute(query)}
        for row in (rows[key] for key in some if key in rows):
            delivered = Delivered(SourceKind(row.kind), row.event, row.headers, row.body, row.branches)
            yield Stored(row.id, row.received_at, delivered)
