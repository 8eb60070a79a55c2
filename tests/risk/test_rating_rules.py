"""The current rating is a pure function: what an auditor reads in rules.py holds for any facts."""

import uuid
from dataclasses import replace
from datetime import UTC, datetime
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.risk.register.credits.rules import AnswerFacts, ControlFacts
from services.risk.register.ratings.rules import OverrideFacts, Rating, RiskFacts, rate, standing_of
from services.risk.register.risks.models import Factor
from services.risk.terms.method_terms.rules import level_of, rank_of
from services.risk.terms.method_terms.schemas import (
    Combination,
    Credit,
    CreditRule,
    HealthCredits,
    MethodTerms,
    StepsByFactor,
    Thresholds,
)
from services.risk.terms.presets.rules import PRESETS, PresetName
from shared.events.catalogue.controls import HealthState
from shared.events.catalogue.risk import RiskStanding

NIST = PRESETS[PresetName.NIST_800_30]
CONTROL = str(uuid.UUID(int=7))

controls = st.builds(
    ControlFacts,
    code=st.just("AC-01"),
    title=st.just("Access review"),
    health=st.sampled_from(HealthState),
    reasons=st.lists(st.just("Because."), max_size=2),
    retired=st.booleans(),
    in_operation=st.booleans(),
)
answers = st.builds(
    AnswerFacts,
    control_id=st.just(CONTROL),
    effect_on=st.sampled_from(Factor),
    steps=st.integers(1, 4),
    control=st.none() | controls,
)
_CREDITS = [Credit.NONE, Credit.HALF, Credit.FULL]
ORDINARY = NIST.thresholds.default
STRICT = ORDINARY.model_copy(update={"appetite": "low"})


@st.composite
def _rules(draw: st.DrawFn, terms: MethodTerms) -> CreditRule:
    """A sound credit rule: a control earns no more in worse health, and a failing one earns nothing."""
    at_risk, healthy = sorted(draw(st.tuples(*[st.sampled_from(_CREDITS)] * 2)), key=_CREDITS.index)
    unknown = draw(st.sampled_from(_CREDITS[: _CREDITS.index(at_risk) + 1]))
    return CreditRule(
        combine=draw(st.sampled_from(Combination)),
        by_health=HealthCredits(healthy=healthy, at_risk=at_risk, unknown=unknown),
        cap=StepsByFactor(likelihood=draw(st.integers(1, 4)), impact=draw(st.integers(1, 4))),
        floor=StepsByFactor(
            likelihood=draw(st.integers(1, len(terms.likelihood))), impact=draw(st.integers(1, len(terms.impact)))
        ),
    )


@st.composite
def _cases(draw: st.DrawFn, fewest: int = 0) -> tuple[MethodTerms, RiskFacts]:
    """A method with any credit rule that is sound, and a risk on its scales."""
    terms = draw(st.sampled_from(list(PRESETS.values())))
    terms = terms.model_copy(update={"credit": draw(_rules(terms))})
    likelihood, impact = draw(st.integers(1, len(terms.likelihood))), draw(st.integers(1, len(terms.impact)))
    return terms, RiskFacts(likelihood, impact, "security", draw(st.lists(answers, min_size=fewest, max_size=6)))


def _credited(**rule: Any) -> MethodTerms:
    return NIST.model_copy(update={"credit": CreditRule.model_validate(rule)})


def _answer(
    health: HealthState, *reasons: str, steps: int = 2, retired: bool = False, effect_on: Factor = Factor.LIKELIHOOD
) -> AnswerFacts:
    return AnswerFacts(CONTROL, effect_on, steps, ControlFacts("AC-01", "Access review", health, reasons, retired))


def _nist(*answers: AnswerFacts, likelihood: int = 5, impact: int = 4) -> Rating:
    return rate(RiskFacts(likelihood, impact, "security", answers), NIST)


def test_a_control_that_works_lowers_its_factor() -> None:
    rating = _nist(_answer(HealthState.HEALTHY), _answer(HealthState.AT_RISK, steps=1, effect_on=Factor.IMPACT))
    assert rating.current == (3, 3, "moderate")
    assert (rating.inherent_level, rating.appetite, rating.within_appetite) == ("high", "moderate", True)
    assert rating.reasons == [
        "Control AC-01 'Access review' is healthy and lowers likelihood from 5 to 3.",
        "Control AC-01 'Access review' is at risk and lowers impact from 4 to 3.",
        "Likelihood 3 (Moderate) and impact 3 (Moderate) give Moderate, within the appetite (Moderate).",
    ]


