from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import Date, Select, and_, bindparam, func, select
from sqlalchemy import literal as value_of
from sqlalchemy.ext.asyncio import AsyncSession

from services.risk.days import AsOfDay, AsOfDayQuery, day_of
from services.risk.oversight.vendor_conditions.models import ConditionStatus, VendorCondition
from services.risk.vendors.vendors.models import Vendor
from shared.data.base import table_of
from shared.data.queries import ListQuery, Where
from shared.data.reads import Listing, One
from shared.http.fields import PersonRef, UpdatedSince
from shared.people.duties import rows_of
from shared.people.known import is_person, named

_C = table_of(VendorCondition).c
_V = table_of(Vendor).c

OPEN = _C.status == ConditionStatus.OPEN.value

_CONDITION = select(
    _C.id,
    _C.vendor_id,
    _V.name.label("vendor_name"),
    _C.review_id,
    _C.text,
    named(_C.owner_id).label("owner"),
    _C.due_on,
    _C.status,
    and_(OPEN, _C.due_on < bindparam("as_of", type_=Date())).label("overdue"),
    _C.settled_by,
    _C.settled_at,
    _C.settled_note,
    _C.evidence_ids,
    _C.version,
    _C.created_at,
    _C.updated_at,
).join(table_of(Vendor), _V.id == _C.vendor_id)

condition = One("vendor condition", _CONDITION, by=_C.id, query=AsOfDayQuery)


class VendorConditionQuery(ListQuery):
    sort: Literal["due_on", "-due_on", "created_at", "-created_at", "updated_at", "-updated_at"] = "due_on"
    vendor_id: UUID | None = None
    review_id: UUID | None = None
    status: ConditionStatus | None = None
    owner: Annotated[PersonRef | None, Where(lambda person: is_person(_C.owner_id, person))] = None
    overdue: bool | None = None
    as_of: AsOfDay = Field(description="Overdue as of this day in UTC; today when left out")
    updated_since: UpdatedSince = None


conditions = Listing(_CONDITION, id=_C.id, query=VendorConditionQuery)

owned = rows_of(id=_C.id, title=_C.text, person=_C.owner_id, where=OPEN)


def unannounced_overdue(as_of: datetime) -> Select[tuple[UUID]]:
    """The organisations of conditions that were missed, as nobody has been told of their due day yet."""
    late = and_(OPEN, _C.due_on < value_of(day_of(as_of)))
    return select(_C.org_id).where(late, _C.overdue_told_for.is_distinct_from(_C.due_on))


async def open_conditions(session: AsyncSession, vendor_id: UUID) -> int:
    """How many conditions of a vendor are open."""
    query = select(func.count()).where(_C.vendor_id == vendor_id, OPEN)
    return int((await session.execute(query)).scalar_one())
