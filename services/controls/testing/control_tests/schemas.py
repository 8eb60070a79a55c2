from datetime import date, datetime
from typing import Self
from uuid import UUID

from pydantic import BaseModel, Field, model_validator

from services.controls.testing.control_tests.models import TestDecision, TestStatus
from services.controls.testing.test_results.schemas import Evidence, Notes
from shared.events.catalogue.testing import Outcome, TestKind
from shared.http.fields import Day, Input, Instant, NamedPerson, PersonRef, Prose


class TestPlan(Input):
    """What is to be tested, by whom and until when."""

    control_id: UUID
    procedure_id: UUID = Field(description="Its version in force is what the test follows")
    kind: TestKind = Field(description="Design: it would do what it should. Operating: it does")
    tester: PersonRef = Field(description="Who is to perform it, by id or e-mail address: not the control's owner")
    due_at: Instant = Field(description="The control is at risk when it has not been performed by then")
    period_start: Day | None = Field(default=None, description="The first day of the period that is tested")
    period_end: Day | None = Field(default=None, description="The last day of it")

    @model_validator(mode="after")
    def _whole_period(self) -> Self:
        start, end = self.period_start, self.period_end
        if (start is None) != (end is None) or (start is not None and end is not None and end < start):
            raise ValueError("a period has a first day and a last day that is not before it")
        return self


class TestRevision(Input):
    """What to change before it is performed; members left out stay as they are."""

    tester: PersonRef | None = None
    due_at: Instant | None = None


class PerformedTest(Input):
    """What a test came to."""

    outcome: Outcome = Field(description="Only pass and fail conclude it, and inquiry alone supports neither")
    observed_at: Instant | None = Field(
        default=None,
        description="When it was found to be so, not before the day on which the test was planned; now when left out",
    )
    notes: Notes = Field(examples=["All 14 leavers of the quarter lost their access within a day."])
    evidence_ids: Evidence = Field(default=[])


class TestReview(Input):
    """Sign a result off, or return it with a reason."""

    decision: TestDecision
    reason: Prose | None = Field(default=None, description="Required when it is returned")

    @model_validator(mode="after")
    def _reasoned(self) -> Self:
        if self.decision == TestDecision.RETURNED and self.reason is None:
            raise ValueError("what is returned needs a reason")
        return self


class TestCancellation(Input):
    """Why a test is not performed."""

    reason: Prose


class TestOut(BaseModel):
    id: UUID
    control_id: UUID
    control_code: str = Field(examples=["AC-01"])
    procedure_id: UUID
    procedure_version_id: UUID = Field(description="What it follows, as it was approved")
    definition_id: UUID | None = Field(description="The version of the control's definition that is tested")
    title: str = Field(description="The procedure's")
    kind: TestKind
    tester: NamedPerson
    due_at: datetime
    period_start: date | None
    period_end: date | None
    status: TestStatus
    result_id: UUID | None = Field(description="Its last result; all of them: `/v1/test-results?test_id=`")
    outcome: Outcome | None
    version: int
    created_at: datetime
    updated_at: datetime
