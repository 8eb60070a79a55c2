"""When a control failed, from the changes of its health in any order of hearing. A pure function.

A failure lasts until the control is known to work again: healthy or at risk, whose evidence is still fresh. A control
of which nothing is known any longer has not been shown to work, so that its failure goes on.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shared.events.catalogue.controls import HealthState

_WORKING = frozenset({HealthState.HEALTHY, HealthState.AT_RISK})


@dataclass(frozen=True, slots=True)
class HealthChange:
    """A change of health as announced; `version` counts them, with gaps.

    `reasons` are the controls service's words, to be shown; `codes` are its codes for them, to decide by.
    """

    version: int
    code: str
    title: str
    health: HealthState
    before: HealthState
    reasons: tuple[str, ...]
    codes: frozenset[str]
    at: datetime


@dataclass(frozen=True, slots=True)
class Failure:
    """A control did not work from `began` until `ended`, or it has not worked since."""

    began: HealthChange
    ended: HealthChange | None

    @property
    def since(self) -> datetime:
        return self.began.at

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
class Exceedance:
    """A risk went above appetite at an instant."""

    risk_id: UUID
    version: int
    title: str
    residual: str
    at: datetime


def failures(changes: Iterable[HealthChange]) -> list[Failure]:
    """The failures in these changes, oldest first. What a change says of the time before it counts too."""
    found: list[Failure] = []
    began: HealthChange | None = None
    for change in sorted(changes, key=lambda change: change.version):
        if began is not None and (change.before in _WORKING or change.health in _WORKING):
            found.append(Failure(began, change))
            began = None
        if began is None and change.health == HealthState.FAILING:
            began = change
    return [*found, Failure(began, None)] if began else found
