"""Locks are taken in one order everywhere, so that nobody waits in a circle: controls by id, then what hangs on them.

Whoever changes an exception or an issue holds its controls first, since their health may change with it.
"""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.controls.register.controls.models import Control


async def hold(session: AsyncSession, ids: Iterable[UUID]) -> Sequence[Control]:
    """The controls of these ids that there are, locked until the transaction ends."""
    query = select(Control).where(col(Control.id).in_(sorted(set(ids)))).order_by(col(Control.id))
    held = query.with_for_update().execution_options(populate_existing=True)
    return (await session.execute(held)).scalars().all()
