from collections.abc import Collection
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.risk.register.credits.queries import control_facts
from services.risk.register.ratings.rules import Rating, facts_of, rate
from services.risk.register.risks.models import AnsweredBy, Risk
from services.risk.register.risks.schemas import RatingOut
from services.risk.register.what_ifs.rules import if_failing
from services.risk.register.what_ifs.schemas import MOST_SHOWN, RaisedRisk, WhatIfOut
from services.risk.terms.in_force.queries import method_in_force
from shared.data.base import table_of
from shared.data.bulk import among
from shared.events.catalogue.risk import RiskStanding, RiskStatus

_ORDER = list(RiskStanding)


async def what_if_failing(session: AsyncSession, control_ids: list[UUID]) -> WhatIfOut:
    """Which risks would be rated higher, and which of them would exceed a limit that they do not exceed now."""
    terms = (await method_in_force(session)).terms
    risks = await _risks_naming(session, control_ids)
    known = await control_facts(session, {control_id for risk in risks for control_id in risk.control_ids()})
    failing = {str(control_id) for control_id in control_ids}
    raised = []
    for risk in risks:
        after = rate(if_failing(facts_of(risk, known), failing), terms)
        if after.level_rank > risk.level_rank or after.standing != risk.standing:
            raised.append(_raised(risk, after))
    raised.sort(key=lambda each: (not each.crosses, -_ORDER.index(each.standing_after), each.code))
    return WhatIfOut(
        control_ids=control_ids,
        risks=len(risks),
        raised=len(raised),
        crossing=sum(each.crosses for each in raised),
        items=raised[:MOST_SHOWN],
    )


async def _risks_naming(session: AsyncSession, control_ids: Collection[UUID]) -> list[Risk]:
    answers = table_of(AnsweredBy).c
    named = select(answers.risk_id).where(among(answers.control_id, control_ids))
    query = select(Risk).where(col(Risk.id).in_(named), col(Risk.status) != RiskStatus.CLOSED)
    return [*(await session.scalars(query.order_by(col(Risk.code)))).all()]


def _raised(risk: Risk, after: Rating) -> RaisedRisk:
    before, then = RiskStanding(risk.standing), RiskStanding(after.standing)
    return RaisedRisk(
        id=risk.id,
        code=risk.code,
        title=risk.title,
        before=RatingOut(likelihood=risk.current_likelihood, impact=risk.current_impact, level=risk.current_level),
        after=RatingOut(likelihood=after.current_likelihood, impact=after.current_impact, level=after.current_level),
        standing_before=before,
        standing_after=then,
        crosses=_ORDER.index(then) > _ORDER.index(before),
        reasons=after.reasons,
    )
