from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import ColumnElement, DateTime, Integer, Select, func, literal_column, select
from sqlalchemy import literal as value_of
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import select as select_rows

from services.risk.questionnaires.questionnaires.models import (
    Questionnaire,
    QuestionnaireAnswer,
    QuestionnaireStatus,
)
from services.risk.questionnaires.questionnaires.rules import ANSWERABLE
from services.risk.vendors.vendors.models import Vendor
from shared.data.base import table_of
from shared.data.bulk import among
from shared.data.queries import ListQuery
from shared.data.reads import Listing, One
from shared.data.records import lock_rows
from shared.http.fields import UpdatedSince

_C = table_of(Questionnaire).c
_A = table_of(QuestionnaireAnswer).c
_V = table_of(Vendor).c

_ANSWERED = _A.value.is_not(None) | _A.text.is_not(None) | _A.not_applicable_because.is_not(None)
_QUESTIONS = func.jsonb_array_length(
    func.jsonb_path_query_array(_C.sections, literal_column("'$[*].questions[*]'::jsonpath")), type_=Integer()
)


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    query = select(func.count()).where(_A.questionnaire_id == _C.id, condition)
    return query.correlate(table_of(Questionnaire)).scalar_subquery()


_QUESTIONNAIRE: Select[Any] = select(
    _C.id,
    _C.vendor_id,
    _V.name.label("vendor_name"),
    _C.template_id,
    _C.title,
    _C.tier,
    _C.prefill,
    _C.prefilled_from,
    _QUESTIONS.label("questions"),
    _count(_ANSWERED).label("answered"),
    _count(_A.clarified.is_(False)).label("clarifications_open"),
    _C.status,
    _C.expires_at,
    _C.sent_at,
    _C.submitted_at,
    _C.signed_by,
    _C.signer_role,
    _C.decided_by,
    _C.decided_at,
    _C.status_reason,
    _C.prepared_by,
    _C.version,
    _C.created_at,
    _C.updated_at,
).join(table_of(Vendor), _V.id == _C.vendor_id)

questionnaire = One("questionnaire", _QUESTIONNAIRE, by=_C.id)


class QuestionnaireQuery(ListQuery):
    sort: Literal["created_at", "-created_at", "updated_at", "-updated_at"] = "-created_at"
    vendor_id: UUID | None = None
    template_id: UUID | None = None
    status: QuestionnaireStatus | None = Field(default=None)
    updated_since: UpdatedSince = None


questionnaires = Listing(_QUESTIONNAIRE, id=_C.id, query=QuestionnaireQuery)


def run_out(as_of: datetime) -> Select[tuple[UUID]]:
    """The organisations of questionnaires whose links have run out before they were submitted."""
    waiting = _C.status.in_([status.value for status in ANSWERABLE])
    return select(_C.org_id).where(waiting, _C.expires_at <= value_of(as_of, DateTime(timezone=True)))


async def answers_to(session: AsyncSession, questionnaire_id: UUID) -> dict[str, QuestionnaireAnswer]:
    """The answers to a questionnaire by the codes of their questions."""
    query = select_rows(QuestionnaireAnswer).where(_A.questionnaire_id == questionnaire_id)
    return {answer.code: answer for answer in (await session.scalars(query)).all()}


async def locked_answers(
    session: AsyncSession, questionnaire_id: UUID, codes: Sequence[str]
) -> dict[str, QuestionnaireAnswer]:
    """Those of these answers that there are, locked."""
    query = select_rows(QuestionnaireAnswer).where(_A.questionnaire_id == questionnaire_id, among(_A.code, codes))
    return {answer.code: answer for answer in await lock_rows(session, query.order_by(_A.id))}


async def last_accepted(session: AsyncSession, vendor_id: UUID) -> Questionnaire | None:
    """The vendor's questionnaire that was accepted last."""
    accepted = _C.status == QuestionnaireStatus.ACCEPTED.value
    query = select_rows(Questionnaire).where(_C.vendor_id == vendor_id, accepted)
    return (await session.scalars(query.order_by(_C.decided_at.desc()).limit(1))).first()
