from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.engagements.engagements.models import Engagement
from services.audit.planning.cost_entries.models import CostEntry, CostKind, CostMeasure, CostStatus
from services.audit.planning.cost_entries.rules import Quantity
from services.audit.planning.cost_entries.schemas import Year
from shared.data.base import table_of
from shared.data.queries import ListQuery, Where
from shared.data.reads import Listing, One
from shared.http.fields import UpdatedSince

_C = table_of(CostEntry).c
_E = table_of(Engagement).c

_ENTRY = select(
    _C.id,
    _C.measure,
    _C.kind,
    _C.engagement_id,
    _C.programme_id,
    _C.year,
    _C.currency,
    _C.decimals,
    _C.amount,
    _C.effort_minutes,
    _C.incurred_on,
    _C.description,
    _C.reference,
    _C.counters_id,
    _C.status,
    _C.version,
    _C.created_at,
    _C.updated_at,
)

entry = One("cost entry", _ENTRY, by=_C.id)


class CostEntryQuery(ListQuery):
    sort: Literal["created_at", "-created_at", "updated_at", "-updated_at", "year", "-year"] = "-created_at"
    measure: CostMeasure | None = None
    kind: CostKind | None = None
    engagement_id: UUID | None = None
    programme_id: Annotated[
        UUID | None,
        Where(
            lambda programme: or_(
                _C.programme_id == programme,
                _C.engagement_id.in_(select(_E.id).where(_E.programme_id == programme)),
            )
        ),
    ] = Field(default=None, description="For this programme as a whole, or for any of its engagements")
    year: Year | None = None
    counters_id: UUID | None = Field(default=None, description="Only what takes this entry back")
    status: CostStatus | None = None
    updated_since: UpdatedSince = None


entries = Listing(_ENTRY, id=_C.id, query=CostEntryQuery)


async def countered(session: AsyncSession, entry_id: UUID) -> Quantity:
    """How much of an entry its counter-entries take back, as a positive amount."""
    taken = select(func.coalesce(-func.sum(_C.amount), 0), func.coalesce(-func.sum(_C.effort_minutes), 0)).where(
        _C.counters_id == entry_id, _C.status == CostStatus.RECORDED
    )
    amount, minutes = (await session.execute(taken)).one()
    return Quantity(int(amount), int(minutes))
