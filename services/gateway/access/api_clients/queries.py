from typing import Literal
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.gateway.access.api_clients.models import ApiClient, ClientSecret, ClientStatus
from services.gateway.people.people.queries import named
from shared.data.base import table_of
from shared.data.queries import ListQuery, of_the_organisation
from shared.data.reads import Listing, One
from shared.http.fields import UpdatedSince

_C = table_of(ApiClient).c
_S = table_of(ClientSecret).c

_CLIENT = select(
    _C.id,
    _C.title,
    named(_C.responsible_id, "responsible"),
    _C.roles,
    _C.status,
    _C.version,
    _C.created_at,
    _C.updated_at,
)

api_client = One("API client", _CLIENT, by=_C.id)


class ApiClientQuery(ListQuery):
    sort: Literal["created_at", "-created_at", "title", "-title", "updated_at", "-updated_at"] = "created_at"
    status: ClientStatus | None = None
    updated_since: UpdatedSince = None


api_clients = Listing(_CLIENT.where(of_the_organisation(_C.org_id)), id=_C.id, query=ApiClientQuery)


class SecretQuery(ListQuery):
    sort: Literal["created_at", "-created_at", "updated_at", "-updated_at"] = "created_at"
    updated_since: UpdatedSince = None


client_secrets = Listing(
    select(_S.id, _S.created_at, _S.expires_at, _S.revoked_at, _S.last_used_at, _S.updated_at).where(
        _S.client_id == bindparam("client_id", type_=Uuid())
    ),
    id=_S.id,
    query=SecretQuery,
)

_NAME_CLIENT = text("select set_config('app.client_id', :client_id, true)")


async def client_with_secrets(session: AsyncSession, client_id: UUID) -> tuple[ApiClient | None, list[ClientSecret]]:
    """A client of whatever organisation, before that is known: a policy shows the one that the transaction names."""
    await session.execute(_NAME_CLIENT, {"client_id": str(client_id)})
    client = await session.scalar(select(ApiClient).where(_C.id == client_id))
    secrets = await session.scalars(select(ClientSecret).where(_S.client_id == client_id))
    return client, list(secrets)
