from uuid import UUID

from sqlalchemy import ARRAY, Uuid, and_, cast, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.evidence.items.evidence.models import Item
from services.evidence.keeping.disposals.models import DisposalItem, Fate
from services.evidence.keeping.holds.queries import holding
from services.evidence.keeping.item_retention.schemas import RetentionOut
from services.evidence.keeping.retention.queries import facts, facts_of, of_item
from services.evidence.keeping.retention.rules import kept
from shared.data.base import table_of
from shared.problems import NotFound

_I = table_of(Item).c
_D = table_of(DisposalItem).c
_GONE = and_(_D.item_id == _I.id, _D.fate == Fate.DISPOSED.value)


async def retention_of(session: AsyncSession, item_id: UUID) -> RetentionOut:
    """Until when an item is kept, or how it went; `NotFound` when there is none."""
    query = facts_of([item_id]).add_columns(
        _I.disposed_at,
        func.coalesce(holding(), cast([], ARRAY(Uuid()))).label("holds"),
        of_item(select(_D.disposal_id).where(_GONE)).label("disposal_id"),
        of_item(select(_D.sha256).where(_GONE)).label("sha256"),
    )
    row = (await session.execute(query)).one_or_none()
    if row is None:
        raise NotFound(f"There is no evidence {item_id}.")
    found = kept(facts(row))
    return RetentionOut(
        item_id=row.id,
        class_id=row.class_id,
        class_name=row.class_name,
        assigned=row.retention_class_id is not None,
        basis=row.basis,
        years=row.years,
        started_at=found.started_at,
        retained_until=found.until,
        because=found.because,
        holds=row.holds,
        disposed_at=row.disposed_at,
        disposal_id=row.disposal_id,
        sha256=row.sha256,
    )
