"""What keeps requirements from being ready, and what closes most. Pure functions.

A gap is one thing that can be done: a control to be mapped, approved, put into operation or corrected, a test to be
concluded, one kind of evidence to be provided. It concerns every requirement that it keeps from being ready, and closes
those that lack nothing else.

The order: by how many requirements a gap closes; then by how many it concerns; then in the order in which things are
usually put right; then by code. The first of the list is what makes most requirements ready at once.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from heapq import merge
from itertools import islice

from services.controls.programmes.readiness.schemas import LACKS
from shared.events.catalogue.controls import ReasonCode

_DONE = {
    ReasonCode.NO_CONTROL: "Map a control to {code}, or write one.",
    ReasonCode.NOT_APPROVED: "Have {code} approved.",
    ReasonCode.ANSWERED_IN_PART: "Map a control to {code} that does all of it, or write one.",
    ReasonCode.DESIGN_FAILED: "Correct the design of {code} and test it again.",
    ReasonCode.DESIGN_NOT_TESTED: "Test the design of {code}.",
    ReasonCode.NOT_IN_OPERATION: "Put {code} into operation.",
    ReasonCode.SERIOUS_ISSUE_OPEN: "Resolve the critical or high issue of {code}.",
    ReasonCode.OCCURRENCE_MISSED: "Perform {code}: expected occurrences of it were missed.",
    ReasonCode.OPERATION_FAILED: "Correct {code} and test its operation again.",
    ReasonCode.OPERATION_NOT_TESTED: "Test the operation of {code}.",
    ReasonCode.EVIDENCE_NOT_FRESH: "Provide evidence for '{expectation}' of {code}.",
}
# What is lacking of a requirement, and not of a control.
OF_REQUIREMENTS = frozenset({ReasonCode.NO_CONTROL, ReasonCode.ANSWERED_IN_PART})
_ORDER = {lack: place for place, lack in enumerate(LACKS)}


@dataclass(frozen=True, slots=True)
class Work:
    """The same to be done for each of these controls, which are in order and concern the same requirements.

    Where no control answers, or none all of it, it is the requirement itself that stands in their place.
    """

    lack: ReasonCode
    codes: Sequence[str]
    concerns: tuple[str, ...]
    expectation: str = ""
    not_expected: tuple[ReasonCode, ...] = ()


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing to be done, what it concerns and what it closes."""

    lack: ReasonCode
    code: str
    expectation: str
    concerns: tuple[str, ...]
    closes: tuple[str, ...]
    not_expected: tuple[ReasonCode, ...]

    @property
    def what(self) -> str:
        return _DONE[self.lack].format(code=self.code, expectation=self.expectation)


def ordered(works: Sequence[Work], limit: int) -> tuple[int, list[Gap]]:
    """How many gaps there are, and the first of them."""
    lacking: Counter[str] = Counter()
    for work in works:
        for ref in work.concerns:
            lacking[ref] += len(work.codes)
    similar: dict[tuple[int, int, int], list[tuple[Work, tuple[str, ...]]]] = defaultdict(list)
    for work in works:
        closes = tuple(ref for ref in work.concerns if lacking[ref] == 1)
        similar[-len(closes), -len(work.concerns), _ORDER[work.lack]].append((work, closes))
    first = (gap for key in sorted(similar) for gap in _by_code(similar[key]))
    return sum(len(work.codes) for work in works), list(islice(first, limit))


def _by_code(works: Sequence[tuple[Work, tuple[str, ...]]]) -> Iterator[Gap]:
    return merge(*(_gaps(*work) for work in works), key=lambda gap: (gap.code, gap.expectation))


def _gaps(work: Work, closes: tuple[str, ...]) -> Iterator[Gap]:
    for code in work.codes:
        yield Gap(work.lack, code, work.expectation, work.concerns, closes, work.not_expected)
