"""On which days of a period a control is not shown to have worked, and why. Pure.

The rules are numbered as in `docs/decisions/0034-readiness-over-a-period.md`.

1. A day is one of UTC, but for what is due, whose days are those of the control. A day counts once it is over as of the
   instant that is asked for; a failure counts on the day on which it is found, and what follows is not yet due.
2. A period has to be covered by the control: the days before its first definition was in force
   (`approved_after_start`), before it was in operation (`implemented_after_start`) and from its retirement on
   (`retired_before_end`) are gaps. They are known on the first day, whatever is recorded later.
3. Each definition is judged for its part of the period: the days on which it was in force and the control in operation.
4. A rhythm has to give a part something to look at: one that has no due day in it (`no_occurrence_in_period`), or fewer
   than the smallest sample that firms usually draw for such a control (`too_few_occurrences`), is a gap of the whole
   part. The AICPA prescribes no sizes. These two are about the length of the period, and more days can mend them;
   more days take no other gap away.
5. A missed occurrence is a gap of the days that it stands for: those since the one before it was due. One of which a
   later record says that the control was performed in time is told with the day of that record, and no gap any longer
   (`occurrence_made_good`).
6. Each expectation of evidence asks for every day from the one on which it was made, or which its evidence first
   covers, until it is withdrawn. A day that no accepted evidence covers is a gap (`not_evidenced`). Evidence that has
   expired, or that newer evidence has superseded, still covers what it covered; a corrected version replaces it.
   The days after the last covered one are not yet due until the expectation's days of freshness after it are over, or
   evidence for it is announced as overdue. Nor is an occurrence until its tolerance is over.
7. A test that failed is a gap from the day on which that was observed, in the period or before it, until the day on
   which it passed again.
8. The days on which a critical or high issue about the control was open are a gap (`serious_issue_open`).
9. Days on which nothing is expected as evidence, of a control of which no operating test has been concluded, are a gap
   (`nothing_shown`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from services.controls.days import A_DAY, Days, merged, without
from services.controls.programmes.period_facts.rules import Evidence, Failing, Missed
from services.controls.register.rhythms.models import ControlFrequency
from services.controls.register.rhythms.rules import Rhythm, due_dates, first_due, last_due
from shared.events.catalogue.controls import ReasonCode

# The low end of what firms draw (`docs/decisions/0034-readiness-over-a-period.md`); the auditor decides.
LEAST_SAMPLE = {
    ControlFrequency.ANNUAL: 1,
    ControlFrequency.QUARTERLY: 2,
    ControlFrequency.MONTHLY: 2,
    ControlFrequency.WEEKLY: 5,
    ControlFrequency.DAILY: 20,
}


# Gaps on whose days the control was operated.
_SHOWN_NONETHELESS = frozenset({ReasonCode.TOO_FEW_OCCURRENCES, ReasonCode.OCCURRENCE_MADE_GOOD})


@dataclass(frozen=True, slots=True)
class Gap:
    """Days on which a control is not shown to have worked. `definition` is null where none was in force.

    `made_good_on` is the day on which a record said that it had been performed, which closed the gap.
    """

    code: ReasonCode
    words: str
    days: Days
    definition: int | None = None
    made_good_on: date | None = None


@dataclass(frozen=True, slots=True)
class DefinitionPart:
    """The days on which a definition was in force and the control in operation, and what it answers in full.

    `recorded_at` is when the last of that came into Attest.
    """

    definition: int
    days: Days
    recorded_at: datetime
    requirements: frozenset[str]
    frequency: str
    rhythm: Rhythm | None


@dataclass(frozen=True, slots=True)
class PeriodFacts:
    """What is known of a control over a period.

    `parts` are those of its whole life in their order. Of a control that is approved and not in operation they begin on
    the first day on which it can be. `retired_on` is the first day on which it was not operated any longer.
    """

    id: UUID
    code: str
    title: str
    in_operation: bool
    approved_on: date
    retired_on: date | None
    parts: Sequence[DefinitionPart]
    is_tested: bool = False
    operation_concluded: bool = False
    missed: Sequence[Missed] = ()
    failing: Sequence[Failing] = ()
    evidence: Sequence[Evidence] = ()


@dataclass(frozen=True, slots=True)
class JudgedPart:
    """A definition for its part of a period: its gaps, and the days up to today that are in none of them.

    `not_mapped` is the gap at a requirement that this definition does not answer, and another of the control does.
    """

    part: DefinitionPart
    days: Days
    gaps: Sequence[Gap]
    not_mapped: Gap
    clean: Sequence[Days]
    is_over: bool

    @property
    def has_open_gaps(self) -> bool:
        return any(gap.made_good_on is None for gap in self.gaps)


@dataclass(frozen=True, slots=True)
class JudgedControl:
    """A control over a period: what it does not cover, each definition for its part, and what one of them answers."""

    facts: PeriodFacts
    not_covered: Sequence[Gap]
    parts: Sequence[JudgedPart]
    requirements: frozenset[str]


def judge(facts: PeriodFacts, period: Days, *, today: date) -> JudgedControl | None:
    """A control over a period as of a day; None when it is no control of that period.

    That is one that was retired before it, or that begins after it.
    """
    parts = [(part, days) for part in facts.parts if (days := part.days.within(period))]
    if not parts:
        return None
    return JudgedControl(
        facts,
        list(_not_covered(facts, period)),
        [_judged(facts, part, days, today) for part, days in parts],
        frozenset[str]().union(*(part.requirements for part, _ in parts)),
    )


def _not_covered(facts: PeriodFacts, period: Days) -> Iterator[Gap]:
    begins, approved = facts.parts[0].days.start, facts.approved_on
    if early := Days(period.start, approved).within(period):
        yield Gap(ReasonCode.APPROVED_AFTER_START, f"Its first definition is in force from {approved} on.", early)
    if idle := Days(max(period.start, approved), begins).within(period):
        words = f"It is in operation since {begins}." if facts.in_operation else "It is approved and not in operation."
        yield Gap(ReasonCode.IMPLEMENTED_AFTER_START, words, idle, facts.parts[0].definition)
    if facts.retired_on and (late := Days(facts.retired_on, period.end).within(period)):
        words = f"It was retired on {facts.retired_on}."
        yield Gap(ReasonCode.RETIRED_BEFORE_END, words, late, facts.parts[-1].definition)


def _judged(facts: PeriodFacts, part: DefinitionPart, days: Days, today: date) -> JudgedPart:
    over, known = Days(days.start, min(days.end, today)), Days(days.start, min(days.end, today + A_DAY))
    gaps = [*_of_rhythm(part, days), *_of_evidence(facts.evidence, part, over, today)]
    gaps += _of_misses(facts.missed, part, days) if facts.missed else ()
    gaps += _of_failures(facts.failing, part, known) if facts.failing else ()
    gaps += () if facts.operation_concluded else _nothing_shown(facts, part, over)
    gaps.sort(key=lambda gap: (gap.days, gap.code, gap.words))
    bare = [gap.days for gap in gaps if gap.code not in _SHOWN_NONETHELESS]
    clean = without([known], bare) if bare else [known] if known else []
    return JudgedPart(
        part,
        days,
        gaps,
        Gap(ReasonCode.NOT_MAPPED, f"Definition {part.definition} does not answer it.", days, part.definition),
        clean,
        is_over=days.end <= today and not _waits(facts, part, days, today),
    )


def _waits(facts: PeriodFacts, part: DefinitionPart, days: Days, today: date) -> bool:
    """Whether something of a part that is over is not yet due: evidence, or an occurrence within its tolerance."""
    last = last_due(part.rhythm, days.end) if part.rhythm else None
    if part.rhythm and last and days.start <= last and today <= last + part.rhythm.tolerance:
        return True
    return any(pending.within(days) for expected in facts.evidence for pending in expected.pending(today))


def _of_rhythm(part: DefinitionPart, days: Days) -> Iterator[Gap]:
    if part.rhythm is None:
        return
    due, least = len(due_dates(part.rhythm, *days)), LEAST_SAMPLE[ControlFrequency(part.frequency)]
    if not due:
        following = first_due(part.rhythm, days.end)
        words = "No occurrence of it is due on these days" + (
            f"; the next is due on {following}." if following else "."
        )
        yield Gap(ReasonCode.NO_OCCURRENCE_IN_PERIOD, words, days, part.definition)
    elif due < least:
        words = (
            f"Occurrences of it due on these days: {due}; of a {part.frequency} control at least {least} are sampled."
        )
        yield Gap(ReasonCode.TOO_FEW_OCCURRENCES, words, days, part.definition)


def _of_misses(missed: Sequence[Missed], part: DefinitionPart, days: Days) -> Iterator[Gap]:
    of_part = [miss for miss in missed if days.start <= miss.due_on < days.end]
    by_record: dict[date | None, list[date]] = {}
    for miss in of_part:
        by_record.setdefault(miss.made_good_on, []).append(miss.due_on)
    for made_good_on, due in by_record.items():
        for run in merged(_days_of(each, part, days) for each in due):
            of_run = [each for each in due if run.start <= each < run.end]
            words = f"The occurrence due on {of_run[0]} was missed"
            if len(of_run) > 1:
                words = f"{len(of_run)} occurrences were missed, the last of them due on {max(of_run)}"
            if made_good_on is None:
                yield Gap(ReasonCode.OCCURRENCE_MISSED, f"{words}.", run, part.definition)
            else:
                words += f", and made good by a record of {made_good_on}."
                yield Gap(ReasonCode.OCCURRENCE_MADE_GOOD, words, run, part.definition, made_good_on)


def _days_of(due: date, part: DefinitionPart, days: Days) -> Days:
    """The days that an expected occurrence stands for, in a part."""
    before = last_due(part.rhythm, due) if part.rhythm else None
    return Days(before + A_DAY if before else due, due + A_DAY).within(days)


def _of_evidence(evidence: Sequence[Evidence], part: DefinitionPart, over: Days, today: date) -> Iterator[Gap]:
    for expected in evidence:
        for days in expected.uncovered(today):
            if bare := days.within(over):
                words = f"No accepted evidence for '{expected.title}' covers these days."
                yield Gap(ReasonCode.NOT_EVIDENCED, words, bare, part.definition)


def _of_failures(failing: Sequence[Failing], part: DefinitionPart, known: Days) -> Iterator[Gap]:
    """One gap for days in a row with the same reason; the words are those of the first."""
    by_code: dict[ReasonCode, list[tuple[Days, str]]] = {}
    for failure in failing:
        if days := failure.days.within(known):
            by_code.setdefault(failure.code, []).append((days, failure.words))
    for code, found in by_code.items():
        for run in merged(days for days, _ in found):
            words = next(words for days, words in found if days.within(run))
            yield Gap(code, words, run, part.definition)


def _nothing_shown(facts: PeriodFacts, part: DefinitionPart, over: Days) -> Iterator[Gap]:
    if not over:
        return
    words = "No evidence is expected on these days and no operating test has been concluded."
    for days in without([over], [expected.asked for expected in facts.evidence]):
        yield Gap(ReasonCode.NOTHING_SHOWN, words, days, part.definition)


def clean_days(control: JudgedControl, requirement: str) -> list[Days]:
    """The days up to today on which the control answered a requirement and has no gap."""
    return merged(days for judged in control.parts if requirement in judged.part.requirements for days in judged.clean)
