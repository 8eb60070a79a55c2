"""How readiness is found. Pure functions: the same facts give the same answer, whoever asks.

Of a control, as of an instant:
1. It is designed when it has been approved and its design tests passed: each that has been concluded did, and one has.
2. It is implemented when it is in operation.
3. It is operating when it is in operation, its operating tests passed in the same way, and its health is not failing
   for an issue that is critical or high, or for occurrences that it missed. Only pass and fail conclude a test.
4. It is evidenced when each expectation of it has accepted evidence that is still fresh at that instant. Where no
   evidence is expected, an operating test that passed is what there is to show.

Of a requirement:
5. Controls that are approved or in operation count. Drafts count for nothing, and retired ones are not there.
6. It has an aspect when every control that counts has it, partly when some have, and not when none has, which is so
   when no control counts.
7. A control whose mapping was adopted through a crosswalk answers all of the requirement when what it is mapped to is
   equal to it or covers it, and otherwise a part. Controls that answer a part give an aspect partly at most: parts are
   not added up, and no number of them makes a requirement ready. They take nothing away where others answer all of it.
8. A Type 1 report is on one date: it asks whether controls are designed and implemented. Everything else asks for
   operation and evidence too.
9. It is ready when it has every aspect that is asked, not ready when it has none even partly, and partly in between.
10. A waiver takes no lack away. But where another control stands in for the waived one, answers all of the same
    requirement, and lacks nothing of what is asked itself, it counts at this requirement in its place. What failed is
    still said of the waived control.
11. It is not relevant when a decision says so that someone other than its author has approved; nothing else matters
    then. A decision that awaits approval changes nothing.

A programme is ready when each relevant requirement is and the programme itself lacks nothing that its standard asks,
such as commitments; not ready when no requirement is even partly; and partly in between.
"""

from bisect import insort
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

from services.controls.programmes.programmes.models import ReportType
from services.controls.programmes.programmes.rules import ON_A_DATE
from services.controls.programmes.readiness.schemas import LACKS, Aspect, ReadinessExtent, State
from services.controls.register.controls.models import ControlStatus
from shared.events.catalogue.controls import ReasonCode
from shared.events.catalogue.testing import Outcome

_COUNTED = frozenset({ControlStatus.APPROVED, ControlStatus.IMPLEMENTED})
_DESIGN_ONLY = (Aspect.DESIGNED, Aspect.IMPLEMENTED)
NAMED = 5

_TOLD = {
    ReasonCode.NOT_APPROVED: "Only drafts answer it",
    ReasonCode.ANSWERED_IN_PART: "Only a part of it is answered",
    ReasonCode.DESIGN_FAILED: "A test of the design failed",
    ReasonCode.DESIGN_NOT_TESTED: "No test of the design has been concluded",
    ReasonCode.NOT_IN_OPERATION: "Approved and not in operation",
    ReasonCode.SERIOUS_ISSUE_OPEN: "A critical or high issue is open",
    ReasonCode.OCCURRENCE_MISSED: "Expected occurrences were missed",
    ReasonCode.OPERATION_FAILED: "A test of the operation failed",
    ReasonCode.OPERATION_NOT_TESTED: "No test of the operation has been concluded",
    ReasonCode.EVIDENCE_NOT_FRESH: "Evidence is missing or no longer fresh",
}


@dataclass(frozen=True, slots=True)
class ControlFacts:
    """What is known of a control. `design` and `operation` are what its tests of that kind have come to.

    `expected` is whether evidence is expected of it, and `unproven` whether some of that is not there or not fresh;
    `recurs` is whether it has due days.
    """

    status: ControlStatus
    design: Outcome | None = None
    operation: Outcome | None = None
    serious_issue: bool = False
    missed: bool = False
    expected: bool = False
    unproven: bool = False
    recurs: bool = True


def aspects_of(report_type: ReportType) -> tuple[Aspect, ...]:
    """What this kind of report asks of a requirement."""
    return _DESIGN_ONLY if report_type in ON_A_DATE else tuple(Aspect)


