"""How a risk is rated. A pure function: the same facts give the same rating, whoever asks and whenever.

1. The inherent likelihood and impact are what people judge, as if the linked controls did nothing.
2. The computed ones are left when the controls in operation have lowered these, by the method's credit rule.
3. The current ones are the computed ones, or those of an override in force. Planned controls never count.
4. The target ones are what people aim at with planned treatment; nothing is computed from them.
5. Each level is looked up in the method's matrix, and the current one is held against the limits of the category.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from uuid import UUID

from services.risk.register.credits.rules import AnswerFacts, ControlFacts, answers_of, lowered
from services.risk.register.risks.models import Risk
from services.risk.terms.method_terms.rules import level_of, limits_of, rank_of, word_of
from services.risk.terms.method_terms.schemas import MethodTerms
from shared.events.catalogue.risk import RiskStanding

_SURPASSED = (
    (RiskStanding.ABOVE_CAPACITY, "capacity"),
    (RiskStanding.ABOVE_TOLERANCE, "tolerance"),
    (RiskStanding.ABOVE_APPETITE, "appetite"),
)


@dataclass(frozen=True, slots=True)
class OverrideFacts:
    """What people have put in the place of a computed rating, until when."""

    likelihood: int
    impact: int
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class RiskFacts:
    """What a rating follows from, but for the method."""

    likelihood: int
    impact: int
    category: str
    answers: Sequence[AnswerFacts] = ()
    target: tuple[int, int] | None = None
    override: OverrideFacts | None = None


@dataclass(frozen=True, slots=True)
class Rating:
    """How high a risk is, and why, in words. The members are columns of a risk."""

    inherent_level: str
    computed_likelihood: int
    computed_impact: int
    computed_level: str
    current_likelihood: int
    current_impact: int
    current_level: str
    target_level: str | None
    level_rank: int
    appetite: str
    tolerance: str
    capacity: str
    standing: str
    within_appetite: bool
    reasons: list[str]

    @property
    def current(self) -> tuple[int, int, str]:
        return self.current_likelihood, self.current_impact, self.current_level


def facts_of(risk: Risk, known: Mapping[UUID, ControlFacts]) -> RiskFacts:
    """What the rating of a risk follows from, with what is known of its controls."""
    override = risk.override
    return RiskFacts(
        risk.inherent_likelihood,
        risk.inherent_impact,
        risk.category,
        answers_of(risk, known),
        risk.target,
        OverrideFacts(override["likelihood"], override["impact"], datetime.fromisoformat(override["expires_at"]))
        if override
        else None,
    )


def rating_of(risk: Risk) -> Rating:
    """The rating that stands on a risk."""
    return Rating(**{field.name: getattr(risk, field.name) for field in fields(Rating)})


def rate(risk: RiskFacts, terms: MethodTerms) -> Rating:
    """Rate a risk from its inherent likelihood and impact and the controls that answer it."""
    computed = lowered(risk.likelihood, risk.impact, risk.answers, terms.credit)
    likelihood, impact = computed.likelihood, computed.impact
    reasons = computed.reasons
    if risk.override is not None:
        reasons = [*reasons, _overridden(likelihood, impact, risk.override)]
        likelihood, impact = risk.override.likelihood, risk.override.impact
    level = level_of(terms, likelihood, impact)
    limits = limits_of(terms, risk.category)
    standing = standing_of(terms, risk.category, level)
    return Rating(
        inherent_level=level_of(terms, risk.likelihood, risk.impact),
        computed_likelihood=computed.likelihood,
        computed_impact=computed.impact,
        computed_level=level_of(terms, computed.likelihood, computed.impact),
        current_likelihood=likelihood,
        current_impact=impact,
        current_level=level,
        target_level=level_of(terms, *risk.target) if risk.target else None,
        level_rank=rank_of(terms, level),
        **limits.model_dump(),
        standing=standing,
        within_appetite=standing == RiskStanding.WITHIN_APPETITE,
        reasons=[*reasons, _outcome(likelihood, impact, risk.category, terms)],
    )


def standing_of(terms: MethodTerms, category: str | None, level: str) -> RiskStanding:
    """Where a level lies among the limits of a category."""
    limits = limits_of(terms, category).model_dump()
    rank = rank_of(terms, level)
    exceeded = (standing for standing, limit in _SURPASSED if rank > rank_of(terms, limits[limit]))
    return next(exceeded, RiskStanding.WITHIN_APPETITE)


def _overridden(likelihood: int, impact: int, override: OverrideFacts) -> str:
    return (
        f"Until {override.expires_at:%Y-%m-%d} an override counts in the place of the computed likelihood {likelihood}"
        f" and impact {impact}."
    )


def _outcome(likelihood: int, impact: int, category: str, terms: MethodTerms) -> str:
    level = level_of(terms, likelihood, impact)
    standing, limits = standing_of(terms, category, level), limits_of(terms, category).model_dump()
    limit = dict(_SURPASSED).get(standing, "appetite")
    where = "within" if standing == RiskStanding.WITHIN_APPETITE else "above"
    return (
        f"Likelihood {likelihood} ({terms.likelihood[likelihood - 1].word}) and impact {impact}"
        f" ({terms.impact[impact - 1].word}) give {word_of(terms, level)},"
        f" {where} the {limit} ({word_of(terms, limits[limit])})."
    )
