"""What was expected of a control in a period, and how it stands. Pure.

In order:
1. A day belongs to the definition that is in force on it; the day on which one takes effect is the new one's already.
   Nothing is expected before the control is in operation, nor from the day on which it is retired.
2. An occurrence is in time when the control was performed on its due day or before, late within the tolerance after.
3. What was not performed by then is missed, and open until then.
4. A control that waits for what happens, and for which nothing happened, has no occurrence: neither pass nor fail.
5. A control in a rhythm that has nothing in the period falls outside it, and nothing is concluded of it either.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from services.controls.register.occurrences.models import PeriodOutcome, Standing
from services.controls.register.occurrences.schemas import Expected, OccurrenceCounts, Part
from services.controls.register.rhythms.rules import Rhythm, due_dates, end_of, first_due, local_day, rhythm_of
from services.controls.register.rhythms.schemas import Recurrence

LONGEST_PERIOD = timedelta(days=3 * 366)
_FAR = date(2300, 1, 1)


@dataclass(frozen=True, slots=True)
class DefinitionFacts:
    """An approved definition: what it says of when, and from when it is in force."""

    id: UUID
    number: int
    frequency: str
    recurrence: Recurrence | None
    effective_from: datetime

    @property
    def time_zone(self) -> str:
        return self.recurrence.time_zone if self.recurrence else "UTC"


@dataclass(frozen=True, slots=True)
class ControlFacts:
    """Since when a control is in operation, until when, and its approved definitions in their order."""

    implemented_at: datetime | None
    retired_at: datetime | None
    definitions: Sequence[DefinitionFacts]


@dataclass(frozen=True, slots=True)
class Performance:
    """A control was performed. `made_good_at` is when that was recorded, if it had been announced as missed before."""

    id: UUID
    performed_at: datetime
    due_on: date | None
    made_good_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Stretch:
    """The days from `start` until before `end` on which a definition was in force and the control in operation."""

    definition: DefinitionFacts
    rhythm: Rhythm | None
    start: date
    end: date

    def within(self, start: date, end: date) -> "Stretch":
        return Stretch(self.definition, self.rhythm, max(start, self.start), min(end, self.end))

    def due(self) -> tuple[date, ...]:
        return due_dates(self.rhythm, self.start, self.end) if self.rhythm and self.start < self.end else ()

    def part(self) -> Part:
        return Part(
            definition=self.definition.number,
            frequency=self.definition.frequency,
            rule=self.rhythm.rule if self.rhythm else None,
            time_zone=self.definition.time_zone,
            first_day=self.start,
            last_day=self.end - timedelta(days=1),
        )


@dataclass(frozen=True, slots=True)
class Period:
    """A control in a period, worked out."""

    outcome: PeriodOutcome
    counts: OccurrenceCounts
    parts: list[Part]
    expected: list[Expected]
    additional: list[UUID]
    next_due_on: date | None


def stretches(control: ControlFacts) -> list[Stretch]:
    """The days of a control in operation, by the definition in force on them; none before it is implemented."""
    if control.implemented_at is None:
        return []
    begins = [
        local_day(max(definition.effective_from, control.implemented_at), definition.time_zone)
        for definition in control.definitions
    ]
    found = []
    for place, definition in enumerate(control.definitions):
        end = begins[place + 1] if place + 1 < len(begins) else _FAR
        if control.retired_at is not None:
            end = min(end, local_day(control.retired_at, definition.time_zone))
        if begins[place] < end:
            found.append(
                Stretch(definition, rhythm_of(definition.frequency, definition.recurrence), begins[place], end)
            )
    return found


def period_of(
    control: ControlFacts, performances: Sequence[Performance], *, start: date, end: date, as_of: datetime
) -> Period:
    """How a control stands in the days from `start` until before `end`.

    `performances` are those that were due in these days, and those performed in them or within a day of them.
    """
    whole = stretches(control)
    inside = [part for stretch in whole if (part := stretch.within(start, end)).start < part.end]
    by_day: Mapping[date, list[Performance]] = defaultdict(list)
    for performance in performances:
        if performance.due_on is not None:
            by_day[performance.due_on].append(performance)
    expected = [_expected(part, due, by_day.get(due, ()), as_of) for part in inside for due in part.due()]
    here = [performance for performance in performances if in_force(inside, performance.performed_at)]
    additional = [
        performance.id for performance in here if performance.due_on is None or not is_due(whole, performance.due_on)
    ]
    counts = _counts(expected, performances=len(here), additional=len(additional))
    outcome = _outcome(inside, counts)
    return Period(
        outcome=outcome,
        counts=counts,
        parts=[part.part() for part in inside],
        expected=expected,
        additional=additional,
        next_due_on=next_due(whole, end) if outcome == PeriodOutcome.OUTSIDE_PERIOD else None,
    )


def next_due(control: Iterable[Stretch], day: date) -> date | None:
    """The first due day on or after a day, by the definition that will be in force then."""
    for stretch in control:
        if stretch.rhythm and day < stretch.end:
            due = first_due(stretch.rhythm, max(day, stretch.start))
            if due is not None and due < stretch.end:
                return due
    return None


def is_due(control: Iterable[Stretch], day: date) -> bool:
    """Whether an occurrence is expected on this very day."""
    return next_due(control, day) == day


def tolerance_ends(control: Iterable[Stretch], due_on: date) -> datetime:
    """The instant at which an occurrence that is due on this day is missed, if it has not been performed by then."""
    rhythm = next(stretch.rhythm for stretch in control if stretch.start <= due_on < stretch.end and stretch.rhythm)
    return end_of(due_on + rhythm.tolerance, rhythm.time_zone)


def in_force(control: Iterable[Stretch], performed_at: datetime) -> Stretch | None:
    """What was in force and in operation when something was performed; None when nothing was."""
    for stretch in control:
        if stretch.start <= local_day(performed_at, stretch.definition.time_zone) < stretch.end:
            return stretch
    return None


def due_for(control: Sequence[Stretch], performed_at: datetime, taken: Collection[date]) -> date | None:
    """The expected occurrence that a performance is, if nobody says: the first late one, or the next; None if taken."""
    now = in_force(control, performed_at)
    if now is None or now.rhythm is None:
        return None
    day = local_day(performed_at, now.definition.time_zone)
    late = [
        due
        for stretch in control
        if stretch.rhythm
        for due in stretch.within(day - stretch.rhythm.tolerance, day).due()
        if due not in taken
    ]
    if late:
        return late[0]
    following = next_due(control, day)
    return None if following in taken else following


def _expected(part: Stretch, due: date, performances: Sequence[Performance], as_of: datetime) -> Expected:
    assert part.rhythm is not None
    zone, last_day = part.rhythm.time_zone, due + part.rhythm.tolerance
    first = min(performances, key=lambda performance: (performance.performed_at, performance.id), default=None)
    if first is not None and local_day(first.performed_at, zone) <= due:
        standing = Standing.IN_TIME
    elif first is not None and local_day(first.performed_at, zone) <= last_day:
        standing = Standing.LATE
    else:
        standing = Standing.OPEN if as_of < end_of(last_day, zone) else Standing.MISSED
    return Expected(
        due_on=due,
        definition=part.definition.number,
        standing=standing,
        performed_at=first.performed_at if first else None,
        occurrence_id=first.id if first else None,
        made_good_on=first.made_good_at.date() if first and first.made_good_at else None,
    )


def _counts(expected: Sequence[Expected], *, performances: int, additional: int) -> OccurrenceCounts:
    found = Counter(day.standing for day in expected)
    return OccurrenceCounts(
        expected=len(expected),
        performed=found[Standing.IN_TIME] + found[Standing.LATE],
        late=found[Standing.LATE],
        missed=found[Standing.MISSED],
        open=found[Standing.OPEN],
        performances=performances,
        additional=additional,
    )


def _outcome(parts: Sequence[Stretch], counts: OccurrenceCounts) -> PeriodOutcome:
    if not parts:
        return PeriodOutcome.NOT_IN_OPERATION
    if counts.missed:
        return PeriodOutcome.MISSED
    if counts.open:
        return PeriodOutcome.OPEN
    if counts.performed or counts.performances:
        return PeriodOutcome.PERFORMED
    return PeriodOutcome.OUTSIDE_PERIOD if any(part.rhythm for part in parts) else PeriodOutcome.NO_OCCURRENCE
