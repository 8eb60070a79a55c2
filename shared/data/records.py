"""Locking rows before they are changed: those of a kind in the order of their ids, so that nobody waits in a circle."""

from collections.abc import Iterable, Sequence
from typing import TypeVar, cast
from uuid import UUID

from sqlalchemy import ARRAY, Integer, Select, TextClause, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from shared.data.base import Record, table_of
from shared.data.bulk import among
from shared.data.sessions import organisation_of
from shared.data.transactions import transaction_of
from shared.problems import NotFound, Stale

ANY_VERSION = -1

_LANES = 256
_TAKE_LANES = text("select pg_advisory_xact_lock(:organisation, lane) from unnest(:lanes) as lane").bindparams(
    bindparam("organisation", type_=Integer()), bindparam("lanes", type_=ARRAY(Integer))
)

_SHARE_LANES = text("select pg_advisory_xact_lock_shared(:organisation, lane) from unnest(:lanes) as lane").bindparams(
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


async def lock_by_id(session: AsyncSession, model: type[R], ids: Iterable[UUID]) -> list[R]:
    """The rows of these ids that there are, in the order of ids, locked until the transaction ends.

    Those that the transaction has locked or made are not asked for again.
    """
    has = transaction_of(session).locked
    wanted = sorted(set(ids))
    if missing := [key for key in wanted if (model, key) not in has]:
        await lock_rows(session, select(model).where(among(table_of(model).c.id, missing)).order_by(col(model.id)))
    return [cast("R", has[model, key]) for key in wanted if (model, key) in has]


async def lock_rows(session: AsyncSession, query: Select[R]) -> Sequence[R]:
    """The rows of a query, which orders them by their ids, locked until the transaction ends."""
    return await _locked(session, query.with_for_update())


async def lock_free(session: AsyncSession, query: Select[R]) -> Sequence[R]:
    """The rows of a query that nobody else has locked, in its order, locked until the transaction ends."""
    return await _locked(session, query.with_for_update(skip_locked=True))


async def _locked(session: AsyncSession, query: Select[R]) -> Sequence[R]:
    rows = (await session.scalars(query.execution_options(populate_existing=True))).all()
    _note_locks(session, rows)
    return rows


def _note_locks(session: AsyncSession, rows: Iterable[Record]) -> None:
    transaction_of(session).locked.update({(type(row), row.id): row for row in rows})


async def found(session: AsyncSession, model: type[R], key: UUID, *, for_update: bool = False) -> R | None:
    """The row, or None; with `for_update` locked until the transaction ends."""
    query = select(model).where(model.id == key)
    if for_update:
        query = query.with_for_update().execution_options(populate_existing=True)
    row = (await session.execute(query)).scalar_one_or_none()
    if for_update and row is not None:
        _note_locks(session, [row])
    return row


async def one_at_a_time(session: AsyncSession, *ids: UUID) -> None:
    """Let no other transaction that names one of these things here run until this one ends.

    For what no row stands for yet, such as the fact that another service's event will bring. Take all at once and
    before locking any row: the order is always the same, so that two transactions cannot wait for each other. Things
    share 256 lanes an organisation, since PostgreSQL's lock table is small; sharing one costs a short wait at most.
    """
    await _take(session, {thing.int % _LANES for thing in ids})


async def several_at_a_time(session: AsyncSession, *ids: UUID) -> None:
    """Let no other transaction that asks for one of these things by `one_at_a_time` run until this one ends.

    Any number of transactions that ask for them by this may run at once: what they change is locked row by row. Ask for
    it once, before locking any row, and not for a thing that the same transaction asks for by `one_at_a_time`: of two
    transactions that hold it together, neither gets it alone.
    """
    await _take(session, {thing.int % _LANES for thing in ids}, _SHARE_LANES)


async def whole_organisation(session: AsyncSession) -> None:
    """Let no other transaction of this organisation that asks for the same here run until this one ends.

    Ask after `one_at_a_time`, never before it: the order is the same everywhere.
    """
    await _take(session, {_LANES})


async def _take(session: AsyncSession, lanes: set[int], statement: TextClause = _TAKE_LANES) -> None:
    taken = transaction_of(session).lanes if statement is _TAKE_LANES else transaction_of(session).shared_lanes
    if missing := lanes - taken:
        organisation = int.from_bytes(organisation_of(session).bytes[-4:], signed=True)
        await session.execute(statement, {"organisation": organisation, "lanes": sorted(missing)})
        taken |= missing
