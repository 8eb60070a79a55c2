"""What the controls service announces of its tests."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from shared.events.event import Event


class Outcome(StrEnum):
    """What a test came to. Only pass and fail conclude it; the others clear no failure and prove nothing."""

    PASS = "pass"  # noqa: S105 - a result, and no password
    FAIL = "fail"
    NOT_APPLICABLE = "not_applicable"
    ERROR = "error"
    INCONCLUSIVE = "inconclusive"


class TestKind(StrEnum):
    """Whether a control would do what it should (design), or does it (operating)."""

    DESIGN = "design"
    OPERATING = "operating"


class TestRecorded(Event):
    """A test of a control came to a result that says something new: the first, another outcome, or one by hand.

    It is about the result. A check that finds the same again is in the record of results, and no news.
    """

    name: ClassVar[str] = "controls.test.recorded"

    control_id: UUID
    control_code: str
    standing_id: UUID
    title: str
    kind: TestKind
    automated: bool
    outcome: Outcome
    concluded: Outcome | None
    observed_at: datetime


class TestResultsPushed(Event):
    """A monitor or build server reported results; each of them names this push. It is about the push."""

    name: ClassVar[str] = "controls.test_results.pushed"

    recorded: int
    outcomes: dict[str, int]
    sources: list[str]


class TestStandingWithdrawn(Event):
    """Something is no longer tested, and does not count any longer."""

    name: ClassVar[str] = "controls.test_standing.withdrawn"

    control_id: UUID
    title: str
