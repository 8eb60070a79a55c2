from typing import Literal

from sqlalchemy import Uuid, bindparam, select

from services.evidence.items.items.models import Item
from services.evidence.items.reviews.models import Review
from shared.data.base import table_of
from shared.data.queries import ListQuery
from shared.data.reads import Listing

_R = table_of(Review).c
_I = table_of(Item).c

_SERIES = select(_I.series_id).where(_I.id == bindparam("item_id", type_=Uuid())).scalar_subquery()


class ReviewQuery(ListQuery):
    sort: Literal["reviewed_at", "-reviewed_at"] = "reviewed_at"


reviews = Listing(
    select(_R.id, _R.item_id, _R.number, _R.decision, _R.reason, _R.reviewer, _R.reviewed_at).where(
        _R.series_id == _SERIES
    ),
    id=_R.id,
    query=ReviewQuery,
)
