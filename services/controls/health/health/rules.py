"""How health is found. A pure function: the same facts at the same instant give the same health, whoever asks.

In order, the first that applies:
1. A control that is not in operation has no health to speak of: unknown.
2. Something shows that it does not work: failing. That is
   a. an expectation that had fresh evidence and has none any longer (superseded evidence is no sign of that: a newer
      item has been accepted in its place, of which the news may come a moment later); or one that never had any, once
      evidence for it is overdue;
   b. a test whose last conclusion is fail. Only pass and fail conclude a test: what ended in an error, was
      inconclusive or not applicable clears no failure and proves nothing;
   c. an open issue that is critical or high;
   d. missed occurrences, by the rules in `reasons/rules.py`.
3. Something that should show it never has: unknown. That is an expectation without any evidence that was fresh when it
   was accepted; or no expectation, and no operating test that has come to a conclusion: a design test says that a
   control would work, and not that it does. Where nothing is expected, the reasons name what is missing: evidence,
   tests, occurrences.
4. It works, and that is in doubt or about to be: at risk. That is evidence that will soon run out, with none to take
   its place; a test that was due and has not been concluded; a test that has only ended in errors or was inconclusive
   since it last passed; an open issue that is medium or low; a missed occurrence that is remembered;
   evidence that is overdue while what was accepted before is still fresh.
5. Otherwise it is healthy.

Unknown comes before at risk, since others rely on a control that is at risk: to one that nothing shows to work, a
further doubt must not add trust.

A waiver is not among the facts: that a failure was accepted for a time does not make the control work.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.controls.health.known_evidence.models import ProofState
from services.controls.health.reasons.rules import (
    Reason,
    doubts_by_misses,
    failures_by_misses,
    forgotten_at,
    moment,
)
from services.controls.register.missed_occurrences.rules import NEVER_MISSED, MissRecord
from shared.events.catalogue.controls import HealthState, ReasonCode, Severity
from shared.events.catalogue.testing import Outcome, TestKind

LIVE = frozenset({ProofState.ACCEPTED, ProofState.EXPIRING})
_NO_EVIDENCE = Reason("No evidence is expected of this control.", ReasonCode.NO_EVIDENCE_EXPECTED)
_NO_TEST = Reason("No test of this control is planned or reported.", ReasonCode.NO_TEST)
_NO_OCCURRENCE = Reason(
    "This control has no due days, so that no occurrence of it is expected.", ReasonCode.NO_OCCURRENCE_EXPECTED
)
SERIOUS = frozenset({Severity.CRITICAL, Severity.HIGH})
_FAILED = {TestKind.DESIGN: ReasonCode.DESIGN_FAILED, TestKind.OPERATING: ReasonCode.OPERATION_FAILED}
_UNDECIDED = {Outcome.ERROR: "ended in an error", Outcome.INCONCLUSIVE: "was inconclusive"}

# A thousand checks of one control are told by number, past so many.
_MOST_REASONS = 20


@dataclass(frozen=True, slots=True)
class ProofFacts:
    """One item for one expectation, as announced."""

    title: str
    state: ProofState
    valid_until: datetime | None


@dataclass(frozen=True, slots=True)
class ExpectationFacts:
    """One expectation, the items that were accepted for it, and since when evidence for it is overdue, if it is."""

    title: str
    proofs: Sequence[ProofFacts]
    overdue_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class TestFacts:
    """One thing that is tested again and again, and how it stands.

    `concluded` is the last pass or fail, and `since` the instant from which it has been that; `latest` is the last
    result of any kind; `due_at` is by when the next result is due, if there is such an instant.
    """

    title: str
    kind: TestKind = TestKind.OPERATING
    concluded: Outcome | None = None
    since: datetime | None = None
    latest: Outcome | None = None
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class IssueFacts:
    """An open issue: a deficiency of the control that has not been found to be corrected."""

    title: str
    severity: Severity


@dataclass(frozen=True, slots=True)
class Facts:
    """All that is known of a control."""

    implemented: bool
    expectations: Sequence[ExpectationFacts] = ()
    tests: Sequence[TestFacts] = ()
    issues: Sequence[IssueFacts] = ()
    missed: MissRecord = NEVER_MISSED
    tolerated_percent: int = 10
    recurs: bool = False


@dataclass(frozen=True, slots=True)
class Assessment:
    """A state and why."""

    state: HealthState
    because: tuple[Reason, ...]

    @property
    def reasons(self) -> list[str]:
        return [reason.text for reason in self.because]

    @property
    def failing_since(self) -> datetime | None:
        """From when the first of the reasons to fail applies, as far as is known; null of a control that does not."""
        if self.state != HealthState.FAILING:
            return None
        return min((reason.since for reason in self.because if reason.since is not None), default=None)

    @property
    def codes(self) -> list[ReasonCode]:
        return [reason.code for reason in self.because]


def assess(facts: Facts, *, as_of: datetime) -> Assessment:
    """The health of a control; see the rules above."""
    if not facts.implemented:
        told = Reason("The control is not in operation.", ReasonCode.NOT_IN_OPERATION)
        return _found(HealthState.UNKNOWN, [told])
    if failures := _failures(facts, as_of):
        return _found(HealthState.FAILING, failures)
    if unproven := _unproven(facts):
        return _found(HealthState.UNKNOWN, unproven)
    if doubts := _doubts(facts, as_of):
        return _found(HealthState.AT_RISK, doubts)
    return _found(HealthState.HEALTHY, _proofs(facts))


def next_change(facts: Facts, *, as_of: datetime) -> datetime | None:
    """The next instant at which the same facts may give another health, by the clock alone."""
    instants = [test.due_at for test in facts.tests]
    instants += forgotten_at(facts.missed)
    return min((instant for instant in instants if instant is not None and instant > as_of), default=None)


def _failures(facts: Facts, as_of: datetime) -> list[Reason]:
    lapsed = [
        _expired(expectation) for expectation in facts.expectations if expectation.proofs and not _live(expectation)
    ]
    failed = [
        Reason(f"Test '{test.title}' has failed{moment(' since', test.since)}.", _FAILED[test.kind], test.since)
        for test in facts.tests
        if test.concluded == Outcome.FAIL
    ]
    overdue = _overdue(expectation for expectation in facts.expectations if not _is_fresh(expectation))
    missed = failures_by_misses(facts.missed, tolerated_percent=facts.tolerated_percent, as_of=as_of)
    return [
        *lapsed,
        *overdue,
        *failed,
        *missed,
        *(_issue(issue) for issue in facts.issues if issue.severity in SERIOUS),
    ]


def _unproven(facts: Facts) -> list[Reason]:
    if facts.expectations:
        return [
            Reason(f"No fresh evidence for '{expectation.title}' has been accepted yet.", ReasonCode.EVIDENCE_MISSING)
            for expectation in facts.expectations
            if not expectation.proofs
        ]
    concluded = {test.kind for test in facts.tests if test.concluded is not None}
    if TestKind.OPERATING in concluded:
        return []
    if TestKind.DESIGN in concluded:
        return [Reason("Its design has been tested; nothing shows yet that it operates.", ReasonCode.NOTHING_SHOWN)]
    if facts.tests:
        words = "No evidence is expected of this control and no test of it has been concluded."
        return [Reason(words, ReasonCode.NOTHING_SHOWN)]
    missing = [_NO_EVIDENCE, _NO_TEST]
    return missing if facts.recurs else [*missing, _NO_OCCURRENCE]


def _doubts(facts: Facts, as_of: datetime) -> list[Reason]:
    expiring = [
        Reason(
            f"Evidence for '{expectation.title}' expires{moment(' on', _last_end(_live(expectation))) or ' soon'}.",
            ReasonCode.EVIDENCE_EXPIRING,
        )
        for expectation in facts.expectations
        if expectation.proofs
        and (live := _live(expectation))
        and all(proof.state == ProofState.EXPIRING for proof in live)
    ]
    overdue = [
        Reason(f"Test '{test.title}' was due{moment(' on', test.due_at)}.", ReasonCode.TEST_OVERDUE)
        for test in facts.tests
        if test.due_at is not None and test.due_at <= as_of
    ]
    undecided = [
        Reason(f"Test '{test.title}' passed, and {_UNDECIDED[test.latest]} since.", ReasonCode.TEST_UNDECIDED)
        for test in facts.tests
        if test.concluded == Outcome.PASS and test.latest in _UNDECIDED
    ]
    return [
        *expiring,
        *overdue,
        *undecided,
        *_overdue(expectation for expectation in facts.expectations if _is_fresh(expectation)),
        *doubts_by_misses(facts.missed, as_of=as_of),
        *(_issue(issue) for issue in facts.issues if issue.severity not in SERIOUS),
    ]


def _proofs(facts: Facts) -> list[Reason]:
    fresh = [
        Reason(f"Evidence for '{expectation.title}' is fresh.", ReasonCode.EVIDENCE_FRESH)
        for expectation in facts.expectations
    ]
    passed = [
        Reason(f"Test '{test.title}' passed.", ReasonCode.TEST_PASSED)
        for test in facts.tests
        if test.concluded == Outcome.PASS
    ]
    return [*fresh, *passed]


def _found(state: HealthState, *because: Iterable[Reason]) -> Assessment:
    """Each group of reasons in the order of its words, so that the order of the facts tells nothing."""
    reasons = [reason for group in because for reason in sorted(group)]
    more = len(reasons) - _MOST_REASONS
    if more > 1:
        reasons = [*reasons[:_MOST_REASONS], Reason(f"There are {more} more reasons.", ReasonCode.MORE)]
    return Assessment(state, tuple(reasons))


def _live(expectation: ExpectationFacts) -> list[ProofFacts]:
    standing = [proof for proof in expectation.proofs if proof.state != ProofState.SUPERSEDED]
    return [proof for proof in standing if proof.state in LIVE] if standing else list(expectation.proofs)


def _is_fresh(expectation: ExpectationFacts) -> bool:
    return bool(expectation.proofs and _live(expectation))


def _overdue(expectations: Iterable[ExpectationFacts]) -> list[Reason]:
    return [
        Reason(
            f"Evidence for '{expectation.title}' is overdue{moment(' since', expectation.overdue_since)}.",
            ReasonCode.EVIDENCE_OVERDUE,
            expectation.overdue_since,
        )
        for expectation in expectations
        if expectation.overdue_since is not None
    ]


def _expired(expectation: ExpectationFacts) -> Reason:
    when = _last_end(expectation.proofs)
    words = f"Evidence for '{expectation.title}' expired{moment(' on', when)}."
    return Reason(words, ReasonCode.EVIDENCE_EXPIRED, when)


def _last_end(proofs: Iterable[ProofFacts]) -> datetime | None:
    return max((proof.valid_until for proof in proofs if proof.valid_until is not None), default=None)


def _issue(issue: IssueFacts) -> Reason:
    code = ReasonCode.SERIOUS_ISSUE_OPEN if issue.severity in SERIOUS else ReasonCode.ISSUE_OPEN
    return Reason(f"The {issue.severity} issue '{issue.title}' is open.", code)
