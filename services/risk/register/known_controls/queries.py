from typing import Any

from sqlalchemy import ColumnElement, FromClause, Uuid, case, false, func, literal_column, null, select, true
from sqlalchemy.dialects.postgresql import aggregate_order_by

from services.risk.register.known_controls.models import KnownControl
from shared.data.base import table_of
from shared.data.reads import json_object
from shared.data.scopes import AUDITING, is_shown

_K = table_of(KnownControl).c
_NONE: ColumnElement[Any] = literal_column("'[]'::jsonb")
_UNKNOWN = json_object(known=false(), code=null(), title=null(), health=null(), retired=null())


def as_known(answers: ColumnElement[Any], of: FromClause) -> ColumnElement[Any]:
    """Controls that a column of a table names as a JSON array of `Answer`s, in their order, with what is known of each.

    To an auditor those in the scope.
    """
    each, control_id = _elements(answers, "control_id")
    # One look by the key for each answer: as a join it would read all controls for each row of a page.
    known = (
        select(json_object(known=true(), code=_K.code, title=_K.title, health=_K.health, retired=_K.retired))
        .where(_K.id == control_id)
        .scalar_subquery()
    )
    told = each.c.value.op("||")(func.coalesce(known, _UNKNOWN))
    query = select(func.coalesce(func.jsonb_agg(aggregate_order_by(told, each.c.place)), _NONE)).select_from(each)
    return query.where(is_shown(control_id)).correlate(of).scalar_subquery()


def frozen_as_shown(frozen: ColumnElement[Any], of: FromClause, *, key: str) -> ColumnElement[Any]:
    """The frozen state of a risk in a column of a table: to an auditor without the controls outside the scope.

    `key` is the member of each of its `controls` that is the control's id.
    """
    each, control_id = _elements(frozen.op("->")(literal_column("'controls'")), key)
    shown = (
        select(func.coalesce(func.jsonb_agg(aggregate_order_by(each.c.value, each.c.place)), _NONE))
        .select_from(each)
        .where(is_shown(control_id))
        .correlate(of)
        .scalar_subquery()
    )
    return case((AUDITING, func.jsonb_set(frozen, literal_column("'{controls}'"), shown)), else_=frozen)


def _elements(array: ColumnElement[Any], key: str) -> tuple[Any, ColumnElement[Any]]:
    each = func.jsonb_array_elements(array).table_valued("value", with_ordinality="place", name="each").render_derived()
    return each, each.c.value.op("->>")(literal_column(f"'{key}'")).cast(Uuid())
