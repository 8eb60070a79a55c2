"""The verbs of a rating: risks are rated when a transaction touched them, or when their controls are heard of."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import select

from services.risk.register.credits.queries import control_facts
from services.risk.register.credits.rules import in_words
from services.risk.register.known_controls.actions import CONTROLS
from services.risk.register.overrides.actions import overtake
from services.risk.register.ratings.models import PastRating
from services.risk.register.ratings.rules import Rating, facts_of, rate, rating_of
from services.risk.register.risks.actions import event_fields
from services.risk.register.risks.models import AnsweredBy, Risk
from services.risk.terms.in_force.models import InForce
from services.risk.terms.in_force.queries import lock_register
from shared.data.base import table_of
from shared.data.bulk import among
from shared.data.records import lock_by_id, one_at_a_time
from shared.data.sessions import instant_of
from shared.data.transactions import Touch, is_new, touched
from shared.events.catalogue.controls import AboutControl, AboutHealth, ControlRetired
from shared.events.catalogue.risk import (
    RatedRisk,
    RiskBackWithinAppetite,
    RiskExceededAppetite,
    RiskExceededCapacity,
    RiskExceededTolerance,
    RiskRated,
    RiskStanding,
    RiskStatus,
)
from shared.events.event import Heard
from shared.events.trail import announce

_STANDINGS = [str(standing) for standing in RiskStanding]
# What is announced when a risk comes to the standing of this place, or passes it.
_EXCEEDED = (RiskExceededAppetite, RiskExceededTolerance, RiskExceededCapacity)


async def note_controls(session: AsyncSession, heard: Sequence[Heard[AboutControl]]) -> None:
    """Take in what controls and their health are now, by which the risks that they answer are rated again."""
    await one_at_a_time(session, *(event.subject for event in heard))
    noted = [news.heard for news in await CONTROLS.note(session, heard)]
    risks = await _risks_naming(session, {told.subject for told in noted})
    for told in noted:
        touched(session, *risks[told.subject], at=instant_of(session), reason=_words(told.event), cause=told.id)


async def rate_touched(session: AsyncSession, touched_risks: Mapping[UUID, Touch]) -> None:
    """Rate these risks and announce what that changes: what this service recomputes. Closed ones keep their rating.

    Whoever touches a risk has locked the register, or it is locked here: nothing that a rating follows from moves
    meanwhile. A risk that the transaction has made or changed is written once, when it is rated.
    """
    with session.no_autoflush:
        in_force = await lock_register(session)
        risks = [risk for risk in await lock_by_id(session, Risk, touched_risks) if risk.status != RiskStatus.CLOSED]
        known = await control_facts(session, {control_id for risk in risks for control_id in risk.control_ids()})
        before = {risk.id: None if is_new(session, risk) else rating_of(risk) for risk in risks}
        await overtake(session, touched_risks, risks, known, in_force)
    for risk in risks:
        rating = rate(facts_of(risk, known), in_force.terms)
        _put(session, risk, before[risk.id], rating, in_force, touched_risks[risk.id])


def _put(
    session: AsyncSession, risk: Risk, before: Rating | None, rating: Rating, in_force: InForce, touch: Touch
) -> None:
    """Put the rating on the risk and into its history, unless it says nothing new."""
    if rating == before:
        return
    for name, value in asdict(rating).items():
        setattr(risk, name, value)
    risk.method_number, risk.rated_at = in_force.number, touch.at
    session.add(_past(risk, rating, touch))
    facts = event_fields(risk) | {
        "current": rating.current_level,
        "standing": rating.standing,
        "appetite": rating.appetite,
        "tolerance": rating.tolerance,
        "capacity": rating.capacity,
    }
    events = [kind.model_validate(facts) for kind in _consequences(before, rating)]
    reason = f"{touch.reason} {rating.reasons[-1]}"
    announce(session, *events, about=risk, by=touch.by, at=touch.at, reason=reason, cause=touch.cause)


def _consequences(before: Rating | None, rating: Rating) -> list[type[RatedRisk]]:
    happened: list[type[RatedRisk]] = []
    if before is None or before.current != rating.current:
        happened.append(RiskRated)
    was, now = (_STANDINGS.index(each.standing) if each else 0 for each in (before, rating))
    happened += [event for place, event in enumerate(_EXCEEDED, start=1) if was < place <= now]
    if was and not now:
        happened.append(RiskBackWithinAppetite)
    return happened


def _past(risk: Risk, rating: Rating, touch: Touch) -> PastRating:
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
        target_likelihood=risk.target_likelihood,
        target_impact=risk.target_impact,
        assessment_id=risk.assessment_id,
        override_id=UUID(risk.override["id"]) if risk.override else None,
        method_number=risk.method_number,
    )


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
