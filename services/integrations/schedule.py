"""What happens by the clock: what was delivered long ago is forgotten."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncSession

from services.integrations.sending.webhook_deliveries import queries
from shared.schedule import sweep

_KEPT = timedelta(days=30)


def _with_old_messages(as_of: datetime) -> Select[Any]:
    return queries.older_than(as_of - _KEPT)


@sweep(due=_with_old_messages, turn=1000)
async def forget_old_webhooks(session: AsyncSession, *, as_of: datetime, limit: int) -> int:
    """Forget deliveries, their messages and attempts 30 days after they were heard, whatever became of them."""
    return await queries.forget(session, before=as_of - _KEPT, limit=limit)
