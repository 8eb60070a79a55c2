from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.integrations.receiving.sources.models import Source, SourceSecret
from shared.data.base import table_of

_S = table_of(Source).c
_SECRETS = table_of(SourceSecret)
_COARSE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Known:
    """What a source is, as the door needs it."""

    id: UUID
    org_id: UUID
    kind: str
    scheme: str
    header: str | None
    address: str
    topic_arn: str | None
    origins: Sequence[str]
    status: str


async def known_source(session: AsyncSession, source_id: UUID) -> Known | None:
    """A source of the organisation that the transaction is fenced to."""
    columns = (_S.id, _S.org_id, _S.kind, _S.scheme, _S.header, _S.address, _S.topic_arn, _S.origins, _S.status)
    row = (await session.execute(select(*columns).where(_S.id == source_id))).one_or_none()
    return Known(*row) if row else None


async def live_secrets(session: AsyncSession, source_id: UUID, *, at: datetime) -> list[tuple[UUID, bytes]]:
    """The secrets that prove something now, sealed, with their ids."""
    columns = _SECRETS.c
    query = (
        select(columns.id, columns.sealed)
        .where(columns.source_id == source_id, columns.revoked_at.is_(None))
        .where(or_(columns.expires_at.is_(None), columns.expires_at > at))
        .order_by(columns.created_at, columns.id)
    )
    return [(row[0], row[1]) for row in await session.execute(query)]


async def note_use(session: AsyncSession, secret_id: UUID, *, at: datetime) -> None:
    """Remember when a secret was last used, to the hour: a busy source would otherwise write with every delivery."""
    columns = _SECRETS.c
    stale = or_(columns.last_used_at.is_(None), columns.last_used_at < at - _COARSE)
    used = update(_SECRETS).where(columns.id == secret_id, stale)
    await session.execute(used.values(last_used_at=at, updated_at=at))
