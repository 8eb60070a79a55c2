from collections.abc import Sequence
from typing import Annotated, Literal
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import select as select_rows

from services.risk.oversight.vendor_reviews.models import VendorReview, VendorReviewStatus
from services.risk.questionnaires.questionnaires.models import Questionnaire, QuestionnaireStatus
from services.risk.vendors.assurance_reports.models import AssuranceReport
from services.risk.vendors.vendors.models import ReviewCause, Vendor, VendorStatus
from shared.data.base import table_of
from shared.data.bulk import among
from shared.data.queries import ListQuery, Where
from shared.data.reads import Listing, One
from shared.http.fields import PersonRef, UpdatedSince
from shared.people.duties import rows_of
from shared.people.known import is_person, named

_C = table_of(VendorReview).c
_V = table_of(Vendor).c
_A = table_of(AssuranceReport).c
_Q = table_of(Questionnaire).c

_REVIEW = select(
    _C.id,
    _C.vendor_id,
    _V.name.label("vendor_name"),
    _C.cause,
    _C.tier,
    _C.due_on,
    named(_C.reviewer_id).label("reviewer"),
    _C.status,
    _C.started_by,
    _C.report_ids,
    _C.questionnaire_ids,
    _C.evidence_ids,
    _C.evidence_note,
    _C.assessment,
    _C.assessed_by,
    _C.assessed_at,
    _C.outcome,
    _C.decision_reason,
    _C.decided_by,
    _C.decided_at,
    _C.closed_at,
    _C.next_review_on,
    _C.cancelled_because,
    _C.version,
    _C.created_at,
    _C.updated_at,
).join(table_of(Vendor), _V.id == _C.vendor_id)

review = One("vendor review", _REVIEW, by=_C.id)


class VendorReviewQuery(ListQuery):
    sort: Literal["created_at", "-created_at", "due_on", "-due_on", "updated_at", "-updated_at"] = "-created_at"
    vendor_id: UUID | None = None
    status: VendorReviewStatus | None = None
    cause: ReviewCause | None = None
    outcome: VendorStatus | None = None
    reviewer: Annotated[PersonRef | None, Where(lambda person: is_person(_C.reviewer_id, person))] = None
    updated_since: UpdatedSince = None


reviews = Listing(_REVIEW, id=_C.id, query=VendorReviewQuery)

_IS_OPEN = and_(_C.status != VendorReviewStatus.CLOSED.value, _C.status != VendorReviewStatus.CANCELLED.value)
to_do = (
    rows_of(id=_C.id, title=_V.name, person=_C.reviewer_id, where=_IS_OPEN)
    .select_from(table_of(VendorReview))
    .join(table_of(Vendor), _V.id == _C.vendor_id)
)


async def reviewed_reports(session: AsyncSession, vendor_id: UUID, ids: Sequence[UUID]) -> set[UUID]:
    """Those of these reports that are the vendor's and reviewed, superseded ones as well."""
    mine = and_(among(_A.id, list(ids)), _A.vendor_id == vendor_id, _A.reliance.is_not(None))
    return set((await session.scalars(select(_A.id).where(mine))).all())


async def accepted_questionnaires(session: AsyncSession, vendor_id: UUID, ids: Sequence[UUID]) -> set[UUID]:
    """Those of these questionnaires that are the vendor's and were accepted."""
    accepted = _Q.status == QuestionnaireStatus.ACCEPTED.value
    mine = and_(among(_Q.id, list(ids)), _Q.vendor_id == vendor_id, accepted)
    return set((await session.scalars(select(_Q.id).where(mine))).all())


async def open_review(session: AsyncSession, vendor_id: UUID) -> VendorReview | None:
    """The review of a vendor that is not over."""
    query = select_rows(VendorReview).where(_C.vendor_id == vendor_id, _IS_OPEN)
    return (await session.scalars(query)).first()
