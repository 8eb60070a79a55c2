"""Health is a pure function: what an auditor reads in rules.py holds for any facts."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from services.controls.health.models import ProofState
from services.controls.health.rules import ExpectationFacts, ProofFacts, assess
from shared.events.catalogue.controls import HealthState

LIVE = {ProofState.ACCEPTED, ProofState.EXPIRING}


def _lapsed(expectation: ExpectationFacts) -> bool:
    """It had evidence, and none that stands counts; where all is superseded, the successor is on its way."""
    standing = [proof.state for proof in expectation.proofs if proof.state != ProofState.SUPERSEDED]
    return bool(standing) and not LIVE & set(standing)


NOON = datetime(2026, 6, 30, 12, tzinfo=UTC)

proofs = st.builds(
    ProofFacts,
    title=st.just("Proof"),
    state=st.sampled_from(ProofState),
    valid_until=st.none() | st.datetimes(timezones=st.just(UTC)),
)
expectations = st.lists(
    st.builds(ExpectationFacts, title=st.text(min_size=1, max_size=5), proofs=st.lists(proofs, max_size=4)), max_size=4
)


def _one(*states: ProofState) -> ExpectationFacts:
    return ExpectationFacts("Access review", [ProofFacts("Proof", state, NOON) for state in states])


def test_each_rule_in_words() -> None:
    assert assess([], implemented=True).state == HealthState.UNKNOWN
    assert assess([_one()], implemented=True).state == HealthState.UNKNOWN
    assert assess([_one(ProofState.ACCEPTED)], implemented=False).state == HealthState.UNKNOWN
    assert assess([_one(ProofState.ACCEPTED)], implemented=True).state == HealthState.HEALTHY
    assert assess([_one(ProofState.EXPIRING)], implemented=True).state == HealthState.AT_RISK
    failing = assess([_one(ProofState.EXPIRED)], implemented=True)
    assert failing.state == HealthState.FAILING
    assert failing.reasons == ("Evidence for 'Access review' expired on 2026-06-30 12:00 UTC.",)
    assert assess([_one(ProofState.SUPERSEDED)], implemented=True).state == HealthState.HEALTHY
    assert assess([_one(ProofState.SUPERSEDED, ProofState.EXPIRED)], implemented=True).state == HealthState.FAILING
    assert assess([_one(ProofState.EXPIRED, ProofState.ACCEPTED)], implemented=True).state == HealthState.HEALTHY


@given(expectations)
def test_there_is_always_a_reason(facts: list[ExpectationFacts]) -> None:
    result = assess(facts, implemented=True)
    assert result.reasons
    assert all(reason.endswith(".") for reason in result.reasons)


@given(expectations, st.randoms())
def test_the_order_of_the_facts_does_not_matter(facts: list[ExpectationFacts], dice: object) -> None:
    shuffled = facts[:]
    dice.shuffle(shuffled)  # type: ignore[attr-defined]
    assert assess(shuffled, implemented=True).state == assess(facts, implemented=True).state


@given(expectations)
def test_healthy_means_fresh_evidence_for_everything(facts: list[ExpectationFacts]) -> None:
    healthy = assess(facts, implemented=True).state == HealthState.HEALTHY
    good = {ProofState.ACCEPTED, ProofState.SUPERSEDED}
    fresh = [
        any(proof.state == ProofState.ACCEPTED for proof in each.proofs)
        or (bool(each.proofs) and {proof.state for proof in each.proofs} <= good)
        for each in facts
    ]
    assert healthy == (bool(facts) and all(fresh))


@given(expectations)
def test_failing_means_that_something_had_evidence_and_has_none_now(facts: list[ExpectationFacts]) -> None:
    failing = assess(facts, implemented=True).state == HealthState.FAILING
    assert failing == any(_lapsed(each) for each in facts)


@given(expectations)
def test_fresh_evidence_never_makes_it_worse(facts: list[ExpectationFacts]) -> None:
    order = [HealthState.FAILING, HealthState.UNKNOWN, HealthState.AT_RISK, HealthState.HEALTHY]
    better = [
        ExpectationFacts(each.title, [*each.proofs, ProofFacts("New", ProofState.ACCEPTED, None)]) for each in facts
    ]
    before, after = assess(facts, implemented=True).state, assess(better, implemented=True).state
    assert order.index(after) >= order.index(before)
