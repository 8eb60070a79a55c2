from collections.abc import Collection
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Select, Uuid, case, exists, func, literal, select

from services.evidence.collecting.expectations.models import RetiredControl
from services.evidence.items.evidence.models import Item
from services.evidence.items.proofs.models import Proof
from services.evidence.items.proofs.queries import COUNTS
from services.evidence.keeping.engagements.models import KnownEngagement
from services.evidence.keeping.engagements.queries import in_scope_of, rests_on
from services.evidence.keeping.releases.models import Release, ReleaseStatus
from services.evidence.keeping.retention.models import SHIPPED, ClassStatus, RetentionBasis, RetentionClass
from services.evidence.keeping.retention.rules import Facts
from shared.data.base import table_of
from shared.data.queries import ListQuery
from shared.data.reads import Listing, One
from shared.http.fields import UpdatedSince

_C = table_of(RetentionClass).c
_I = table_of(Item).c
_P = table_of(Proof).c
_E = table_of(KnownEngagement).c
_R = table_of(Release).c
_G = table_of(RetiredControl).c

_CLASS = select(
    _C.id,
    _C.name,
    _C.description,
    _C.years,
    _C.basis,
    _C.is_default,
    (_C.id == literal(SHIPPED, Uuid())).label("shipped"),
    _C.status,
    _C.version,
    _C.created_at,
    _C.updated_at,
)

retention_class = One("retention class", _CLASS, by=_C.id)


class RetentionClassQuery(ListQuery):
    sort: Literal["created_at", "-created_at", "name", "-name", "updated_at", "-updated_at"] = "created_at"
    status: ClassStatus | None = None
    updated_since: UpdatedSince = None


retention_classes = Listing(_CLASS, id=_C.id, query=RetentionClassQuery)

_DEFAULTS = table_of(RetentionClass).alias("defaults")
_DEFAULT = select(_DEFAULTS.c.id).where(_DEFAULTS.c.is_default).limit(1).scalar_subquery()
_RECORDED = (_R.status == ReleaseStatus.RECORDED.value, in_scope_of(_R))


def of_item(query: Select[Any]) -> Any:
    """The answer of a query for the item of `evidence_items`."""
    return query.correlate(table_of(Item)).scalar_subquery()


# Everything that `kept` is found from, for each item that has not been disposed of.
_FACTS = (
    select(
        _I.id,
        _I.retention_class_id,
        _I.collected_at,
        _I.covers_until,
        _C.id.label("class_id"),
        _C.name.label("class_name"),
        _C.basis,
        _C.years,
        func.greatest(
            of_item(select(func.max(_E.released_at)).where(rests_on(_E))),
            of_item(select(func.max(_R.released_at)).where(*_RECORDED)),
        ).label("last_release"),
        exists().where(_E.released_at.is_(None), rests_on(_E)).correlate(table_of(Item)).label("awaits_release"),
        of_item(
            select(case((func.bool_and(_G.retired_at.is_not(None)), func.max(_G.retired_at))))
            .select_from(table_of(Proof).outerjoin(table_of(RetiredControl), _G.id == _P.control_id))
            .where(_P.item_id == _I.id)
        ).label("controls_retired_at"),
        of_item(select(func.max(_P.valid_until)).where(_P.item_id == _I.id, COUNTS)).label("counts_until"),
    )
    .select_from(table_of(Item))
    .join(table_of(RetentionClass), _C.id == func.coalesce(_I.retention_class_id, _DEFAULT, literal(SHIPPED, Uuid())))
)


def facts_of(items: Collection[UUID]) -> Select[Any]:
    """The facts of these items."""
    return _FACTS.where(_I.id.in_(items))


def candidates(after: UUID | None, classes: Collection[UUID], limit: int) -> Select[Any]:
    """The facts of the next items, by id, that could be disposed of at all: in one of these classes, or in any."""
    query = _FACTS.where(_I.disposed_at.is_(None)).order_by(_I.id).limit(limit)
    if after is not None:
        query = query.where(_I.id > after)
    return query.where(_C.id.in_(classes)) if classes else query


def facts(row: Any) -> Facts:
    """A row of facts as the rules take it."""
    return Facts(
        RetentionBasis(row.basis),
        row.years,
        row.collected_at,
        row.covers_until,
        row.last_release,
        row.awaits_release,
        row.controls_retired_at,
        row.counts_until,
    )
