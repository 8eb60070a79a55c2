from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import Date, Select, and_, any_, bindparam, func, literal_column, select

from services.controls.days import AsOfDay, AsOfDayQuery, day_of
from services.controls.frameworks.requirements.schemas import RequirementRef
from services.controls.policies.policies.models import Policy, PolicyStatus, PolicyVersion
from shared.data.base import table_of
from shared.data.queries import ListQuery, Mentions, Where
from shared.data.reads import Listing, One
from shared.data.scopes import only_shown
from shared.http.fields import PersonRef, Search, UpdatedSince
from shared.people.duties import rows_of
from shared.people.known import is_person, named

_P = table_of(Policy).c
_V = table_of(PolicyVersion).c

_PUBLISHED = _P.status == literal_column("'published'")
_OVERDUE = func.coalesce(and_(_PUBLISHED, _P.review_due_on < bindparam("as_of", type_=Date())), False)

_POLICY = select(
    _P.id,
    _P.code,
    _P.title,
    named(_P.owner_id).label("owner"),
    _P.review_months,
    only_shown(_P.control_ids).label("control_ids"),
    _P.requirements,
    _P.status,
    _P.published_version_id,
    _V.number.label("published_number"),
    _V.effective_on,
    _P.reviewed_on,
    _P.review_due_on,
    _OVERDUE.label("review_overdue"),
    _P.version,
    _P.created_at,
    _P.updated_at,
).join(table_of(PolicyVersion), _V.id == _P.published_version_id, isouter=True)

policy = One("policy", _POLICY, by=_P.id, query=AsOfDayQuery)


class PolicyQuery(ListQuery):
    sort: Literal["code", "-code", "created_at", "-created_at", "updated_at", "-updated_at"] = "code"
    status: PolicyStatus | None = None
    owner: Annotated[PersonRef | None, Where(lambda person: is_person(_P.owner_id, person))] = None
    control_id: Annotated[UUID | None, Where(lambda value: value == any_(only_shown(_P.control_ids)))] = Field(
        default=None, description="Those that support this control"
    )
    requirement: Annotated[RequirementRef | None, Where(lambda value: value == any_(_P.requirements))] = None
    review_overdue: bool | None = None
    as_of: AsOfDay = Field(description="Reviews overdue as of this day in UTC; today when left out")
    q: Annotated[Search | None, Mentions("code", "title")] = Field(default=None, description="In code and title")
    updated_since: UpdatedSince = None


policies = Listing(_POLICY, id=_P.id, query=PolicyQuery)

owned = rows_of(
    id=_P.id, title=_P.code + " " + _P.title, person=_P.owner_id, where=_P.status != PolicyStatus.RETIRED.value
)


def unannounced_reviews(as_of: datetime) -> Select[tuple[UUID]]:
    """The organisations of policies whose review is due at an instant, as nobody has been told of that date yet."""
    untold = _P.review_told_for.is_distinct_from(_P.review_due_on)
    return select(_P.org_id).where(_PUBLISHED, _P.review_due_on <= day_of(as_of), untold)
