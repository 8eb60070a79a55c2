"""The verbs of a rating. Whoever calls them holds the register, so that nothing it follows from moves meanwhile."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import select

from services.risk.locks import InForce
from services.risk.register.known_controls.models import KnownControl
from services.risk.register.ratings.models import PastRating
from services.risk.register.ratings.rules import AnswerFacts, ControlFacts, Rating, rate
from services.risk.register.risks.models import Factor, Risk
from shared.data.base import table_of
from shared.data.bulk import among
from shared.events.catalogue.controls import HealthState
from shared.events.catalogue.risk import (
    RiskBackWithinAppetite,
    RiskExceededAppetite,
    RiskIdentified,
    RiskRated,
    RiskRevised,
)
from shared.events.trail import announce, because_of

Change = type[RiskIdentified] | type[RiskRevised]
Consequence = type[RiskRated] | type[RiskExceededAppetite] | type[RiskBackWithinAppetite]


@dataclass(frozen=True, slots=True)
class Trigger:
    """Why a rating is found now, who brought it about, and when; and by which event, if it was one."""

    reason: str
    by: str
    at: datetime
    cause: UUID | None = None


async def rate_changed(session: AsyncSession, risk: Risk, in_force: InForce, change: Change, trigger: Trigger) -> None:
    """Rate a risk that was just written down or changed; announce that, and what follows from it, as one version."""
    before = None if change is RiskIdentified else _rating_of(risk)
    known = await _known(session, [risk])
    await _settle(session, risk, before, _rate(risk, known, in_force), in_force, trigger, change)


async def rate_anew(
    session: AsyncSession, risks: Sequence[Risk], in_force: InForce, triggers: Mapping[UUID, Trigger]
) -> None:
    """Rate risks after something that their ratings follow from has changed; announce what that changes.

    Each has its trigger, by its id.
    """
    known = await _known(session, risks)
    for risk in risks:
        trigger = triggers[risk.id]
        with because_of(trigger.cause):
            await _settle(session, risk, _rating_of(risk), _rate(risk, known, in_force), in_force, trigger)


async def _settle(
    session: AsyncSession,
    risk: Risk,
    before: Rating | None,
    rating: Rating,
    in_force: InForce,
    trigger: Trigger,
    *changes: Change,
) -> None:
    """Put the rating on the risk and into its history, unless it says nothing new."""
    if rating != before:
        for name, value in asdict(rating).items():
            setattr(risk, name, value)
        risk.rated_at = risk.updated_at = trigger.at
        session.add(_past(risk, rating, in_force, trigger))
    happened = [*changes, *_consequences(before, rating)]
    if not happened:
        return
    facts = {
        "code": risk.code,
        "title": risk.title,
        "residual": rating.residual_level,
        "appetite": rating.appetite,
        "controls": [UUID(each) for each in dict.fromkeys(answer["control_id"] for answer in risk.controls)],
    }
    events = [kind.model_validate(facts) for kind in happened]
    reason = f"{trigger.reason} {rating.reasons[-1]}"
    await announce(session, *events, about=risk, by=trigger.by, at=trigger.at, reason=reason)


def _consequences(before: Rating | None, rating: Rating) -> list[Consequence]:
    happened: list[Consequence] = []
    if before is not None and before.residual != rating.residual:
        happened.append(RiskRated)
    was_within = before is None or before.within_appetite
    if was_within and not rating.within_appetite:
        happened.append(RiskExceededAppetite)
    if rating.within_appetite and not was_within:
        happened.append(RiskBackWithinAppetite)
    return happened


def _rate(risk: Risk, known: Mapping[UUID, ControlFacts], in_force: InForce) -> Rating:
    answers = [
        AnswerFacts(
            answer["control_id"], Factor(answer["effect_on"]), answer["steps"], known.get(UUID(answer["control_id"]))
        )
        for answer in risk.controls
    ]
    return rate(risk.inherent_likelihood, risk.inherent_impact, risk.category, answers, in_force.terms)


def _rating_of(risk: Risk) -> Rating:
    """The rating that stands on a risk."""
    return Rating(**{field.name: getattr(risk, field.name) for field in fields(Rating)})


def _past(risk: Risk, rating: Rating, in_force: InForce, trigger: Trigger) -> PastRating:
    return PastRating(
        **asdict(rating),
        org_id=risk.org_id,
        risk_id=risk.id,
        rated_at=trigger.at,
        rated_by=trigger.by,
        reason=trigger.reason,
        inherent_likelihood=risk.inherent_likelihood,
        inherent_impact=risk.inherent_impact,
        method_version=in_force.version,
    )


async def _known(session: AsyncSession, risks: Sequence[Risk]) -> dict[UUID, ControlFacts]:
    """What is known of the controls that these risks name."""
    named = list({UUID(answer["control_id"]) for risk in risks for answer in risk.controls})
    query = select(KnownControl).where(among(table_of(KnownControl).c.id, named))
    # A risk may be half changed by now, and the trail tells a change from one flush.
    with session.no_autoflush:
        controls = (await session.execute(query)).scalars()
    return {
        each.id: ControlFacts(each.code, each.title, HealthState(each.health), each.reasons, each.retired)
        for each in controls
    }
