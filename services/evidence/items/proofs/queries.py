"""The statements of freshness: the proofs that count, and changes to many of them at once."""

from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    DateTime,
    Text,
    Uuid,
    bindparam,
    column,
    func,
    literal_column,
    select,
    update,
)

from services.evidence.items.proofs.models import Announced, Proof
from services.evidence.items.proofs.rules import FRESHNESS, Counting, Validity
from shared.data.base import table_of
from shared.events.trail import announcing

_TABLE = table_of(Proof)
_C = _TABLE.c
_IDS = ARRAY(Uuid())
_INSTANT = DateTime(timezone=True)

COUNTS = _C.announced.in_([Announced.FRESH, Announced.EXPIRING, Announced.EXPIRED])

ACCEPTED = select(
    _C.item_id, _C.expectation_id, _C.control_id, _C.expiring_from, _C.valid_until, _C.announced
).order_by(_C.item_id, _C.expectation_id)
COUNTING = ACCEPTED.where(COUNTS)


def counting(row: Any) -> Counting:
    """A row of `COUNTING` as the rules take it."""
    validity = Validity(row.expiring_from, row.valid_until)
    return Counting(row.item_id, row.expectation_id, row.control_id, validity, Announced(row.announced))


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


# What has begun to expire or has expired by an instant: `announce_due`, in one statement. An item that someone else
# holds is left to them; a proof that they have marked meanwhile is due no longer when it is looked at again, which the
# update does. One event a state and item, and a version for each. None is fresh again.
_ENDS: dict[str, ColumnElement[Any]] = {name: literal_column(f"p.{name}") for name in ("expiring_from", "valid_until")}
_STATE = FRESHNESS.case(_ENDS, literal_column(":occurred_at")).compile(compile_kwargs={"literal_binds": True})
ANNOUNCE_DUE = announcing(
    f"""
    with due as (
        select item_id from evidence_proofs where due_at <= :occurred_at order by due_at limit :most
    ), held as (
        select id from evidence_items where id = any(array(select item_id from due))
        order by id for update skip locked
    ), marked as (
        update evidence_proofs p
        set announced = {_STATE}
        where p.item_id = any(array(select id from held)) and p.due_at <= :occurred_at
        returning p.item_id, p.expectation_id, p.control_id, p.valid_until, old.announced as was, p.announced as state
    ), changed as (
        select item_id, state,
               jsonb_agg(
                   jsonb_build_object(
                       'expectation_id', expectation_id, 'control_id', control_id, 'valid_until', valid_until
                   ) order by expectation_id
               ) as proves,
               jsonb_object_agg(expectation_id, was) as before, jsonb_object_agg(expectation_id, state) as after
        from marked group by item_id, state
    ), of_item as (
        select item_id, count(*) as changes, array_agg(state order by state) as states,
               array_agg(proves order by state) as proves, array_agg(before order by state) as before,
               array_agg(after order by state) as after
        from changed group by item_id
    ), raised as (
        update evidence_items i
        set version = i.version + of_item.changes, updated_at = :occurred_at
        from of_item where i.id = of_item.item_id
        returning i.title, i.covers_from, i.covers_until, i.reviewed_at, old.version as version, of_item.*
    ), announced as (
        select case news.state when 'expired' then :expired else :expiring end as type, item_id as subject,
               version + place as version,
               jsonb_build_object(
                   'title', title, 'covers_from', covers_from, 'covers_until', covers_until,
                   'accepted_at', reviewed_at, 'proves', news.proves
               ) as data,
               jsonb_build_object('announced', news.before) as before,
               jsonb_build_object('announced', news.after) as after
        from raised,
             unnest(states, proves, before, after) with ordinality as news (state, proves, before, after, place)
        order by item_id, place
    )
    """,  # noqa: S608 - an expression of our own
    counted="marked",
)
