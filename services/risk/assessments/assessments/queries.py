from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import Date, Select, Uuid, and_, any_, bindparam, func, not_, select

from services.risk.assessments.assessments.models import Assessment, AssessmentStatus
from services.risk.assessments.assessments.schemas import Criterion
from services.risk.days import AsOfDay, AsOfDayQuery
from shared.data.base import table_of
from shared.data.bulk import among
from shared.data.queries import ListQuery, Mentions, Where
from shared.data.reads import Listing, One
from shared.http.fields import PersonRef, Search, UpdatedSince
from shared.people.duties import rows_of
from shared.people.known import all_named, is_person, named

_C = table_of(Assessment).c
_LIVE = not_(among(_C.status, (AssessmentStatus.COMPLETED.value, AssessmentStatus.CANCELLED.value)))
_RATED = among(
    _C.status, (AssessmentStatus.STARTED.value, AssessmentStatus.RATING.value, AssessmentStatus.RETURNED.value)
)

_ASSESSMENT = select(
    _C.id,
    _C.title,
    _C.purpose,
    _C.criteria,
    _C.scope,
    named(_C.lead_id).label("lead"),
    all_named(_C.participant_ids).label("participants"),
    all_named(_C.approver_ids).label("approvers"),
    _C.raters_needed,
    _C.approvers_needed,
    _C.due_on,
    and_(_LIVE, _C.due_on < bindparam("as_of", type_=Date())).label("overdue"),
    _C.status,
    _C.progress,
    _C.method_number,
    _C.started_at,
    _C.started_by,
    _C.round,
    _C.submitted_at,
    _C.submitted_by,
    _C.approvals,
    _C.returns,
    _C.completed_at,
    _C.completed_by,
    _C.completion_note,
    _C.digest,
    _C.cancelled_because,
    _C.version,
    _C.created_at,
    _C.updated_at,
)

assessment = One("risk assessment", _ASSESSMENT, by=_C.id, query=AsOfDayQuery)
# As the parent of a list: what is asked of the list is not asked of it.
parent = One("risk assessment", select(_C.id, _C.version), by=_C.id)


class AssessmentQuery(ListQuery):
    sort: Literal["created_at", "-created_at", "due_on", "-due_on", "updated_at", "-updated_at"] = "-created_at"
    status: AssessmentStatus | None = None
    criterion: Annotated[Criterion | None, Where(lambda value: value == any_(_C.criteria))] = Field(
        default=None, description="A criterion that the assessment serves, such as `soc2:CC3.2`"
    )
    lead: Annotated[PersonRef | None, Where(lambda person: is_person(_C.lead_id, person))] = None
    overdue: bool | None = None
    as_of: AsOfDay = Field(description="Overdue as of this day in UTC; today when left out")
    q: Annotated[Search | None, Mentions("title", "purpose")] = Field(default=None, description="In title and purpose")
    updated_since: UpdatedSince = None


assessments = Listing(_ASSESSMENT, id=_C.id, query=AssessmentQuery)

led = rows_of(id=_C.id, title=_C.title, person=_C.lead_id, where=_LIVE)
_PARTICIPANT = func.unnest(_C.participant_ids, type_=Uuid()).column_valued("participant")
to_rate = rows_of(id=_C.id, title=_C.title, person=_PARTICIPANT, where=_RATED)
_APPROVER = func.unnest(_C.approver_ids, type_=Uuid()).column_valued("approver")
to_approve = rows_of(id=_C.id, title=_C.title, person=_APPROVER, where=_C.status == AssessmentStatus.SUBMITTED.value)


def with_notices(as_of: datetime) -> Select[tuple[UUID]]:
    """The organisations of assessments whose due day is to be announced."""
    return select(_C.org_id).where(_C.notice_at <= as_of)
