from typing import Any, Literal

from sqlalchemy import ColumnElement, Float, Uuid, bindparam, case, cast, func, or_, select

from services.evidence.keeping.disposals.models import Certificate, Disposal, DisposalItem, DisposalState, Fate
from shared.data.base import table_of
from shared.data.queries import ListQuery
from shared.data.reads import Listing, One
from shared.http.fields import UpdatedSince

_C = table_of(Disposal).c
_I = table_of(DisposalItem).c
_T = table_of(Certificate).c


def _over_items(expression: ColumnElement[Any], *which: ColumnElement[bool]) -> Any:
    query = select(expression).where(_I.disposal_id == _C.id, *which)
    return query.correlate(table_of(Disposal)).scalar_subquery()


_GOING = _I.fate != Fate.HELD.value
_ITEMS = _over_items(func.count(), _GOING)
_SETTLED = _over_items(func.count(), or_(_I.fate == Fate.DISPOSED.value, _I.fate == Fate.KEPT.value))

_DISPOSAL = select(
    _C.id,
    _C.reason,
    _C.class_ids,
    _C.state,
    _C.requested_by,
    _ITEMS.label("items"),
    _over_items(func.coalesce(func.sum(_I.size), 0), _GOING).label("size"),
    _over_items(func.count(), _I.fate == Fate.HELD.value).label("held"),
    _C.organisation_items,
    _C.needs_override,
    _C.override_reason,
    _C.approvers,
    _C.approved_at,
    _over_items(func.count(), _I.fate == Fate.DISPOSED.value).label("disposed"),
    _over_items(func.count(), _I.fate == Fate.KEPT.value).label("kept"),
    case(
        (_C.state == DisposalState.COMPLETED.value, 1.0),
        else_=cast(_SETTLED, Float) / func.greatest(_ITEMS, 1),
    ).label("progress"),
    _C.cancelled_reason,
    _C.completed_at,
    _C.version,
    _C.created_at,
    _C.updated_at,
)

disposal = One("disposal", _DISPOSAL, by=_C.id)


class DisposalQuery(ListQuery):
    sort: Literal["created_at", "-created_at", "updated_at", "-updated_at"] = "-created_at"
    state: DisposalState | None = None
    updated_since: UpdatedSince = None


disposals = Listing(_DISPOSAL, id=_C.id, query=DisposalQuery)


class DisposalItemQuery(ListQuery):
    sort: Literal["retained_until", "-retained_until", "updated_at", "-updated_at"] = "retained_until"
    fate: Fate | None = None
    updated_since: UpdatedSince = None


disposal_items = Listing(
    select(
        _I.item_id.label("id"),
        _I.title,
        _I.kind,
        _I.sha256,
        _I.size,
        _I.class_id,
        _I.class_name,
        _I.retained_until,
        _I.fate,
        _I.why,
        _I.disposed_at,
        _I.bytes,
        _I.updated_at,
    ).where(_I.disposal_id == bindparam("disposal_id", type_=Uuid())),
    id=_I.item_id,
    query=DisposalItemQuery,
)

certificate = One(
    "certificate of disposal",
    select(_T.disposal_id.label("id"), _T.document, _C.version).join(table_of(Disposal), _C.id == _T.disposal_id),
    by=_T.disposal_id,
)
