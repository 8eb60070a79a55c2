from datetime import datetime
from typing import Any, Literal

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.gateway.access.signing_keys.models import KeyState, SealedKey, SigningKey
from shared.data.base import table_of
from shared.data.queries import ListQuery
from shared.data.reads import Listing, One
from shared.http.fields import UpdatedSince

_C = table_of(SigningKey).c

_KEY = select(_C.id, _C.state, _C.public_jwk, _C.published_until, _C.version, _C.created_at, _C.updated_at)

signing_key = One("signing key", _KEY, by=_C.id)


class SigningKeyQuery(ListQuery):
    sort: Literal["created_at", "-created_at", "updated_at", "-updated_at"] = "-created_at"
    state: KeyState | None = None
    updated_since: UpdatedSince = None


signing_keys = Listing(_KEY, id=_C.id, query=SigningKeyQuery)


async def published_keys(session: AsyncSession, *, as_of: datetime) -> list[dict[str, Any]]:
    """The public keys that a token may be signed with at this instant, newest first."""
    query = (
        select(_C.public_jwk)
        .where(_C.state != KeyState.WITHDRAWN)
        .where(or_(_C.published_until.is_(None), _C.published_until > as_of))
        .order_by(_C.created_at.desc())
    )
    return list(await session.scalars(query))


async def sealed_signing_key(session: AsyncSession) -> SealedKey:
    """The private half of the key that signs; there is always one once the process has started."""
    query = select(SealedKey).join(table_of(SigningKey), _C.id == SealedKey.id).where(_C.state == KeyState.SIGNING)
    return (await session.scalars(query)).one()
