from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.controls.history.historical_records.models import HistoricalRecord
from shared.data.base import table_of
from shared.events.catalogue.history import RecordStatus

_R = table_of(HistoricalRecord).c


async def waiting(session: AsyncSession, import_id: UUID | None) -> Sequence[UUID]:
    """The records of an import that nobody has decided on, by their days."""
    query = select(_R.id).where(_R.import_id == import_id, _R.status == RecordStatus.RECORDED)
    return (await session.scalars(query.order_by(_R.effective_on, _R.id))).all()