@lru_cache(maxsize=4096)
def has(control: ControlFacts) -> frozenset[Aspect]:
    """The aspects that a control has, whatever is asked."""
    approved, operated = control.status in _COUNTED, control.status == ControlStatus.IMPLEMENTED
    passed = control.operation == Outcome.PASS
    found = {
        Aspect.DESIGNED: approved and control.design == Outcome.PASS,
        Aspect.IMPLEMENTED: operated,
        Aspect.OPERATING: operated and passed and not (control.serious_issue or control.missed),
        Aspect.EVIDENCED: not control.unproven if control.expected else passed,
    }
    return frozenset(aspect for aspect, had in found.items() if had)


@lru_cache(maxsize=4096)
def lacks(control: ControlFacts, asked: tuple[Aspect, ...]) -> tuple[ReasonCode, ...]:
    """What a control lacks of what is asked; nothing, when it has every aspect that is."""
    missing: dict[ReasonCode, bool] = {
        ReasonCode.NOT_APPROVED: control.status not in _COUNTED,
        ReasonCode.DESIGN_FAILED: control.design == Outcome.FAIL,
        ReasonCode.DESIGN_NOT_TESTED: control.design is None,
        ReasonCode.NOT_IN_OPERATION: control.status != ControlStatus.IMPLEMENTED,
    }
    if Aspect.OPERATING in asked:
        missing[ReasonCode.SERIOUS_ISSUE_OPEN] = control.serious_issue
        missing[ReasonCode.OCCURRENCE_MISSED] = control.missed
        missing[ReasonCode.OPERATION_FAILED] = control.operation == Outcome.FAIL
        missing[ReasonCode.OPERATION_NOT_TESTED] = control.operation is None
    if Aspect.EVIDENCED in asked:
        missing[ReasonCode.EVIDENCE_NOT_FRESH] = control.unproven
    return tuple(lack for lack, is_missing in missing.items() if is_missing)


def not_expected(control: ControlFacts) -> tuple[ReasonCode, ...]:
    """What is not expected either of a control in operation whose operation no test has shown."""
    if control.expected:
        return ()
    rhythm = () if control.recurs else (ReasonCode.NO_OCCURRENCE_EXPECTED,)
    return (ReasonCode.NO_EVIDENCE_EXPECTED, *rhythm)


@dataclass(frozen=True, slots=True)
class Compensation:
    """A control that stands in for a waived one, the requirements that it answers in full, and what is known of it."""

    code: str
    requirements: frozenset[str]
    facts: ControlFacts


@dataclass(frozen=True, slots=True)
class WaivedControl:
    """A control that need not be operated as described, what it answers in full, and what is known of it."""

    code: str
    until: datetime
    requirements: frozenset[str]
    facts: ControlFacts
    compensation: Compensation | None

    def stand_in(self, ref: str, asked: tuple[Aspect, ...]) -> str | None:
        """The code of the control that counts in its place at this requirement, if one does."""
        other = self.compensation
        stands_in = other is not None and ref in other.requirements and not lacks(other.facts, asked)
        return other.code if other is not None and stands_in and self.facts.status in _COUNTED else None


@dataclass(slots=True)
class Named:
    """How many controls, and the first of them by code."""

    count: int = 0
    codes: list[str] = field(default_factory=list)

    def add(self, count: int, first: Iterable[str]) -> None:
        self.count += count
        self.codes = sorted([*self.codes, *first])[:NAMED]

    def leave_out(self, code: str) -> None:
        self.count -= 1
        self.codes = [each for each in self.codes if each != code]

    def __str__(self) -> str:
        more = self.count - len(self.codes)
        return ", ".join(self.codes) + (f" and {more} more" if more else "")


@dataclass(slots=True)
class Tally:
    """Controls that count, how many of them have what, and which lack what."""

    counted: Named = field(default_factory=Named)
    having: Counter[Aspect] = field(default_factory=Counter)
    lacking: dict[ReasonCode, Named] = field(default_factory=dict)

    def take(self, control: ControlFacts, asked: tuple[Aspect, ...], count: int, first: Sequence[str]) -> None:
        self.counted.add(count, first)
        for aspect in has(control):
            self.having[aspect] += count
        for lack in lacks(control, asked):
            self.lacking.setdefault(lack, Named()).add(count, first)

    def leave_out(self, control: ControlFacts, asked: tuple[Aspect, ...], code: str) -> None:
        """Count a control no longer that was taken in."""
        self.counted.leave_out(code)
        for aspect in has(control):
            self.having[aspect] -= 1
        for lack in lacks(control, asked):
            self.lacking[lack].leave_out(code)
            if not self.lacking[lack].count:
                del self.lacking[lack]


