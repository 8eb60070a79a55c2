"""Taking hold of a row before changing it."""

from typing import TypeVar
from uuid import UUID

from sqlalchemy import ARRAY, Integer, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import select

from shared.data.base import Record
from shared.data.sessions import organisation_of
from shared.problems import NotFound, Stale

ANY_VERSION = -1

_LANES = 256
_TAKE_LANES = text("select pg_advisory_xact_lock(:organisation, lane) from unnest(:lanes) as lane").bindparams(
    bindparam("organisation", type_=Integer()), bindparam("lanes", type_=ARRAY(Integer))
)

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


async def one_at_a_time(session: AsyncSession, *ids: UUID) -> None:
    """Let no other transaction that names one of these things here run until this one ends.

    For what no row stands for yet, such as the fact that another service's event will bring. Take all at once and
    before locking any row: the order is always the same, so that two transactions cannot wait for each other. Things
    share 256 lanes an organisation, since PostgreSQL's lock table is small; sharing one costs a short wait at most.
    """
    lanes = sorted({thing.int % _LANES for thing in ids})
    if lanes:
        await session.execute(_TAKE_LANES, {"organisation": _space(session), "lanes": lanes})


async def whole_organisation(session: AsyncSession) -> None:
    """Let no other transaction of this organisation that asks for the same here run until this one ends.

    Ask after `one_at_a_time`, never before it: the order is the same everywhere.
    """
    await session.execute(_TAKE_LANES, {"organisation": _space(session), "lanes": [_LANES]})


def _space(session: AsyncSession) -> int:
    return int.from_bytes(organisation_of(session).bytes[-4:], signed=True)
