"""Taking hold of a row before changing it."""

from typing import TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import select

from shared.data.base import Record
from shared.problems import NotFound, Stale

ANY_VERSION = -1

R = TypeVar("R", bound=Record)


async def locked(session: AsyncSession, model: type[R], key: UUID, *, noun: str, expected: int = ANY_VERSION) -> R:
    """The row, locked until the transaction ends.

    `NotFound` when there is none for this organisation, `Stale` when its version is not the expected one.
    """
    row = await found(session, model, key, for_update=True)
    if row is None:
        raise NotFound(f"There is no {noun} {key}.")
    if expected not in {ANY_VERSION, row.version}:
        raise Stale(f"This {noun} is at version {row.version}; you expected {expected}.")
    return row


async def found(session: AsyncSession, model: type[R], key: UUID, *, for_update: bool = False) -> R | None:
    """The row, or None; with `for_update` locked until the transaction ends."""
    query = select(model).where(model.id == key)
    if for_update:
        query = query.with_for_update().execution_options(populate_existing=True)
    return (await session.execute(query)).scalar_one_or_none()
