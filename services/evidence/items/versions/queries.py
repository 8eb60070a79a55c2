from sqlalchemy import Uuid, bindparam, select

from services.evidence.items.items.models import Item
from services.evidence.items.items.queries import SUMMARY
from shared.data.base import table_of
from shared.data.reads import Listing

_TABLE = table_of(Item)
_I = _TABLE.c
_OTHER = _TABLE.alias("one_of_them")

_SERIES = select(_OTHER.c.series_id).where(_OTHER.c.id == bindparam("item_id", type_=Uuid())).scalar_subquery()

versions = Listing(SUMMARY, id=_I.id, filters={"item_id": _I.series_id == _SERIES}, sorts={"number": _I.number})
