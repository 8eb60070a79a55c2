from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import Select, and_, exists, func, literal, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from services.evidence.bundles.bundles.models import Bundle
from services.evidence.collecting.expectations.models import Expectation
from services.evidence.intake.files.models import File
from services.evidence.items.evidence.models import Item, ReviewStatus
from services.evidence.items.proofs.models import Proof
from services.evidence.keeping.disposals.models import DisposalItem, Fate
from services.evidence.keeping.engagements.queries import covers_any_of
from shared.data.base import table_of
from shared.data.queries import ListQuery, Mentions
from shared.data.reads import Listing, One
from shared.data.tables import events
from shared.http.fields import Search, UpdatedSince

_B = table_of(Bundle).c
_I = table_of(Item).c
_P = table_of(Proof).c
_X = table_of(Expectation).c
_D = table_of(DisposalItem).c
_V = events.c

_PROVES = exists().where(_P.item_id == _I.id, _P.control_id == func.any(_B.control_ids))
# The item of `evidence_items` is in the bundle of `bundles`.
_IN_BUNDLE = and_(
    _I.status == ReviewStatus.ACCEPTED.value,
    _I.reviewed_at <= _B.created_at,
    covers_any_of(_B),
    _PROVES.correlate(table_of(Item), table_of(Bundle)),
)

_BUNDLE = select(
    _B.id,
    _B.title,
    _B.control_ids,
    _B.covers_from,
    _B.covers_until,
    select(func.count(_I.id)).where(_IN_BUNDLE).correlate(table_of(Bundle)).scalar_subquery().label("items"),
    _B.assembled_by,
    _B.version,
    _B.created_at,
    _B.updated_at,
)

bundle = One("bundle", _BUNDLE, by=_B.id)


class BundleQuery(ListQuery):
    sort: Literal["created_at", "-created_at", "updated_at", "-updated_at"] = "-created_at"
    q: Annotated[Search | None, Mentions("title")] = Field(default=None, description="In the title")
    updated_since: UpdatedSince = None


bundles = Listing(_BUNDLE, id=_B.id, query=BundleQuery)

_PROOF = func.json_build_object(
    "expectation_id", _P.expectation_id, "expectation", _X.title, "control_id", _P.control_id
)
_PROOFS = (
    select(func.json_agg(aggregate_order_by(_PROOF, _P.expectation_id)))
    .select_from(table_of(Proof).join(table_of(Expectation), _X.id == _P.expectation_id))
    .where(_P.item_id == _I.id)
    .correlate(table_of(Item))
    .scalar_subquery()
)
_ERASED = (
    select(_D.sha256).where(_D.item_id == _I.id, _D.fate == Fate.DISPOSED.value).correlate(table_of(Item))
).scalar_subquery()


def contents(bundle_id: UUID, after: UUID | None, limit: int) -> Select[Any]:
    """The next items of a bundle, by id, each with its file, what it proves, and its hash if it was disposed of."""
    query = (
        select(Item, File, _PROOFS.label("proves"), _ERASED.label("erased"))
        .select_from(
            table_of(Item)
            .join(table_of(Bundle), _IN_BUNDLE)
            .outerjoin(table_of(File), table_of(File).c.id == _I.file_id)
        )
        .where(_B.id == bundle_id)
        .order_by(_I.id)
        .limit(limit)
    )
    return query if after is None else query.where(_I.id > after)


_BEFORE = events.alias("before_it")


def trail_of(items: list[UUID], until: datetime) -> Select[Any]:
    """The events of these items up to an instant, each as it was sealed onto the digest before it."""
    return (
        select(*_V, func.coalesce(_BEFORE.c.digest, literal(bytes(32))).label("previous"))
        .outerjoin_from(events, _BEFORE, and_(_BEFORE.c.org_id == _V.org_id, _BEFORE.c.position == _V.position - 1))
        .where(_V.subject.in_(items), _V.occurred_at <= until)
        .order_by(_V.subject, _V.position)
    )


def unsealed(until: datetime) -> Select[Any]:
    """Whether some event up to an instant has not been sealed yet."""
    return select(exists().where(_V.digest.is_(None), _V.occurred_at <= until))
