from collections.abc import Collection, Sequence
from typing import Literal
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.integrations.sending.endpoint_secrets.models import EndpointSecret
from shared.data.base import table_of
from shared.data.bulk import among
from shared.data.queries import ListQuery
from shared.data.reads import Listing
from shared.http.fields import UpdatedSince

_S = table_of(EndpointSecret).c


class EndpointSecretQuery(ListQuery):
    sort: Literal["created_at", "-created_at", "updated_at", "-updated_at"] = "created_at"
    updated_since: UpdatedSince = None


endpoint_secrets = Listing(
    select(_S.id, _S.scheme, _S.public_key, _S.created_at, _S.expires_at, _S.revoked_at, _S.updated_at).where(
        _S.endpoint_id == bindparam("endpoint_id", type_=Uuid())
    ),
    id=_S.id,
    query=EndpointSecretQuery,
)


async def secrets_of(session: AsyncSession, endpoint_ids: Collection[UUID]) -> Sequence[EndpointSecret]:
    """All secrets of these endpoints, the oldest first."""
    rows = select(EndpointSecret).where(among(_S.endpoint_id, endpoint_ids)).order_by(_S.created_at, _S.id)
    return (await session.scalars(rows)).all()
