from collections.abc import Sequence
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import ColumnElement, Uuid, any_, bindparam, case, exists, func, literal, literal_column, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col
from sqlmodel import select as select_rows

from services.risk.assessments.assessed_risks.models import AssessedRisk, AssessedRiskStatus
from services.risk.assessments.assessments.schemas import AssessmentScope
from services.risk.register.known_controls.queries import frozen_as_shown
from services.risk.register.risks.models import Risk
from services.risk.terms.method_terms.models import Method
from services.risk.terms.method_terms.schemas import Category, MethodTerms
from services.risk.terms.presets.rules import DEFAULT, PRESETS
from shared.data.base import table_of
from shared.data.bulk import among
from shared.data.queries import ListQuery, Mentions, Where
from shared.data.reads import Listing, One
from shared.data.records import lock_rows
from shared.data.scopes import AUDITING, only_shown
from shared.events.catalogue.risk import RiskStatus
from shared.http.fields import PersonRef, Search, UpdatedSince
from shared.people.known import is_person, named

_C = table_of(AssessedRisk).c
_R = table_of(Risk).c
# Comments and drift may name any control of the risk: an auditor reads them where all are in scope.
_ALL_SHOWN = case(
    (AUDITING, func.cardinality(only_shown(_C.control_ids)) == func.cardinality(_C.control_ids)), else_=true()
)
_NONE: ColumnElement[Any] = literal_column("'[]'::jsonb")


def _shown(column: ColumnElement[Any], *, otherwise: ColumnElement[Any] | None = None) -> ColumnElement[Any]:
    whole = (_ALL_SHOWN, column)
    return case(whole) if otherwise is None else case(whole, else_=otherwise)


ASSESSED = select(
    _C.id,
    _C.assessment_id,
    _C.risk_id,
    _C.risk_code,
    _C.risk_title,
    _C.category,
    named(_C.owner_id).label("owner"),
    frozen_as_shown(_C.frozen, table_of(AssessedRisk), key="control_id").label("frozen"),
    _C.status,
    _shown(_C.ratings, otherwise=_NONE).label("ratings"),
    _shown(_C.resolution).label("resolution"),
    _C.result,
    _C.applied,
    _shown(_C.drift, otherwise=_NONE).label("drift"),
    _C.version,
    _C.created_at,
    _C.updated_at,
)

assessed_risk = One("assessed risk", ASSESSED, by=_C.id)


class AssessedRiskQuery(ListQuery):
    sort: Literal["risk_code", "-risk_code", "updated_at", "-updated_at"] = "risk_code"
    status: AssessedRiskStatus | None = None
    category: Category | None = None
    owner: Annotated[PersonRef | None, Where(lambda person: is_person(_C.owner_id, person))] = None
    risk_id: UUID | None = None
    q: Annotated[Search | None, Mentions("risk_code", "risk_title")] = Field(
        default=None, description="In code and title"
    )
    updated_since: UpdatedSince = None


assessed_risks = Listing(
    ASSESSED.where(_C.assessment_id == bindparam("assessment_id", type_=Uuid())), id=_C.id, query=AssessedRiskQuery
)


async def locked_risks(session: AsyncSession, assessment_id: UUID) -> Sequence[AssessedRisk]:
    """The risks of an assessment, locked, in the order of ids."""
    query = select_rows(AssessedRisk).where(AssessedRisk.assessment_id == assessment_id).order_by(col(AssessedRisk.id))
    return await lock_rows(session, query)


async def risks_of(session: AsyncSession, assessment_id: UUID) -> Sequence[AssessedRisk]:
    """The risks of an assessment by their codes, for what is computed from them."""
    query = select_rows(AssessedRisk).where(AssessedRisk.assessment_id == assessment_id)
    return (await session.scalars(query.order_by(col(AssessedRisk.risk_code), col(AssessedRisk.id)))).all()


async def in_scope(session: AsyncSession, scope: AssessmentScope) -> list[UUID]:
    """The risks that a scope names and that are not closed now, in the order of ids."""
    named_there = among(_R.id, scope.risk_ids) | among(_R.category, scope.categories) | literal(scope.every_risk)
    return list((await session.scalars(select(_R.id).where(_R.status != RiskStatus.CLOSED.value, named_there))).all())


async def has_rated(session: AsyncSession, assessment_id: UUID, person_id: UUID) -> bool:
    """Whether a person rated or resolved any risk of an assessment, be it that they rate otherwise by now."""
    rated = exists().where(_C.assessment_id == assessment_id, literal(person_id, Uuid()) == any_(_C.rater_ids))
    return bool(await session.scalar(select(rated)))


async def terms_of(session: AsyncSession, number: int) -> MethodTerms:
    """The terms of a method that was in force when something was frozen; 0 is the default preset."""
    if number == 0:
        return PRESETS[DEFAULT]
    method = (await session.execute(select_rows(Method).where(Method.number == number))).scalar_one()
    return MethodTerms.model_validate(method.terms)
