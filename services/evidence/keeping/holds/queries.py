from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import ColumnElement, Select, Uuid, and_, bindparam, exists, func, or_, select

from services.evidence.items.evidence.models import Item
from services.evidence.items.proofs.models import Proof
from services.evidence.keeping.engagements.models import KnownEngagement
from services.evidence.keeping.engagements.queries import covers_any_of, rests_on
from services.evidence.keeping.holds.models import Hold, HoldStatus
from shared.data.base import table_of
from shared.data.queries import ListQuery, Mentions, Where
from shared.data.reads import Listing, One
from shared.http.fields import Search, UpdatedSince

_H = table_of(Hold).c
_I = table_of(Item).c
_P = table_of(Proof).c
_E = table_of(KnownEngagement).c

_HOLD = select(
    _H.id,
    _H.matter,
    _H.reason,
    _H.item_ids,
    _H.control_ids,
    _H.expectation_ids,
    _H.engagement_ids,
    _H.covers_from,
    _H.covers_until,
    _H.status,
    _H.placed_by,
    _H.released_by,
    _H.released_at,
    _H.release_reason,
    _H.version,
    _H.created_at,
    _H.updated_at,
)

# The item of `evidence_items` is in the scope of the hold of `legal_holds`.
_PROVES = exists().where(
    _P.item_id == _I.id,
    or_(_P.control_id == func.any(_H.control_ids), _P.expectation_id == func.any(_H.expectation_ids)),
)
_EXAMINED = exists().where(_E.id == func.any(_H.engagement_ids), rests_on(_E))
_IN_SCOPE = or_(
    _I.id == func.any(_H.item_ids),
    _PROVES.correlate(table_of(Item), table_of(Hold)),
    _EXAMINED.correlate(table_of(Item), table_of(Hold)),
    and_(_H.covers_from.is_not(None), covers_any_of(_H)),
)

hold = One("hold", _HOLD, by=_H.id)


class HoldQuery(ListQuery):
    sort: Literal["created_at", "-created_at", "updated_at", "-updated_at"] = "-created_at"
    status: HoldStatus | None = None
    item_id: Annotated[
        UUID | None, Where(lambda value: exists().where(_I.id == value, _IN_SCOPE).correlate(table_of(Hold)))
    ] = Field(default=None, description="Holds with this evidence in their scope")
    q: Annotated[Search | None, Mentions("matter", "reason")] = Field(default=None, description="In matter and reason")
    updated_since: UpdatedSince = None


holds = Listing(_HOLD, id=_H.id, query=HoldQuery)


class HeldItemQuery(ListQuery):
    sort: Literal["created_at", "-created_at", "covers_until", "-covers_until"] = "created_at"


held_items = Listing(
    select(_I.id, _I.title, _I.kind, _I.covers_from, _I.covers_until, _I.created_at)
    .select_from(table_of(Item).join(table_of(Hold), _IN_SCOPE))
    .where(_H.id == bindparam("hold_id", type_=Uuid())),
    id=_I.id,
    query=HeldItemQuery,
)


def holding() -> ColumnElement[list[UUID] | None]:
    """The holds that stand on the item of the row, oldest first; null when none does."""
    standing = select(func.array_agg(_H.id)).where(_H.status == HoldStatus.PLACED.value, _IN_SCOPE)
    return standing.correlate(table_of(Item)).scalar_subquery()


def held_among(items: ColumnElement[bool]) -> Select[Any]:
    """The items among these on which a hold stands, each with its holds."""
    return select(_I.id, holding().label("holds")).where(items, holding().is_not(None))
