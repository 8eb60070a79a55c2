"""What happens by the clock: evidence runs out, and uploads that were cut off are cleared away."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.evidence.files.actions import clear_abandoned
from services.evidence.files.models import Upload
from services.evidence.files.rules import ABANDONED_AFTER
from services.evidence.freshness.actions import announce_due
from services.evidence.freshness.models import Proof
from services.evidence.store import the_store
from shared.data.base import table_of
from shared.schedule import sweep

_PROOFS = table_of(Proof).c
_UPLOADS = table_of(Upload).c


def _with_due_proofs(as_of: datetime) -> Select[Any]:
    return select(_PROOFS.org_id).where(_PROOFS.due_at <= as_of).distinct()


def _with_abandoned_uploads(as_of: datetime) -> Select[tuple[UUID]]:
    return select(_UPLOADS.org_id).where(_UPLOADS.begun_at <= as_of - ABANDONED_AFTER).distinct()


@sweep(due=_with_due_proofs)
async def announce_changed_freshness(session: AsyncSession, *, as_of: datetime, limit: int) -> int:
    """Announce what has begun to expire or has expired, each once."""
    return await announce_due(session, as_of=as_of, limit=limit)


@sweep(due=_with_abandoned_uploads)
async def clear_abandoned_uploads(session: AsyncSession, *, as_of: datetime, limit: int) -> int:
    """Remove what uploads left behind that never came to an end."""
    return await clear_abandoned(session, the_store(), before=as_of - ABANDONED_AFTER, limit=limit)
