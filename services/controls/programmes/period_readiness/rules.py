"""How the controls of a requirement stand over a period. Pure; numbered on from `period_gaps/rules.py`.

10. What counts for a requirement is each definition that answers all of it, for its part. The days of the period on
    which another definition of the same control was in force that does not are a gap (`not_mapped`).
11. A control whose adopted mapping answers a part of it counts where none answers all, and then a part is all that is
    answered (`answered_in_part`). Where no control counts, the whole period is a gap (`no_control`, `not_approved`).
12. A waiver takes no gap away. On the days of a waiver its compensating control counts at the requirement in the
    place of the waived one, if it answers all of the same requirement, has no gap on the day itself, and its tests of
    design and operation passed. The gap stays listed.
13. A requirement has gaps when a day of one is neither compensated nor made good. Otherwise it is not yet due while
    days are to come or something is not yet due, and operated after that. So does the programme, by its relevant
    requirements.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from services.controls.days import Days, common, without
from services.controls.programmes.period_facts.rules import WaivedDays
from services.controls.programmes.period_gaps.rules import Gap, JudgedControl, JudgedPart, PeriodFacts, clean_days
from services.controls.programmes.period_readiness.schemas import PeriodState
from shared.events.catalogue.controls import ReasonCode


@dataclass(frozen=True, slots=True)
class FoundGap:
    """A gap at a requirement: of which control, if one, the days on which it was waived, and those compensated."""

    gap: Gap
    control: PeriodFacts | None = None
    waived: Sequence[Days] = ()
    compensated: Sequence[tuple[PeriodFacts, Days]] = ()

    @property
    def is_open(self) -> bool:
        """Whether no later record closed it, and a day of it is not compensated."""
        if self.gap.made_good_on is not None:
            return False
        return not self.compensated or bool(without([self.gap.days], [days for _, days in self.compensated]))


@dataclass(slots=True)
class PartList:
    """How many parts, and the first of them."""

    limit: int
    total: int = 0
    first: list[tuple[PeriodFacts, JudgedPart]] = field(default_factory=list)

    def add(self, control: PeriodFacts, part: JudgedPart) -> None:
        self.total += 1
        if len(self.first) < self.limit:
            self.first.append((control, part))


@dataclass(slots=True)
class Tally:
    """Controls that count for a requirement, by their parts and gaps, taken in by the order of their codes."""

    limit: int
    unanswered: Sequence[Days]
    controls: int = 0
    operated: PartList = field(init=False)
    not_yet_due: PartList = field(init=False)
    gaps: int = 0
    first_gaps: list[FoundGap] = field(default_factory=list)
    has_open_gaps: bool = False

    def __post_init__(self) -> None:
        self.operated, self.not_yet_due = PartList(self.limit), PartList(self.limit)

    def note(self, gap: FoundGap) -> None:
        self.gaps += 1
        self.has_open_gaps = self.has_open_gaps or gap.is_open
        if len(self.first_gaps) < self.limit:
            self.first_gaps.append(gap)
        if gap.compensated and self.unanswered:
            self.unanswered = without(self.unanswered, [days for _, days in gap.compensated])

    def take(self, control: JudgedControl, requirement: str, waivers: "Waivers", *, partly: bool = False) -> None:
        """Take in a control of which at least one definition answers the requirement, or each a part of it."""
        self.controls += 1
        for gap in gaps_at(control, requirement, partly=partly):
            self.note(waivers.found(control, gap, requirement))
        for judged in control.parts:
            if not partly and requirement not in judged.part.requirements:
                continue
            if not judged.has_open_gaps:
                (self.operated if judged.is_over else self.not_yet_due).add(control.facts, judged)
            if self.unanswered and judged.clean:
                self.unanswered = without(self.unanswered, judged.clean)


@dataclass(frozen=True, slots=True)
class Waivers:
    """The waivers of a period, by the control that is waived, and what is found of the controls that make up for it."""

    of_control: Mapping[UUID, Sequence[WaivedDays]]
    controls: Mapping[UUID, JudgedControl]

    def found(self, control: JudgedControl, gap: Gap, requirement: str) -> FoundGap:
        """A gap of a control at a requirement, with the days on which it was waived and compensated."""
        waivers = self.of_control.get(control.facts.id)
        if not waivers:
            return FoundGap(gap, control.facts)
        compensated: list[tuple[PeriodFacts, Days]] = []
        for waiver in waivers:
            other = self.controls.get(waiver.compensating) if waiver.compensating else None
            if other is not None and other.facts.is_tested:
                stood_in = common([gap.days.within(waiver.days)], clean_days(other, requirement))
                compensated += [(other.facts, days) for days in stood_in]
        return FoundGap(gap, control.facts, common([gap.days], [waiver.days for waiver in waivers]), compensated)


@dataclass(slots=True)
class PeriodAnswer:
    """The controls that answer a requirement over a period: all of it, or a part."""

    requirement: str
    period: Days
    whole: Tally
    part: Tally
    drafts: list[str] = field(default_factory=list)

    @property
    def counted(self) -> Tally:
        """What counts, with what is said of the requirement itself."""
        if self.whole.controls:
            return self.whole
        found = FoundGap(gap_of_requirement(self.period, in_part=self.part.controls > 0, drafts=self.drafts))
        tally = self.part
        return Tally(
            tally.limit,
            self.whole.unanswered,
            gaps=tally.gaps + 1,
            first_gaps=[found, *tally.first_gaps][: tally.limit],
            has_open_gaps=True,
        )


def gaps_at(control: JudgedControl, requirement: str, *, partly: bool = False) -> Iterator[Gap]:
    """The gaps of a control at a requirement that one of its definitions answers, or each a part of."""
    yield from control.not_covered
    for judged in control.parts:
        if partly or requirement in judged.part.requirements:
            yield from judged.gaps
        else:
            yield judged.not_mapped


def gap_of_requirement(period: Days, *, in_part: bool, drafts: Sequence[str]) -> Gap:
    """The gap of a requirement that no control answers in full."""
    if in_part:
        return Gap(ReasonCode.ANSWERED_IN_PART, "Only a part of it is answered.", period)
    if drafts:
        return Gap(ReasonCode.NOT_APPROVED, f"Only drafts answer it: {', '.join(drafts[:5])}.", period)
    return Gap(ReasonCode.NO_CONTROL, "No control answers it.", period)


def answer_to(requirement: str, period: Days, *, today: date, limit: int) -> PeriodAnswer:
    """A requirement before any control is taken in; of its parts and gaps the first `limit` are named."""
    over = [days for days in [Days(period.start, min(period.end, today))] if days]
    return PeriodAnswer(requirement, period, Tally(limit, over), Tally(limit, over))


def state_of(tally: Tally, period: Days, *, today: date) -> PeriodState:
    """How a requirement stands."""
    if tally.has_open_gaps:
        return PeriodState.GAPS
    is_over = period.end <= today and not tally.not_yet_due.total
    return PeriodState.OPERATED if is_over else PeriodState.NOT_YET_DUE


_WORST_FIRST = (PeriodState.GAPS, PeriodState.NOT_YET_DUE, PeriodState.OPERATED)


def overall(states: Iterable[PeriodState]) -> PeriodState:
    """How the whole programme stands: as its worst relevant requirement."""
    found = set(states)
    return next((state for state in _WORST_FIRST if state in found), PeriodState.OPERATED)