@dataclass(slots=True)
class Answer:
    """The controls that answer one requirement, all of it or a part, taken in by groups of which the same is known."""

    asked: tuple[Aspect, ...]
    whole: Tally = field(default_factory=Tally)
    part: Tally = field(default_factory=Tally)
    drafts: Named = field(default_factory=Named)
    waived: list[str] = field(default_factory=list)
    stand_ins: list[str] = field(default_factory=list)

    def note_waiver(self, control: WaivedControl, *, stands_in: str | None) -> None:
        """Note that a control that was taken in is waived, and which other counts in its place, if one does."""
        insort(self.waived, control.code)
        if stands_in is not None and lacks(control.facts, self.asked):
            self.whole.leave_out(control.facts, self.asked, control.code)
            self.stand_ins.append(f"{stands_in} counts in the place of {control.code}, which is waived.")

    def take(self, control: ControlFacts, count: int, first: Sequence[str], *, partly: bool = False) -> None:
        """Take in controls that are mapped to the requirement and not retired: how many, and the first by code."""
        if control.status not in _COUNTED:
            self.drafts.add(count, first)
        else:
            (self.part if partly else self.whole).take(control, self.asked, count, first)

    def extent(self, aspect: Aspect) -> ReadinessExtent:
        if self.whole.having[aspect] and self.whole.having[aspect] == self.whole.counted.count:
            return ReadinessExtent.YES
        some = self.whole.having[aspect] or self.part.having[aspect]
        return ReadinessExtent.PARTLY if some else ReadinessExtent.NO

    @property
    def count(self) -> int:
        """How many controls count."""
        return self.whole.counted.count + self.part.counted.count

    @property
    def state(self) -> State:
        extents = {self.extent(aspect) for aspect in self.asked}
        if extents == {ReadinessExtent.YES}:
            return State.READY
        return State.NOT_READY if extents == {ReadinessExtent.NO} else State.PARTLY

    @property
    def lacks(self) -> list[ReasonCode]:
        """What is missing, in the order in which it is usually put right."""
        if not self.count:
            return [ReasonCode.NOT_APPROVED if self.drafts.count else ReasonCode.NO_CONTROL]
        return [lack for lack in LACKS if lack in self._lacking]

    @property
    def reasons(self) -> list[str]:
        """Why it is as ready as it is."""
        if not self.count:
            drafts = f"{_TOLD[ReasonCode.NOT_APPROVED]}: {self.drafts}."
            return [drafts if self.drafts.count else "No control answers it."]
        told = [f"{_TOLD[lack]}: {self._lacking[lack]}." for lack in self.lacks]
        if not told:
            told = [f"{_listed(self.asked)}: {self.whole.counted}."]
        told += sorted(self.stand_ins)
        return [*told, f"Drafted, and not counted: {self.drafts}."] if self.drafts.count else told

    @property
    def _lacking(self) -> dict[ReasonCode, Named]:
        """What has to be put right, by whom: of controls that answer a part only where none answers all of it."""
        if self.whole.counted.count:
            return self.whole.lacking
        return {ReasonCode.ANSWERED_IN_PART: self.part.counted, **self.part.lacking}


def overall(states: Iterable[State], *, lacking: bool) -> State:
    """How ready the whole programme is; `lacking` says whether it lacks something itself."""
    found = {state for state in states if state != State.NOT_RELEVANT}
    if found <= {State.READY}:
        return State.PARTLY if lacking else State.READY
    return State.NOT_READY if found == {State.NOT_READY} else State.PARTLY


def _listed(aspects: tuple[Aspect, ...]) -> str:
    *others, last = aspects
    return f"{', '.join(others)} and {last}".capitalize()
