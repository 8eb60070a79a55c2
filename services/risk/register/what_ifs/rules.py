"""How a risk would be rated if controls failed. Pure: the same function rates it when they do."""

from collections.abc import Collection
from dataclasses import replace

from services.risk.register.credits.rules import AnswerFacts
from services.risk.register.overrides.rules import standing_of
from services.risk.register.ratings.rules import RiskFacts
from shared.events.catalogue.controls import HealthState


def if_failing(risk: RiskFacts, control_ids: Collection[str]) -> RiskFacts:
    """The same risk, were these of its controls failing; an override would be overtaken where that is worse."""
    worse = any(each.control_id in control_ids and standing_of(each.control) > 0 for each in risk.answers)
    answers = [_failing(each) if each.control_id in control_ids else each for each in risk.answers]
    return replace(risk, answers=answers, override=None if worse else risk.override)


def _failing(answer: AnswerFacts) -> AnswerFacts:
    if answer.control is None:
        return answer
    return replace(answer, control=replace(answer.control, health=HealthState.FAILING, reasons=()))
