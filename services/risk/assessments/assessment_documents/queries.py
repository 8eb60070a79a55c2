from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from sqlalchemy import Label, func, literal_column, select
from sqlalchemy.dialects.postgresql import aggregate_order_by, array

from services.risk.assessments.assessed_risks.models import AssessedRisk
from services.risk.assessments.assessed_risks.queries import ASSESSED
from services.risk.assessments.assessment_documents.rules import recorded_from
from services.risk.assessments.assessment_documents.schemas import AssessmentRecord, RecordedAssessment, RecordedRisk
from services.risk.assessments.assessments.models import Assessment, AssessmentStatus
from services.risk.terms.method_terms.models import Method
from shared.data.base import table_of
from shared.data.reads import One, json_object
from shared.people.known import all_named

# Reads an assessment as it is recorded: to an auditor without the names of controls outside the scope.
ReadRecord = Callable[[One, Callable[[bytes], RecordedAssessment], UUID], Awaitable[RecordedAssessment]]

_C = table_of(Assessment).c
_R = table_of(AssessedRisk).c
_M = table_of(Method).c

_EARLIER = table_of(Assessment).alias("earlier").c
_PREVIOUS = (
    select(_EARLIER.id)
    .where(
        _EARLIER.status == AssessmentStatus.COMPLETED.value,
        _EARLIER.id != _C.id,
        _EARLIER.completed_at <= _C.started_at,
    )
    .order_by(_EARLIER.completed_at.desc(), _EARLIER.id.desc())
    .limit(1)
    .correlate(table_of(Assessment))
    .scalar_subquery()
)


def _column(name: str) -> Any:
    """A column of an assessed risk, as who reads it is shown it."""
    shown = ASSESSED.selected_columns.get(name, _R.get(name))
    return shown.element if isinstance(shown, Label) else shown


_RISK = json_object(**{name: _column(name) for name in ("id", *RecordedRisk.model_fields)})
_RISKS = (
    select(
        func.coalesce(
            func.jsonb_agg(aggregate_order_by(_RISK, _R.risk_code, _R.risk_id)), literal_column("'[]'::jsonb")
        )
    )
    .where(_R.assessment_id == _C.id)
    .correlate(table_of(Assessment))
    .scalar_subquery()
)
_OWNERS = (
    select(func.array_agg(_R.owner_id))
    .where(_R.assessment_id == _C.id)
    .correlate(table_of(Assessment))
    .scalar_subquery()
)
_PEOPLE = func.array_cat(func.array_append(_C.participant_ids, _C.lead_id), func.coalesce(_OWNERS, array([_C.lead_id])))

recorded = One(
    "risk assessment",
    select(
        *(_C[name] for name in AssessmentRecord.model_fields if name != "risks"),
        _RISKS.label("risks"),
        _C.digest,
        _PREVIOUS.label("previous_id"),
        all_named(_PEOPLE).label("people"),
        _C.version,
    ),
    by=_C.id,
)
method_terms = One("method", select(_M.terms, _M.version), by=_M.number)


async def started(read: ReadRecord, assessment_id: UUID) -> RecordedAssessment:
    """An assessment as it is recorded. `NotFound`, `NotStarted`."""
    return await read(recorded, recorded_from, assessment_id)


async def with_other(
    read: ReadRecord, assessment_id: UUID, *, with_id: UUID | None = None
) -> tuple[RecordedAssessment, RecordedAssessment | None]:
    """An assessment, and the other one or, where none is named, the last one that was completed before it started."""
    assessment = await started(read, assessment_id)
    other_id = with_id or assessment.previous_id
    return assessment, await started(read, other_id) if other_id else None
