"""How a version of the method would rate the register. Pure: the same function rates by it once it is in force."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from uuid import UUID

from services.risk.methods.method_previews.models import MoveDirection
from services.risk.register.credits.rules import ControlFacts
from services.risk.register.ratings.rules import Rating, facts_of, rate
from services.risk.register.risks.models import Risk
from services.risk.terms.method_terms.rules import beyond_scale
from services.risk.terms.method_terms.schemas import MethodTerms
from shared.events.catalogue.risk import RiskStanding

_ORDER = [str(standing) for standing in RiskStanding]


@dataclass(frozen=True, slots=True)
class Move:
    """One risk, how it is rated now and how it would be."""

    risk: Risk
    after: Rating
    direction: MoveDirection

    @property
    def exceeds_more(self) -> bool:
        return _ORDER.index(self.after.standing) > _ORDER.index(self.risk.standing)

    @property
    def exceeds_less(self) -> bool:
        return _ORDER.index(self.after.standing) < _ORDER.index(self.risk.standing)


def beyond_scales(terms: MethodTerms, risks: Iterable[Risk]) -> list[str]:
    """The codes of risks whose inherent or target rating is not on the scales of a method."""
    return [
        risk.code
        for risk in risks
        if beyond_scale(terms, risk.inherent_likelihood, risk.inherent_impact, at="")
        or (risk.target and beyond_scale(terms, *risk.target, at=""))
    ]


def moves(
    risks: Sequence[Risk], known: Mapping[UUID, ControlFacts], *, terms: MethodTerms, levels_now: int
) -> list[Move]:
    """How each risk would be rated by these terms. An override does not outlive the method it was made for."""
    found = []
    for risk in risks:
        after = rate(replace(facts_of(risk, known), override=None), terms)
        here = (risk.level_rank - 1) * (len(terms.levels) - 1)
        there = (after.level_rank - 1) * (levels_now - 1)
        direction = MoveDirection.SAME if here == there else MoveDirection.UP if there > here else MoveDirection.DOWN
        found.append(Move(risk, after, direction))
    return found


def counted(found: Sequence[Move]) -> dict[str, int]:
    """What a method would change of the register, in numbers: `PreviewOut`."""
    return {
        "risks": len(found),
        "up": sum(move.direction == MoveDirection.UP for move in found),
        "down": sum(move.direction == MoveDirection.DOWN for move in found),
        "same": sum(move.direction == MoveDirection.SAME for move in found),
        "exceeding": sum(move.exceeds_more for move in found),
        "back": sum(move.exceeds_less for move in found),
    }


def digest_of(found: Sequence[Move]) -> str:
    """The same for the same risks, rated the same now and by the method; the order is irrelevant."""
    lines = sorted(
        repr(
            (
                str(move.risk.id),
                (move.risk.current_likelihood, move.risk.current_impact, move.risk.current_level, move.risk.standing),
                move.after.current,
                (move.after.inherent_level, move.after.target_level, move.after.standing),
            )
        )
        for move in found
    )
    return sha256("\n".join(lines).encode()).hexdigest()