def test_a_control_that_was_not_shown_to_work_lowers_nothing() -> None:
    rating = _nist(
        _answer(HealthState.FAILING, "Evidence for 'Access review' expired."),
        _answer(HealthState.UNKNOWN),
        _answer(HealthState.HEALTHY, retired=True),
        AnswerFacts(CONTROL, Factor.IMPACT, 4, None),
        AnswerFacts(
            CONTROL, Factor.IMPACT, 4, ControlFacts("AC-02", "Alert", HealthState.UNKNOWN, ["No."], False, False)
        ),
    )
    assert rating.current == (5, 4, "high")
    assert rating.reasons == [
        "Control AC-01 'Access review' is failing and lowers nothing: Evidence for 'Access review' expired.",
        "Control AC-01 'Access review' is not shown to work and lowers nothing.",
        "Control AC-01 'Access review' is retired and lowers nothing.",
        f"Control {CONTROL} is not known yet and lowers nothing.",
        "Control AC-02 'Alert' is planned and lowers nothing.",
        "Likelihood 5 (Very high) and impact 4 (High) give High, above the appetite (Moderate).",
    ]


def test_nothing_is_lowered_below_the_first_step() -> None:
    rating = _nist(_answer(HealthState.HEALTHY, steps=4), _answer(HealthState.HEALTHY, steps=4), likelihood=2)
    assert rating.current_likelihood == 1
    assert rating.reasons[:2] == [
        "Control AC-01 'Access review' is healthy and lowers likelihood from 2 to 1.",
        "Control AC-01 'Access review' is healthy; likelihood is at the lowest step that controls bring it to.",
    ]


def test_the_appetite_of_the_category_decides() -> None:
    strict = NIST.model_copy(update={"thresholds": Thresholds(default=ORDINARY, by_category={"privacy": STRICT})})
    assert rate(RiskFacts(3, 3, "security"), strict).within_appetite
    assert not rate(RiskFacts(3, 3, "privacy"), strict).within_appetite


def test_credits_are_combined_as_the_method_says() -> None:
    answered = [_answer(HealthState.HEALTHY, steps=1), _answer(HealthState.HEALTHY), _answer(HealthState.HEALTHY)]
    risk = RiskFacts(5, 4, "security", answered)
    strongest = rate(risk, _credited(combine="strongest"))
    assert strongest.current[:2] == (3, 4)
    assert strongest.reasons[2].endswith("is healthy; another control lowers likelihood as much already.")
    capped = rate(risk, _credited(cap={"likelihood": 2, "impact": 1}))
    assert capped.current[:2] == (3, 4)
    assert capped.reasons[2].endswith("is healthy; all controls together lower likelihood by 2 at most.")
    floored = rate(risk, _credited(floor={"likelihood": 4, "impact": 1}))
    assert floored.current[:2] == (4, 4)


def test_half_a_credit_is_rounded_down() -> None:
    terms = _credited(by_health={"at_risk": "half"})
    halved = rate(RiskFacts(5, 4, "security", [_answer(HealthState.AT_RISK, steps=3)]), terms)
    assert halved.current[:2] == (4, 4)
    assert halved.reasons[0] == (
        "Control AC-01 'Access review' is at risk, which halves its 3 steps, and lowers likelihood from 5 to 4."
    )
    nothing = rate(RiskFacts(5, 4, "security", [_answer(HealthState.AT_RISK, steps=1)]), terms)
    assert nothing.reasons[0] == (
        "Control AC-01 'Access review' is at risk, which halves its 1 steps, and lowers nothing."
    )


def test_an_override_counts_beside_the_computed_rating() -> None:
    until = datetime(2026, 9, 1, tzinfo=UTC)
    rating = rate(RiskFacts(5, 5, "security", [], override=OverrideFacts(3, 3, until), target=(2, 2)), NIST)
    assert (rating.computed_level, rating.current, rating.target_level) == ("very_high", (3, 3, "moderate"), "low")
    assert rating.reasons == [
        "Until 2026-09-01 an override counts in the place of the computed likelihood 5 and impact 5.",
        "Likelihood 3 (Moderate) and impact 3 (Moderate) give Moderate, within the appetite (Moderate).",
    ]


