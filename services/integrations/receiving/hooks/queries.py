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


@dataclass(frozen=True, slots=True)
class LiveSecret:
    """A secret that proves something now, sealed, and when it was last noted to be used."""

    id: UUID
    sealed: bytes
    last_used_at: datetime | None


async def live_secrets(session: AsyncSession, source_id: UUID, *, at: datetime) -> list[LiveSecret]:
    """The secrets that prove something now."""
    columns = _SECRETS.c
    query = (
        select(columns.id, columns.sealed, columns.last_used_at)
        .where(columns.source_id == source_id, columns.revoked_at.is_(None))
        .where(or_(columns.expires_at.is_(None), columns.expires_at > at))
        .order_by(columns.created_at, columns.id)
    )
    return [LiveSecret(*row) for row in await session.execute(query)]


async def note_use(session: AsyncSession, secret: LiveSecret, *, at: datetime) -> None:
    """Remember when a secret was last used, to the hour: a busy source would otherwise write with every delivery."""
    if secret.last_used_at is not None and secret.last_used_at >= at - _COARSE:
        return
    columns = _SECRETS.c
    stale = or_(columns.last_used_at.is_(None), columns.last_used_at < at - _COARSE)
    used = update(_SECRETS).where(columns.id == secret.id, stale)
    await session.execute(used.values(last_used_at=at, updated_at=at))
