from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Text, cast, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.engagements.facts.models import KnownControl
from services.audit.requests.requests.models import Request, RequestOrigin, RequestStatus
from services.audit.sampling.samples.models import ItemStatus, SampleItem
from shared.data.base import table_of
from shared.data.bulk import among
from shared.data.reads import json_object

_R = table_of(Request).c
_K = table_of(KnownControl).c
_I = table_of(SampleItem).c


async def engagement_before(session: AsyncSession, engagement_id: UUID, *, client_id: UUID) -> UUID | None:
    """The other engagement of a client for which the firm made requests last."""
    query = (
        select(_R.engagement_id)
        .where(
            _R.client_id == client_id,
            _R.engagement_id != engagement_id,
            _R.status != RequestStatus.CANCELLED,
        )
        .group_by(_R.engagement_id)
        .order_by(func.max(_R.created_at).desc())
        .limit(1)
    )
    return await session.scalar(query)


async def items_to_ask_for(session: AsyncSession, sample_id: UUID) -> Sequence[SampleItem]:
    """The items of a sample that no request of it asks for, in their order; those that were replaced are left out."""
    asked = exists().where(
        _R.origin == RequestOrigin.SAMPLE,
        _R.origin_id == sample_id,
        _R.status != RequestStatus.CANCELLED,
        _R.lines.contains(func.jsonb_build_array(json_object(item_id=cast(_I.id, Text)))),
    )
    query = select(SampleItem).where(_I.sample_id == sample_id, _I.status != ItemStatus.NOT_APPLICABLE, ~asked)
    return (await session.scalars(query.order_by(_I.place))).all()


async def controls_called(session: AsyncSession, control_ids: Sequence[UUID]) -> dict[UUID, tuple[str, str]]:
    """Code and title of these controls, as far as they are known. The transaction is the client's."""
    rows = await session.execute(select(_K.id, _K.code, _K.title).where(among(_K.id, control_ids)))
    return {row.id: (row.code, row.title) for row in rows}
