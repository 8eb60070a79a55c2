from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, Field

from services.controls.earlier import Dates, Performer
from services.controls.register.controls.models import ControlStatus
from services.controls.register.occurrences.models import PeriodOutcome, Standing
from services.controls.register.rhythms.models import ControlFrequency
from shared.http.batches import Answered
from shared.http.fields import ActedBy, Day, Input, Instant, PersonRef, Prose

LARGEST_BATCH = 1000


class OccurrenceDraft(Input):
    """A control was performed."""

    performed_at: Instant = Field(
        examples=["2026-03-30T14:00:00Z"],
        description="Not in the future, nor before the day on which the control's implementation came into Attest: what"
        " was done before is told as a historical record",
    )
    performed_by: PersonRef | None = Field(
        default=None, description="Whoever records it when left out; a person who was there on that day"
    )
    due_on: Day | None = Field(
        default=None,
        examples=["2026-03-31"],
        description="The expected occurrence that it is. When left out: the first one that is late and within its"
        " tolerance, or else the next one due, or none if that has been performed",
    )
    notes: Prose | None = None
    evidence_ids: list[UUID] = Field(default=[], max_length=50, description="Items of evidence that show it")


class OccurrenceOfControl(OccurrenceDraft):
    """A control was performed, and which."""

    control_id: UUID


class OccurrenceBatch(Input):
    """Many occurrences of any controls, each of which is answered by itself."""

    occurrences: list[OccurrenceOfControl] = Field(min_length=1, max_length=LARGEST_BATCH)


class OccurrenceWithdrawal(Input):
    """Why what was recorded was not so."""

    reason: Prose


class OccurrenceOut(BaseModel):
    id: UUID
    control_id: UUID
    control_code: str = Field(examples=["AC-01"])
    definition_id: UUID = Field(description="The definition in force when it was performed")
    due_on: date | None = Field(description="The expected occurrence that it is; null where none was expected")
    performed_at: datetime
    performed_by: Performer
    notes: str | None
    evidence_ids: list[UUID]
    recorded_by: ActedBy
    dates: Dates = Field(description="When it was performed, and when that came into Attest")
    withdrawn_at: datetime | None = Field(description="Since when it is known not to have been so, and counts nowhere")
    version: int
    created_at: datetime
    updated_at: datetime


class BatchAnswer(Answered):
    due_on: date | None = Field(description="The expected occurrence that it is")


class BatchOut(BaseModel):
    recorded: int
    refused: int
    results: list[BatchAnswer] = Field(description="In the order in which they were sent")


class OccurrenceCounts(BaseModel):
    """Of the occurrences expected in a period: expected = performed + missed + open."""

    expected: int = Field(examples=[4])
    performed: int = Field(description="In time, or late within the tolerance")
    late: int = Field(description="How many of the performed ones were late")
    missed: int = Field(description="Not performed, or later than the tolerance allows")
    open: int = Field(description="Not performed, and not too late yet")
    performances: int = Field(description="How often it was performed in the period, whatever that was due for")
    additional: int = Field(description="How many of these nothing had asked for by the day, as of what only happens")


class Part(BaseModel):
    """A part of the period with one definition in force, in inclusive days where the control is performed."""

    definition: int = Field(description="Its number")
    frequency: ControlFrequency
    rule: str | None = Field(
        examples=["FREQ=MONTHLY;BYMONTHDAY=-1"], description="Null where it waits for what happens"
    )
    time_zone: str
    first_day: date
    last_day: date


class Expected(BaseModel):
    """One occurrence that was expected."""

    due_on: date
    definition: int = Field(description="The number of the definition that asked for it")
    standing: Standing
    performed_at: datetime | None = Field(description="When it was first performed, be that too late")
    occurrence_id: UUID | None
    made_good_on: date | None = Field(
        description="It was announced as missed, and recorded on this day in UTC that it was performed in time; null"
        " where no miss was announced, and where it stands"
    )


class PeriodSummary(BaseModel):
    """A control in a period, whose first and last day are both in it."""

    control_id: UUID
    code: str
    title: str
    status: ControlStatus
    outcome: PeriodOutcome
    counts: OccurrenceCounts
    next_due_on: date | None = Field(
        description="Of a control in operation whose rhythm has nothing in the period (`outside_period`): the first due"
        " day after it. Plan a longer period, or test what lies before"
    )


class ControlPeriod(PeriodSummary):
    """A control in a period: what was expected day by day, and what was done."""

    period_start: date
    period_end: date
    parts: list[Part]
    expected: list[Expected]
    additional: list[UUID] = Field(description="Occurrences in the period that nothing asked for by the day")
