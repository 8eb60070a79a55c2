from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import Date, Select, and_, any_, bindparam, func, select
from sqlalchemy import literal as value_of

from services.risk.days import AsOfDay, AsOfDayQuery, day_of
from services.risk.vendors.vendors.models import DataClass, Vendor, VendorKind, VendorStatus, VendorTier
from shared.data.base import table_of
from shared.data.queries import ListQuery, Mentions, Where
from shared.data.reads import Listing, One
from shared.http.fields import Day, PersonRef, Search, UpdatedSince
from shared.people.duties import rows_of
from shared.people.known import is_person, named

_C = table_of(Vendor).c

_OVERDUE = func.coalesce(_C.review_due_on < bindparam("as_of", type_=Date()), False)

_VENDOR = select(
    _C.id,
    _C.code,
    _C.name,
    _C.kind,
    _C.services,
    _C.data,
    _C.data_class,
    _C.personal_data,
    _C.access,
    _C.dependence,
    _C.replaceability,
    named(_C.owner_id).label("owner"),
    _C.contacts,
    _C.asset_ids,
    _C.tier,
    _C.tier_reasons,
    _C.status,
    _C.status_reason,
    _C.approval,
    _C.approved_at,
    _C.review_due_on,
    _C.review_cause,
    _OVERDUE.label("review_overdue"),
    _C.offboarding,
    _C.version,
    _C.created_at,
    _C.updated_at,
)

vendor = One("vendor", _VENDOR, by=_C.id, query=AsOfDayQuery)


class VendorQuery(ListQuery):
    sort: Literal["code", "-code", "name", "-name", "created_at", "-created_at", "updated_at", "-updated_at"] = "code"
    kind: VendorKind | None = None
    tier: VendorTier | None = None
    status: VendorStatus | None = None
    data_class: DataClass | None = None
    personal_data: bool | None = None
    owner: Annotated[PersonRef | None, Where(lambda person: is_person(_C.owner_id, person))] = None
    asset_id: Annotated[UUID | None, Where(lambda value: value == any_(_C.asset_ids))] = None
    review_due_by: Annotated[Day | None, Where(lambda value: _C.review_due_on <= value)] = Field(
        default=None, description="To be reviewed on this day or before"
    )
    review_overdue: bool | None = None
    as_of: AsOfDay = Field(description="Overdue as of this day in UTC; today when left out")
    q: Annotated[Search | None, Mentions("code", "name", "services")] = Field(
        default=None, description="In code, name and services"
    )
    updated_since: UpdatedSince = None


vendors = Listing(_VENDOR, id=_C.id, query=VendorQuery)

LEFT = (VendorStatus.OFFBOARDING.value, VendorStatus.OFFBOARDED.value)
owned = rows_of(
    id=_C.id, title=_C.code + " " + _C.name, person=_C.owner_id, where=_C.status != VendorStatus.OFFBOARDED.value
)


def unannounced_reviews(as_of: datetime) -> Select[tuple[UUID]]:
    """The organisations of vendors whose review is due, as nobody has been told of that day yet."""
    due = and_(_C.review_due_on <= value_of(day_of(as_of)), _C.status.not_in(LEFT))
    return select(_C.org_id).where(due, _C.review_told_for.is_distinct_from(_C.review_due_on))
