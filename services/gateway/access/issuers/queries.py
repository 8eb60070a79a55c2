from collections.abc import Collection
from typing import Literal
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.gateway.access.issuers.models import Issuer, IssuerStatus
from shared.data.base import table_of
from shared.data.bulk import among
from shared.data.queries import ListQuery
from shared.data.reads import Listing, One
from shared.http.fields import UpdatedSince

_C = table_of(Issuer).c

_ISSUER = select(
    _C.id,
    _C.issuer,
    _C.audience,
    _C.jwks_uri,
    _C.jwks,
    _C.status,
    _C.version,
    _C.created_at,
    _C.updated_at,
)

issuer = One("issuer", _ISSUER, by=_C.id)


class IssuerQuery(ListQuery):
    sort: Literal["created_at", "-created_at", "updated_at", "-updated_at"] = "created_at"
    status: IssuerStatus | None = None
    updated_since: UpdatedSince = None


issuers = Listing(_ISSUER, id=_C.id, query=IssuerQuery)

_NAME_ISSUER = text("select set_config('app.issuer', :issuer, true)")


async def trusts_of_issuer(
    session: AsyncSession, issuer: str, audiences: Collection[str], *, organisation: UUID | None
) -> list[Issuer]:
    """Every organisation's trust in an issuer for one of these audiences, or the named organisation's only."""
    await session.execute(_NAME_ISSUER, {"issuer": issuer})
    query = select(Issuer).where(_C.issuer == issuer, _C.status == IssuerStatus.TRUSTED, among(_C.audience, audiences))
    if organisation is not None:
        query = query.where(_C.org_id == organisation)
    return list(await session.scalars(query.order_by(_C.id)))
