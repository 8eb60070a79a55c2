"""Turns: what no row stands for yet cannot be locked by a row."""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.data.sessions import organisation_of

_TAKE_TURN = text("select pg_advisory_xact_lock(hashtextextended(:name, 0))")


async def take_turn_for_control(session: AsyncSession, control_id: UUID) -> None:
    """Wait until no other transaction adds expectations of this control, or takes them all away."""
    await session.execute(_TAKE_TURN, {"name": f"control:{control_id}"})


async def take_turn_for_content(session: AsyncSession, sha256: str) -> None:
    """Wait until no other transaction keeps or drops these very bytes in this organisation."""
    await session.execute(_TAKE_TURN, {"name": f"content:{organisation_of(session)}:{sha256}"})
