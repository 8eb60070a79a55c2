"""The verbs of a rating: risks are rated when a transaction touched them, or when their controls are heard of."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, fields
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import select

from services.risk.register.known_controls.actions import CONTROLS
from services.risk.register.known_controls.models import KnownControl
from services.risk.register.ratings.models import PastRating
from services.risk.register.ratings.rules import AnswerFacts, ControlFacts, Rating, in_words, rate
from services.risk.register.risks.models import AnsweredBy, Factor, Risk
from services.risk.terms.in_force.models import InForce
from services.risk.terms.in_force.queries import lock_register
from shared.data.base import table_of
from shared.data.bulk import among
from shared.data.records import lock_by_id, one_at_a_time
from shared.data.sessions import instant_of
from shared.data.transactions import Touch, is_new, touched
from shared.events.catalogue.controls import AboutControl, AboutHealth, ControlRetired, HealthState
from shared.events.catalogue.risk import RatedRisk, RiskBackWithinAppetite, RiskExceededAppetite, RiskRated
from shared.events.event import Heard
from shared.events.trail import announce


async def note_controls(session: AsyncSession, heard: Sequence[Heard[AboutControl]]) -> None:
    """Take in what controls and their health are now, by which the risks that they answer are rated again."""
    await one_at_a_time(session, *(event.subject for event in heard))
    noted = [news.heard for news in await CONTROLS.note(session, heard)]
    risks = await _risks_naming(session, {told.subject for told in noted})
    for told in noted:
        touched(session, *risks[told.subject], at=instant_of(session), reason=_words(told.event), cause=told.id)


async def rate_touched(session: AsyncSession, touched_risks: Mapping[UUID, Touch]) -> None:
    """Rate these risks and announce what that changes: what this service recomputes.

    Whoever touches a risk has locked the register, or it is locked here: nothing that a rating follows from moves
    meanwhile. A risk that the transaction has made or changed is written once, when it is rated.
    """
    with session.no_autoflush:
        in_force = await lock_register(session)
        risks = await lock_by_id(session, Risk, touched_risks)
        known = await _known(session, risks)
    for risk in risks:
        before = None if is_new(session, risk) else _rating_of(risk)
        _put(session, risk, before, _rate(risk, known, in_force), in_force, touched_risks[risk.id])


def _put(
    session: AsyncSession, risk: Risk, before: Rating | None, rating: Rating, in_force: InForce, touch: Touch
) -> None:
    """Put the rating on the risk and into its history, unless it says nothing new."""
    if rating == before:
        return
    for name, value in asdict(rating).items():
        setattr(risk, name, value)
    risk.rated_at = touch.at
    session.add(_past(risk, rating, in_force, touch))
    facts = {
        "code": risk.code,
        "title": risk.title,
        "treatment": risk.treatment,
        "controls": risk.control_ids(),
        "residual": rating.residual_level,
        "appetite": rating.appetite,
    }
    events = [kind.model_validate(facts) for kind in _consequences(before, rating)]
    reason = f"{touch.reason} {rating.reasons[-1]}"
    announce(session, *events, about=risk, by=touch.by, at=touch.at, reason=reason, cause=touch.cause)


def _consequences(before: Rating | None, rating: Rating) -> list[type[RatedRisk]]:
    happened: list[type[RatedRisk]] = []
    if before is None or before.residual != rating.residual:
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


def _past(risk: Risk, rating: Rating, in_force: InForce, touch: Touch) -> PastRating:
    assert touch.reason, "who touches a risk says why"
    return PastRating(
        **asdict(rating),
        org_id=risk.org_id,
        risk_id=risk.id,
        rated_at=touch.at,
        rated_by=touch.by.recorded,
        reason=touch.reason,
        inherent_likelihood=risk.inherent_likelihood,
        inherent_impact=risk.inherent_impact,
        method_version=in_force.version,
    )


async def _known(session: AsyncSession, risks: Sequence[Risk]) -> dict[UUID, ControlFacts]:
    """What is known of the controls that these risks name."""
    named = {control_id for risk in risks for control_id in risk.control_ids()}
    query = select(KnownControl).where(among(table_of(KnownControl).c.id, named))
    return {
        control.id: ControlFacts(
            control.code, control.title, HealthState(control.health), control.reasons, control.retired
        )
        for control in await session.scalars(query)
    }


async def _risks_naming(session: AsyncSession, control_ids: Collection[UUID]) -> dict[UUID, set[UUID]]:
    """The risks that each of these controls answers."""
    answers = table_of(AnsweredBy).c
    query = select(answers.control_id, answers.risk_id).where(among(answers.control_id, control_ids))
    found: dict[UUID, set[UUID]] = defaultdict(set)
    for control_id, risk_id in await session.execute(query):
        found[control_id].add(risk_id)
    return found


def _words(event: AboutControl) -> str:
    control = f"Control {event.code} '{event.title}'"
    match event:
        case AboutHealth():
            return " ".join([f"{control} is now {in_words(event.health)}.", *event.reasons])
        case ControlRetired():
            return f"{control} was retired."
        case _:
            return f"{control} was written down or changed."
