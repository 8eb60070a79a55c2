"""What results come to: the same whatever order they come in, and cleared by a pass alone."""

from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.controls.testing.test_standings.rules import Finding, Stand, after
from shared.events.catalogue.testing import Outcome

NOON = datetime(2026, 6, 30, 12, tzinfo=UTC)
CONCLUSIVE = {Outcome.PASS, Outcome.FAIL}

instants = st.integers(0, 5).map(lambda hours: NOON + timedelta(hours=hours))
findings = st.lists(
    st.builds(
        Finding,
        result_id=st.uuids(version=4),
        outcome=st.sampled_from(Outcome),
        observed_at=instants,
        next_due_at=st.none() | instants,
    ),
    max_size=8,
)


def _found(outcome: Outcome, hour: int) -> Finding:
    return Finding(UUID(int=hour), outcome, NOON + timedelta(hours=hour))


def test_a_failure_is_cleared_by_a_later_pass_only() -> None:
    stand = after(Stand(), [_found(Outcome.FAIL, 1)])
    for outcome in (Outcome.ERROR, Outcome.INCONCLUSIVE, Outcome.NOT_APPLICABLE):
        stand = after(stand, [_found(outcome, 2)])
        assert (stand.concluded, stand.since) == (Outcome.FAIL, NOON + timedelta(hours=1))
    assert after(stand, [_found(Outcome.PASS, 0)]).concluded == Outcome.FAIL
    assert after(stand, [_found(Outcome.PASS, 3)]).concluded == Outcome.PASS


def test_it_says_since_when() -> None:
    stand = after(Stand(), [_found(Outcome.FAIL, 1), _found(Outcome.FAIL, 2), _found(Outcome.ERROR, 3)])
    assert (stand.since, stand.concluded_at) == (NOON + timedelta(hours=1), NOON + timedelta(hours=2))
    assert (stand.latest, stand.latest_at) == (Outcome.ERROR, NOON + timedelta(hours=3))


@given(findings, st.randoms())
def test_the_order_in_which_they_come_does_not_matter(found: list[Finding], dice: Random) -> None:
    shuffled = dice.sample(found, len(found))
    one_by_one = Stand()
    for each in shuffled:
        one_by_one = after(one_by_one, [each])
    at_once = after(Stand(), found)
    assert (one_by_one.concluded, one_by_one.concluded_at) == (at_once.concluded, at_once.concluded_at)
    assert (one_by_one.latest, one_by_one.latest_at) == (at_once.latest, at_once.latest_at)


@given(findings)
def test_what_it_comes_to_is_the_last_that_concludes(found: list[Finding]) -> None:
    conclusive = [each for each in found if each.outcome in CONCLUSIVE]
    stand = after(Stand(), found)
    if not conclusive:
        assert stand.concluded is None
        return
    last = max(each.observed_at for each in conclusive)
    then = {each.outcome for each in conclusive if each.observed_at == last}
    assert stand.concluded == (Outcome.FAIL if Outcome.FAIL in then else Outcome.PASS)
    assert stand.since is not None
    assert stand.since <= last


@given(findings)
def test_the_same_once_more_is_no_news(found: list[Finding]) -> None:
    stand = after(Stand(), found)
    assert after(stand, found) == stand
    assert not after(stand, found).differs(stand)
