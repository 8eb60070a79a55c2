from datetime import datetime
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, Field

from services.controls.programmes.programme_lacks.schemas import Missing
from services.controls.programmes.programmes.models import ReportType


class StepName(StrEnum):
    """A step on the way to a report or certificate. Which ones a programme has follows from its standard."""

    CHOOSE_TYPE = "choose_type"
    DEFINE_SCOPE = "define_scope"
    ASSESS_RISKS = "assess_risks"
    STATE_APPLICABILITY = "state_applicability"
    SET_OBJECTIVES = "set_objectives"
    IMPLEMENT_CONTROLS = "implement_controls"
    TEST_CONTROLS = "test_controls"
    ENGAGE_AUDITOR = "engage_auditor"
    BE_AUDITED = "be_audited"
    RECEIVE_REPORT = "receive_report"
    RECEIVE_CERTIFICATE = "receive_certificate"


class StepState(StrEnum):
    """done: begun, and nothing is missing. blocked: not begun, and it cannot be before another step is."""

    DONE = "done"
    UNDER_WAY = "under_way"
    NOT_BEGUN = "not_begun"
    BLOCKED = "blocked"


class StepOut(BaseModel):
    step: StepName
    title: str = Field(examples=["Engage the CPA firm"])
    state: StepState
    began_at: datetime | None = Field(description="The earliest that is known to have been done for it")
    done_at: datetime | None = Field(description="The last that was done for it; null unless it is done")
    waits_for: StepName | None = Field(description="The step that has to begin first, of a blocked one")
    missing: list[Missing] = Field(description="What keeps it from being done")


class StepsOut(BaseModel):
    """The steps of a programme in their order, as everything stands now."""

    programme_id: UUID
    report_type: ReportType
    steps: list[StepOut]
