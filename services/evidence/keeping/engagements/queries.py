"""Which evidence an engagement rests on: the same expressions for holds, retention and bundles."""

from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from services.evidence.items.evidence.models import Item
from services.evidence.items.proofs.models import Proof
from services.evidence.keeping.answered_items.models import AnsweredItem
from shared.data.base import table_of

_I = table_of(Item).c
_P = table_of(Proof).c
_A = table_of(AnsweredItem).c

Columns = ReadOnlyColumnCollection[str, Any]


def covers_any_of(columns: Columns) -> ColumnElement[bool]:
    """The item covers some part of the period from `covers_from` up to `covers_until`."""
    return and_(_I.covers_from < columns.covers_until, _I.covers_until > columns.covers_from)


def in_scope_of(columns: Columns) -> ColumnElement[bool]:
    """The item proves one of `control_ids` and covers some part of the period; without a period, whatever it covers."""
    proves = exists().where(_P.item_id == _I.id, _P.control_id == func.any(columns.control_ids))
    return and_(proves.correlate_except(table_of(Proof)), or_(columns.covers_from.is_(None), covers_any_of(columns)))


def rests_on(engagement: Columns) -> ColumnElement[bool]:
    """The engagement rests on the item: it is in its scope, or a request was answered with it."""
    answered = exists().where(_A.engagement_id == engagement.id, _A.item_id == _I.id)
    return or_(in_scope_of(engagement), answered.correlate_except(table_of(AnsweredItem)))
