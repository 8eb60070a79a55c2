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


class _About(Event):
    """Every event about a test says of which control, and what is tested."""

    control_id: UUID
    control_code: str
    title: str
    kind: TestKind
    test_id: UUID | None = None


class TestPlanned(_About):
    """A control is to be tested by a person, until an instant."""

    name: ClassVar[str] = "controls.test.planned"

    tester_id: UUID
    due_at: datetime


class TestRevised(_About):
    """A test that has not been performed was given to someone else, or another date."""

    name: ClassVar[str] = "controls.test.revised"

    tester_id: UUID
    due_at: datetime


class TestCancelled(_About):
    """A planned test is not performed."""

    name: ClassVar[str] = "controls.test.cancelled"


class TestRecorded(_About):
    """A test of a control came to a result that says something new: the first, another outcome, or one by hand.

    It is about the result. A check that finds the same again is in the record of results, and no news. `concluded` is
    what the test stands at with it; a pass by hand concludes nothing before it is signed off. Of a test outside Attest
    on an earlier day, `historical_record_id` is the accepted record; null otherwise.
    """

    name: ClassVar[str] = "controls.test.recorded"

    standing_id: UUID
    automated: bool
    outcome: Outcome
    concluded: Outcome | None = None
    observed_at: datetime
    historical_record_id: UUID | None = None


class _Reviewed(_About):
    outcome: Outcome
    tester_id: UUID | None


class TestResultSignedOff(_Reviewed):
    """Someone other than the tester agreed with a result; it is about the result."""

    name: ClassVar[str] = "controls.test_result.signed_off"


class TestResultReturned(_Reviewed):
    """Someone other than the tester did not agree with a result, which counts no longer; the reason says why."""

    name: ClassVar[str] = "controls.test_result.returned"


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