def test_the_highest_limit_that_is_exceeded_is_the_standing() -> None:
    limits = ORDINARY.model_copy(update={"appetite": "low", "tolerance": "moderate", "capacity": "high"})
    terms = NIST.model_copy(update={"thresholds": Thresholds(default=limits)})
    found = [standing_of(terms, "security", level.name) for level in NIST.levels]
    assert found == [RiskStanding.WITHIN_APPETITE, RiskStanding.WITHIN_APPETITE, *list(RiskStanding)[1:]]
    assert rate(RiskFacts(5, 5, "security"), terms).reasons[-1].endswith("give Very high, above the capacity (High).")


@given(_cases())
def test_the_current_lies_between_the_first_step_and_the_inherent(case: tuple[MethodTerms, RiskFacts]) -> None:
    terms, risk = case
    rating = rate(risk, terms)
    for left, begun, cap in (
        (rating.current_likelihood, risk.likelihood, terms.credit.cap.likelihood),
        (rating.current_impact, risk.impact, terms.credit.cap.impact),
    ):
        assert max(1, begun - cap) <= left <= begun
    assert rank_of(terms, rating.current_level) <= rank_of(terms, rating.inherent_level)
    assert rating.current_level == level_of(terms, rating.current_likelihood, rating.current_impact)
    assert len(rating.reasons) == len(risk.answers) + 1


def _with(risk: RiskFacts, place: int, health: HealthState) -> RiskFacts:
    control = ControlFacts("AC-01", "Access review", health, [], retired=False)
    answered = [*risk.answers]
    answered[place] = replace(answered[place], control=control)
    return replace(risk, answers=answered)


def _no_higher(lower: Rating, higher: Rating) -> bool:
    return (
        lower.current_likelihood <= higher.current_likelihood
        and lower.current_impact <= higher.current_impact
        and lower.level_rank <= higher.level_rank
        and list(RiskStanding).index(RiskStanding(lower.standing))
        <= list(RiskStanding).index(RiskStanding(higher.standing))
    )


@given(_cases(fewest=1), st.data())
def test_improving_one_control_never_raises_a_risk(case: tuple[MethodTerms, RiskFacts], data: st.DataObject) -> None:
    terms, risk = case
    place = data.draw(st.integers(0, len(risk.answers) - 1))
    assert _no_higher(rate(_with(risk, place, HealthState.HEALTHY), terms), rate(risk, terms))


@given(_cases(fewest=1), st.data())
def test_failing_one_control_never_lowers_a_risk(case: tuple[MethodTerms, RiskFacts], data: st.DataObject) -> None:
    terms, risk = case
    place = data.draw(st.integers(0, len(risk.answers) - 1))
    assert _no_higher(rate(risk, terms), rate(_with(risk, place, HealthState.FAILING), terms))


@given(_cases())
def test_the_sum_of_credits_lowers_no_less_than_the_strongest(case: tuple[MethodTerms, RiskFacts]) -> None:
    terms, risk = case
    added, strongest = (
        rate(risk, terms.model_copy(update={"credit": terms.credit.model_copy(update={"combine": combine})}))
        for combine in (Combination.SUM, Combination.STRONGEST)
    )
    assert _no_higher(added, strongest)


@given(_cases(), st.randoms())
def test_the_order_of_the_controls_is_irrelevant(case: tuple[MethodTerms, RiskFacts], random: Random) -> None:
    terms, risk = case
    other = replace(risk, answers=random.sample(list(risk.answers), len(risk.answers)))
    assert rate(risk, terms).current == rate(other, terms).current


@given(_cases())
def test_without_a_control_in_operation_the_current_is_the_inherent(case: tuple[MethodTerms, RiskFacts]) -> None:
    terms, risk = case
    planned = [
        replace(each, control=each.control and replace(each.control, in_operation=False)) for each in risk.answers
    ]
    assert rate(replace(risk, answers=planned), terms).current[:2] == (risk.likelihood, risk.impact)
