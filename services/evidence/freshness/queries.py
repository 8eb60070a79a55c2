"""The statements of freshness: the proofs that count, and changes to many of them at once."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, DateTime, Text, Uuid, bindparam, column, func, literal, select, update

from services.evidence.freshness.models import Announced, Proof
from services.evidence.freshness.rules import Counting, Validity
from shared.data.base import table_of

_TABLE = table_of(Proof)
_C = _TABLE.c
_IDS = ARRAY(Uuid())
_INSTANT = DateTime(timezone=True)

COUNTS = _C.announced.in_([Announced.FRESH, Announced.EXPIRING, Announced.EXPIRED])

COUNTING = (
    select(_C.item_id, _C.expectation_id, _C.control_id, _C.expiring_from, _C.valid_until, _C.announced)
    .where(COUNTS)
    .order_by(_C.item_id, _C.expectation_id)
)


def counting(row: Any) -> Counting:
    """A row of `COUNTING` as the rules take it."""
    validity = Validity(row.expiring_from, row.valid_until)
    return Counting(row.item_id, row.expectation_id, row.control_id, validity, Announced(row.announced))


def among(key: ColumnElement[UUID], ids: Collection[UUID]) -> ColumnElement[bool]:
    """`key` is one of these: as one array, so that the statement is the same however many there are."""
    return key == func.any(literal(list(ids), _IDS))


_MARKED = (
    func.unnest(
        bindparam("items", type_=_IDS), bindparam("expectations", type_=_IDS), bindparam("successors", type_=_IDS)
    )
    .table_valued(column("item_id", Uuid()), column("expectation_id", Uuid()), column("successor", Uuid()))
    .render_derived(name="marked")
)
MARK = (
    update(_TABLE)
    .where(_C.item_id == _MARKED.c.item_id, _C.expectation_id == _MARKED.c.expectation_id)
    .values(
        announced=bindparam("to", type_=Text()),
        ended_at=bindparam("ended_at", type_=_INSTANT),
        superseded_by=_MARKED.c.successor,
    )
)

_MOVED = (
    func.unnest(
        bindparam("items", type_=_IDS),
        bindparam("expectations", type_=_IDS),
        bindparam("expiring", type_=ARRAY(_INSTANT)),
        bindparam("valid", type_=ARRAY(_INSTANT)),
    )
    .table_valued(
        column("item_id", Uuid()),
        column("expectation_id", Uuid()),
        column("expiring_from", _INSTANT),
        column("valid_until", _INSTANT),
    )
    .render_derived(name="moved")
)
MOVE = (
    update(_TABLE)
    .where(_C.item_id == _MOVED.c.item_id, _C.expectation_id == _MOVED.c.expectation_id)
    .values(expiring_from=_MOVED.c.expiring_from, valid_until=_MOVED.c.valid_until)
)
