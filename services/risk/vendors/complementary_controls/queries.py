from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.risk.register.known_controls.models import KnownControl
from services.risk.vendors.complementary_controls.models import ComplementaryControl
from services.risk.vendors.complementary_controls.schemas import ComplementaryStatus
from shared.data.base import table_of
from shared.data.bulk import among
from shared.data.queries import ListQuery, Where
from shared.data.reads import Listing, One
from shared.events.catalogue.controls import HealthState
from shared.http.fields import PersonRef, UpdatedSince
from shared.people.duties import rows_of
from shared.people.known import is_person, named

_C = table_of(ComplementaryControl).c
_K = table_of(KnownControl).c

_STATUS = case(
    (_C.not_applicable_because.is_not(None), ComplementaryStatus.NOT_APPLICABLE.value),
    (_C.control_id.is_(None), ComplementaryStatus.UNMAPPED.value),
    (_K.retired, ComplementaryStatus.NOT_WORKING.value),
    (
        or_(_K.health.is_(None), _K.health == HealthState.UNKNOWN.value),
        ComplementaryStatus.UNTESTED.value,
    ),
    (_K.health == HealthState.HEALTHY.value, ComplementaryStatus.WORKING.value),
    else_=ComplementaryStatus.NOT_WORKING.value,
)
_FROM = table_of(ComplementaryControl).outerjoin(
    table_of(KnownControl), and_(_K.org_id == _C.org_id, _K.id == _C.control_id)
)

_CONTROL = select(
    _C.id,
    _C.report_id,
    _C.vendor_id,
    _C.text,
    _C.criteria,
    _C.page,
    _C.control_id,
    _K.code.label("control_code"),
    _K.title.label("control_title"),
    _K.health.label("control_health"),
    named(_C.owner_id).label("owner"),
    _C.not_applicable_because,
    _STATUS.label("status"),
    _C.version,
    _C.created_at,
    _C.updated_at,
).select_from(_FROM)

control = One("complementary control", _CONTROL, by=_C.id)


class ComplementaryControlQuery(ListQuery):
    sort: Literal["created_at", "-created_at", "updated_at", "-updated_at"] = "created_at"
    report_id: UUID | None = None
    vendor_id: UUID | None = None
    control_id: UUID | None = None
    status: Annotated[ComplementaryStatus | None, Where(lambda value: value == _STATUS)] = Field(
        default=None, description="As of now"
    )
    owner: Annotated[PersonRef | None, Where(lambda person: is_person(_C.owner_id, person))] = None
    updated_since: UpdatedSince = None


controls = Listing(_CONTROL, id=_C.id, query=ComplementaryControlQuery)

owned = rows_of(id=_C.id, title=_C.text, person=_C.owner_id, where=_C.owner_id.is_not(None))


async def counted_by_status(session: AsyncSession, report_ids: list[UUID]) -> dict[tuple[UUID, str], int]:
    """How many controls each report asks for, by report and status."""
    status = _STATUS.label("status")
    query = select(_C.report_id, status, func.count()).select_from(_FROM).where(among(_C.report_id, report_ids))
    rows = await session.execute(query.group_by(_C.report_id, status))
    return {(report_id, found): count for report_id, found, count in rows}
