from typing import Literal

from pydantic import Field
from sqlalchemy import Uuid, bindparam, select

from services.evidence.items.evidence.models import Item
from services.evidence.items.evidence.queries import SUMMARY, WORDS
from shared.data.base import table_of
from shared.data.queries import ListQuery
from shared.data.reads import Listing
from shared.http.fields import AsOf, UpdatedSince

_TABLE = table_of(Item)
_I = _TABLE.c
_OTHER = _TABLE.alias("one_of_them")

_SERIES = select(_OTHER.c.series_id).where(_OTHER.c.id == bindparam("item_id", type_=Uuid())).scalar_subquery()


class EvidenceVersionQuery(ListQuery):
    sort: Literal["number", "-number", "updated_at", "-updated_at"] = "number"
    as_of: AsOf = Field(description="Freshness as of this instant; now when left out")
    updated_since: UpdatedSince = None


versions = Listing(SUMMARY.where(_I.series_id == _SERIES), id=_I.id, query=EvidenceVersionQuery, names_controls=WORDS)
