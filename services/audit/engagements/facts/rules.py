"""When a control failed and what it missed, from news of it in any order of hearing. Pure functions.

1. A failure lasts until the control is known to work again: healthy or at risk, whose evidence is still fresh. A
   control of which nothing is known any longer has not been shown to work, so that its failure goes on.
2. A control that fails for nothing but what it missed has no failure: each missed occurrence is a fact of its own. The
   issues that are open about it meanwhile follow from it. A failure begins when another reason comes.
3. A missed occurrence stays missed, whatever is recorded for its day later.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from shared.events.catalogue.controls import HealthState, ReasonCode

_WORKING = frozenset({HealthState.HEALTHY, HealthState.AT_RISK})
_MISSED = frozenset(
    {
        ReasonCode.OCCURRENCE_MISSED,
        ReasonCode.OCCURRENCES_MISSED_IN_A_ROW,
        ReasonCode.OCCURRENCES_MISSED_TOO_OFTEN,
    }
)


@dataclass(frozen=True, slots=True)
class HealthChange:
    """A change of health as announced; `version` counts them, with gaps.

    `reasons` are the controls service's words, to be shown; `codes` are its codes for them, to decide by.
    `failing_since` is from when the first of them applies, which may lie long before `at`, when it was found.
    """

    version: int
    code: str
    title: str
    health: HealthState
    before: HealthState
    reasons: tuple[str, ...]
    codes: frozenset[str]
    at: datetime
    failing_since: datetime | None = None

    @property
    def is_of_misses(self) -> bool:
        """Whether the control fails for nothing but what it missed."""
        others = self.codes - _MISSED
        return others != self.codes and others <= {ReasonCode.SERIOUS_ISSUE_OPEN}


@dataclass(frozen=True, slots=True)
class Failure:
    """A control did not work from `began` until `ended`, or it has not worked since.

    `later` are the changes while it failed by which it failed for reasons of other kinds.
    """

    began: HealthChange
    ended: HealthChange | None
    later: tuple[HealthChange, ...] = ()

    @property
    def reasons(self) -> list[str]:
        """Why, in words, each once, in the order in which they came."""
        return list(dict.fromkeys(reason for change in (self.began, *self.later) for reason in change.reasons))

    @property
    def codes(self) -> frozenset[str]:
        return self.began.codes.union(*(change.codes for change in self.later))

    @property
    def since(self) -> datetime:
        """From when the control failed by what showed it, be that found later; else when it was found."""
        told = [change.failing_since for change in (self.began, *self.later) if change.failing_since is not None]
        return min([self.began.at, *told])

    @property
    def until(self) -> datetime | None:
        """When the control worked again, as far as is known: a change that is heard late may show that it was earlier.

        Never before it failed, though the instants of two changes may lie the other way round than their order.
        """
        return max(self.since, self.ended.at) if self.ended else None

    def covers(self, version: int) -> bool:
        """Whether the change of this version fell into the failure."""
        return self.began.version <= version and (self.ended is None or version < self.ended.version)


@dataclass(frozen=True, slots=True)
class Performance:
    """A control was performed for a due day, as was recorded after the tolerance for it had ended."""

    performed_at: datetime
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Miss:
    """An occurrence that was due on a day and had not been performed by `missed_at`, and what was recorded since."""

    code: str
    title: str
    due_on: date
    missed_at: datetime
    performances: tuple[Performance, ...] = ()

    @property
    def first_recorded_later(self) -> Performance | None:
        """What was recorded of it afterwards, the first as it was performed."""
        return min(self.performances, key=lambda each: (each.performed_at, each.recorded_at), default=None)


@dataclass(frozen=True, slots=True)
class Exceedance:
    """A risk went above appetite at an instant."""

    risk_id: UUID
    version: int
    title: str
    level: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Facts:
    """All that is known of a control that bears on a candidate, each oldest first."""

    failures: Sequence[Failure]
    misses: Sequence[Miss]
    failing_by_misses: Sequence[Failure]
    exceedances: Sequence[Exceedance]


def failures(changes: Iterable[HealthChange]) -> list[Failure]:
    """The failures in these changes, oldest first. What a change says of the time before it counts too."""
    return [failure for failure in _stretches(changes) if not failure.began.is_of_misses]


def failing_by_misses(changes: Iterable[HealthChange]) -> list[Failure]:
    """When the control was failing for nothing but what it missed, oldest first."""
    return [failure for failure in _stretches(changes) if failure.began.is_of_misses]


def _stretches(changes: Iterable[HealthChange]) -> list[Failure]:
    found: list[Failure] = []
    failing: list[HealthChange] = []
    for change in sorted(changes, key=lambda change: change.version):
        works = change.before in _WORKING or change.health in _WORKING
        fails = change.health == HealthState.FAILING
        if failing and (works or (failing[0].is_of_misses and fails and not change.is_of_misses)):
            found.append(Failure(failing[0], change, tuple(failing[1:])))
            failing = []
        if fails:
            failing.append(change)
    return [*found, Failure(failing[0], None, tuple(failing[1:]))] if failing else found
