"""How long the stages of an engagement take. Pure.

A stage lasts from one milestone to another, in days: from Monday to Tuesday is one. Of a stage whose milestones are not
both planned, or not both reached, the days are not known.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from services.audit.planning.milestones.models import MilestoneKind


class Stage(StrEnum):
    """A part of an engagement's time: preparation, fieldwork, reporting, and all of it."""

    PREPARATION = "preparation"
    FIELDWORK = "fieldwork"
    REPORTING = "reporting"
    WHOLE = "whole"


ENDS = {
    Stage.PREPARATION: (MilestoneKind.KICKOFF, MilestoneKind.FIELDWORK_START),
    Stage.FIELDWORK: (MilestoneKind.FIELDWORK_START, MilestoneKind.FIELDWORK_END),
    Stage.REPORTING: (MilestoneKind.FIELDWORK_END, MilestoneKind.REPORT_ISSUED),
    Stage.WHOLE: (MilestoneKind.KICKOFF, MilestoneKind.REPORT_ISSUED),
}


@dataclass(frozen=True, slots=True)
class PlannedDay:
    """The days of a milestone: by the first plan, by the plan now, and when it was reached."""

    kind: MilestoneKind
    planned_on: date
    due_on: date
    done_on: date | None


@dataclass(frozen=True, slots=True)
class Duration:
    """How many days a stage takes by the first plan, by the plan now, and in fact."""

    stage: Stage
    planned_days: int | None
    due_days: int | None
    actual_days: int | None

    @property
    def over_plan_days(self) -> int | None:
        """How many days longer than first planned it took; negative when shorter."""
        return _less(self.actual_days, self.planned_days)


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier engagement of the same kind, with how long its stages took."""

    id: UUID
    last_day: date
    durations: Sequence[Duration]


@dataclass(frozen=True, slots=True)
class Comparison:
    """A stage, and how long it took in the latest earlier engagement of which that is known."""

    duration: Duration
    earlier_id: UUID | None
    earlier_days: int | None

    @property
    def over_earlier_days(self) -> int | None:
        """How many days longer than then it took; negative when shorter."""
        return _less(self.duration.actual_days, self.earlier_days)


def durations(milestones: Iterable[PlannedDay]) -> list[Duration]:
    """How long each stage takes; of several milestones of a kind none is expected."""
    of = {milestone.kind: milestone for milestone in milestones}
    found = []
    for stage, (start, end) in ENDS.items():
        first, last = of.get(start), of.get(end)
        if first is None or last is None:
            found.append(Duration(stage, None, None, None))
            continue
        actual = (last.done_on - first.done_on).days if first.done_on and last.done_on else None
        found.append(
            Duration(stage, (last.planned_on - first.planned_on).days, (last.due_on - first.due_on).days, actual)
        )
    return found


def compared(here: Sequence[Duration], earlier: Collection[Earlier]) -> list[Comparison]:
    """Each stage with the same one of the latest earlier engagement in which it came to its end."""
    latest_first = sorted(earlier, key=lambda each: (each.last_day, each.id), reverse=True)
    return [_compared(duration, latest_first) for duration in here]


def _compared(duration: Duration, latest_first: Iterable[Earlier]) -> Comparison:
    for engagement in latest_first:
        for then in engagement.durations:
            if then.stage == duration.stage and then.actual_days is not None:
                return Comparison(duration, engagement.id, then.actual_days)
    return Comparison(duration, None, None)


def _less(days: int | None, others: int | None) -> int | None:
    return None if days is None or others is None else days - others
