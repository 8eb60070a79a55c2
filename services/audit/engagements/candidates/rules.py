"""Which failures and missed occurrences are candidates, and how they are put. Pure functions.

A candidate (deviation) is an instance in which a control did not work as described. A Type 2 report speaks of
operation throughout the period, a Type 1 report of controls as of one date (AICPA SOC 2 guide), so that a failure
counts when some of it lies within that time: one that began before it and is still there when it begins, too; one
that was over before it does not. Evidence that is not available counts as a deviation (AU-C 530, by analogy).

A missed occurrence counts where the period holds the day on which it was due, and in no report as of a date. It is a
candidate for good, whatever is recorded for that day later.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from services.audit.engagements.candidates.models import Candidate, CandidateStatus, DeviationKind
from services.audit.engagements.engagements.models import Engagement
from services.audit.engagements.engagements.rules import Span, span_of
from services.audit.engagements.facts.rules import Exceedance, Facts, Failure, Miss
from shared.data.outside import without
from shared.events.catalogue.controls import ReasonCode

_OF_EVIDENCE = frozenset({ReasonCode.EVIDENCE_EXPIRED, ReasonCode.EVIDENCE_MISSING, ReasonCode.EVIDENCE_OVERDUE})


@dataclass(frozen=True, slots=True)
class Finding:
    """A failure or a missed occurrence as the record of an engagement puts it: the columns of its candidate."""

    control_code: str
    control_title: str
    kind: DeviationKind
    nature: str
    cause: list[str]
    status: CandidateStatus
    failed_at: datetime
    remediated_at: datetime | None = None
    failing_version: int | None = None
    due_on: date | None = None


def told_within(finding: Finding, outside: Sequence[str]) -> Finding:
    """The finding as the firm may read it: its cause names none of these controls, which are outside the scope."""
    return replace(finding, cause=[without(reason, outside) for reason in finding.cause]) if outside else finding


@dataclass(frozen=True, slots=True)
class Observation:
    """A failure or a missed occurrence of a control, and when the control failed by it."""

    what: Failure | Miss
    failing: tuple[Failure, ...]

    def is_recorded_as(self, candidate: Candidate) -> bool:
        """Whether a candidate is of this. Whatever is heard later, each is of one."""
        if isinstance(self.what, Miss):
            return candidate.due_on == self.what.due_on
        return candidate.failing_version is not None and self.what.covers(candidate.failing_version)

    def counts_for(self, engagement: Engagement, *, as_of: datetime) -> bool:
        """Whether it is a candidate for an engagement."""
        if isinstance(self.what, Miss):
            return holds(engagement, self.what)
        return counts(self.what, span_of(engagement), as_of=as_of)

    def put(self, engagement: Engagement) -> Finding:
        """As the record of an engagement puts it."""
        return _of_miss(self.what) if isinstance(self.what, Miss) else _of_failure(self.what, engagement)


def observations(facts: Facts) -> list[Observation]:
    """What is known of a control that may be a candidate, failures first."""
    failing_by: dict[Miss | None, list[Failure]] = defaultdict(list)
    for failing in facts.failing_by_misses:
        failing_by[_miss_before(failing, facts.misses)].append(failing)
    return [
        *(Observation(failure, (failure,)) for failure in facts.failures),
        *(Observation(miss, tuple(failing_by[miss])) for miss in facts.misses),
    ]


def _miss_before(failing: Failure, misses: Sequence[Miss]) -> Miss | None:
    """The missed occurrence by which a control came to fail: the last one before, as far as is known."""
    before = [miss for miss in misses if miss.missed_at <= failing.since]
    return max(before, key=lambda miss: (miss.missed_at, miss.due_on), default=None)


def holds(engagement: Engagement, miss: Miss) -> bool:
    """Whether the period of an engagement holds the day on which an occurrence was missed."""
    first, last = engagement.period_start, engagement.period_end
    return first is not None and last is not None and first <= miss.due_on <= last


def counts(failure: Failure, span: Span, *, as_of: datetime) -> bool:
    """Whether a failure is a candidate for an engagement that speaks of this span, as far as it can be said now."""
    began_in_time = failure.since < span.end
    still_there = failure.until is None or failure.until > span.start
    return began_in_time and still_there and span.start <= as_of


def status_of(failure: Failure, span: Span) -> CandidateStatus:
    """Raised until the control works again. A failure that proves to have been over before the time lapses."""
    if failure.until is None:
        return CandidateStatus.RAISED
    return CandidateStatus.REMEDIATED if failure.until > span.start else CandidateStatus.LAPSED


def kind_of(codes: Collection[str]) -> DeviationKind:
    """Evidence missing, or the design, when nothing else is said of the control; otherwise its operation."""
    if codes and _OF_EVIDENCE.issuperset(codes):
        return DeviationKind.EVIDENCE_MISSING
    return DeviationKind.DESIGN if codes == {ReasonCode.DESIGN_FAILED} else DeviationKind.OPERATION


def nature_of(kind: DeviationKind, since: datetime) -> str:
    """What was found, in words."""
    found = {
        DeviationKind.EVIDENCE_MISSING: "No current evidence shows that the control worked",
        DeviationKind.DESIGN: "A test of the design of the control failed",
        DeviationKind.OPERATION: "The control did not work as described",
    }
    return f"{found[kind]}, from {_moment(since)}."


def consequences(failing: Iterable[Failure], exceedances: Iterable[Exceedance]) -> list[Exceedance]:
    """The risks that went above appetite while the control failed, each as it first did, in the order they did."""
    first: dict[UUID, Exceedance] = {}
    times = list(failing)
    for risk in sorted(exceedances, key=lambda risk: (risk.at, risk.risk_id, risk.version)):
        if any(each.since <= risk.at and (each.until is None or risk.at <= each.until) for each in times):
            first.setdefault(risk.risk_id, risk)
    return list(first.values())


def _of_failure(failure: Failure, engagement: Engagement) -> Finding:
    kind = kind_of(failure.codes)
    return Finding(
        control_code=failure.began.code,
        control_title=failure.began.title,
        kind=kind,
        nature=nature_of(kind, failure.since),
        cause=failure.reasons,
        status=status_of(failure, span_of(engagement)),
        failed_at=failure.since,
        remediated_at=failure.until,
        failing_version=failure.began.version,
    )


def _of_miss(miss: Miss) -> Finding:
    kind, nature = DeviationKind.OPERATION, f"The occurrence due on {miss.due_on} was missed."
    cause = [f"The control had not been performed for it by {_moment(miss.missed_at)}."]
    if (later := miss.first_recorded_later) and later.performed_at >= miss.missed_at:
        kind, nature = DeviationKind.LATE, f"The occurrence due on {miss.due_on} was performed late."
        cause.append(f"It was performed on {_moment(later.performed_at)}.")
    elif later:
        cause.append(f"On {_moment(later.recorded_at)} it was recorded as performed on {_moment(later.performed_at)}.")
    return Finding(
        control_code=miss.code,
        control_title=miss.title,
        kind=kind,
        nature=nature,
        cause=cause,
        status=CandidateStatus.RAISED,
        failed_at=miss.missed_at,
        due_on=miss.due_on,
    )


def _moment(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M} UTC"
