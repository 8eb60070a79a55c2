"""The residual rating is a pure function: what an auditor reads in rules.py holds for any facts."""

import uuid
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from services.risk.register.ratings.rules import AnswerFacts, ControlFacts, Rating, rate
from services.risk.register.risks.models import Factor
from services.risk.terms.method_terms.rules import level_of, rank_of
from services.risk.terms.method_terms.schemas import MethodTerms
from services.risk.terms.presets.rules import PRESETS, PresetName
from shared.events.catalogue.controls import HealthState

NIST = PRESETS[PresetName.NIST_800_30]
CONTROL = str(uuid.UUID(int=7))

controls = st.builds(
    ControlFacts,
    code=st.just("AC-01"),
    title=st.just("Access review"),
    health=st.sampled_from(HealthState),
    reasons=st.lists(st.just("Because."), max_size=2),
    retired=st.booleans(),
)
answers = st.builds(
    AnswerFacts,
    control_id=st.just(CONTROL),
    effect_on=st.sampled_from(Factor),
    steps=st.integers(1, 4),
    control=st.none() | controls,
)
steps = st.integers(1, 5)
presets = st.sampled_from(list(PRESETS.values()))


def _answer(
    health: HealthState, *reasons: str, steps: int = 2, retired: bool = False, effect_on: Factor = Factor.LIKELIHOOD
) -> AnswerFacts:
    return AnswerFacts(CONTROL, effect_on, steps, ControlFacts("AC-01", "Access review", health, reasons, retired))


def _nist(*answers: AnswerFacts, likelihood: int = 5, impact: int = 4) -> Rating:
    return rate(likelihood, impact, "security", answers, NIST)


def test_a_control_that_works_lowers_its_factor() -> None:
    rating = _nist(_answer(HealthState.HEALTHY), _answer(HealthState.AT_RISK, steps=1, effect_on=Factor.IMPACT))
    assert rating.residual == (3, 3, "moderate")
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
    )
    assert rating.residual == (5, 4, "high")
    assert rating.reasons == [
        "Control AC-01 'Access review' is failing and lowers nothing: Evidence for 'Access review' expired.",
        "Control AC-01 'Access review' is not shown to work and lowers nothing.",
        "Control AC-01 'Access review' is retired and lowers nothing.",
        f"Control {CONTROL} is not known yet and lowers nothing.",
        "Likelihood 5 (Very high) and impact 4 (High) give High, above the appetite (Moderate).",
    ]


def test_nothing_is_lowered_below_the_first_step() -> None:
    rating = _nist(_answer(HealthState.HEALTHY, steps=4), _answer(HealthState.HEALTHY, steps=4), likelihood=2)
    assert rating.residual_likelihood == 1
    assert rating.reasons[:2] == [
        "Control AC-01 'Access review' is healthy and lowers likelihood from 2 to 1.",
        "Control AC-01 'Access review' is healthy; likelihood is at its lowest step already.",
    ]


def test_the_appetite_of_the_category_decides() -> None:
    strict = NIST.model_copy(update={"appetite": NIST.appetite.model_copy(update={"by_category": {"privacy": "low"}})})
    assert rate(3, 3, "security", [], strict).within_appetite
    assert not rate(3, 3, "privacy", [], strict).within_appetite


@given(presets, steps, steps, st.lists(answers, max_size=6))
def test_the_residual_lies_between_the_first_step_and_the_inherent(
    terms: MethodTerms, likelihood: int, impact: int, answered: list[AnswerFacts]
) -> None:
    rating = rate(likelihood, impact, "security", answered, terms)
    assert 1 <= rating.residual_likelihood <= likelihood
    assert 1 <= rating.residual_impact <= impact
    assert rank_of(terms, rating.residual_level) <= rank_of(terms, rating.inherent_level)
    assert rating.residual_level == level_of(terms, rating.residual_likelihood, rating.residual_impact)
    assert len(rating.reasons) == len(answered) + 1


@given(presets, steps, steps, st.lists(answers, min_size=1, max_size=6), st.data())
def test_one_more_control_that_works_never_raises_a_risk(
    terms: MethodTerms, likelihood: int, impact: int, answered: list[AnswerFacts], data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(answered) - 1))
    working = replace(answered[place], control=ControlFacts("AC-01", "Access review", HealthState.HEALTHY, [], False))
    recovered = [*answered[:place], working, *answered[place + 1 :]]
    before = rate(likelihood, impact, "security", answered, terms)
    after = rate(likelihood, impact, "security", recovered, terms)
    assert after.residual_likelihood <= before.residual_likelihood
    assert after.residual_impact <= before.residual_impact
    assert after.level_rank <= before.level_rank
    assert after.within_appetite or not before.within_appetite


@given(
    presets, steps, steps, st.lists(answers, max_size=6).flatmap(lambda a: st.tuples(st.just(a), st.permutations(a)))
)
def test_the_order_of_the_controls_is_irrelevant(
    terms: MethodTerms, likelihood: int, impact: int, both: tuple[list[AnswerFacts], list[AnswerFacts]]
) -> None:
    one, other = (rate(likelihood, impact, "security", each, terms) for each in both)
    assert one.residual == other.residual
    assert one.within_appetite == other.within_appetite


@given(presets, steps, steps, st.lists(answers, max_size=6))
def test_without_a_control_that_works_the_residual_is_the_inherent(
    terms: MethodTerms, likelihood: int, impact: int, answered: list[AnswerFacts]
) -> None:
    idle = [replace(each, control=each.control and replace(each.control, retired=True)) for each in answered]
    assert rate(likelihood, impact, "security", idle, terms).residual[:2] == (likelihood, impact)
