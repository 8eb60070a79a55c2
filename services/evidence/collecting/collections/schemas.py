from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from services.evidence.collecting.collections.models import CollectionStatus
from shared.http.fields import Input, Instant, NamedPerson, PersonRef, Prose


class Skip(Input):
    """Why evidence is not collected this time."""

    reason: Prose = Field(examples=["The system was taken out of service in May."])


class Override(Input):
    """Another due date for this once. The dates that follow stay as the cadence has them."""

    due_at: Instant = Field(description="When the evidence is due now; in the future")
    reason: Prose = Field(examples=["The export is not possible before the migration has ended."])


class Assignment(Input):
    """Who is asked for the evidence; members left out stay as they are."""

    owner: PersonRef | None = None
    backup_owner: Annotated[PersonRef | None, Field(description="Null when there is none any longer")] = None


class CollectionOut(BaseModel):
    """Evidence asked for once. Evidence that names no collection answers the one whose period it covers longest."""

    id: UUID
    expectation_id: UUID | None = Field(description="Null where an auditor's request asks for it")
    control_id: UUID | None = Field(description="Null where an auditor's request asks for it")
    request_id: UUID | None = Field(
        description="The request of an auditor (`/v1/requests`) that asks for it, if one does"
    )
    title: str = Field(description="That of the expectation, or code and title of the request")
    intended_on: date = Field(
        description="The date of the cadence; the next follows from it, whatever happens here. Of a request its day"
    )
    covers_from: datetime | None = Field(
        description="The first instant of the period that the evidence is about; null where a request does not say"
    )
    covers_until: datetime | None = Field(description="The first instant after that period: it is half-open")
    due_at: datetime
    overdue_at: datetime = Field(description="When it was due, and the days of grace after it")
    owner: NamedPerson | None = Field(description="Null where nobody answers for the request yet")
    backup_owner: NamedPerson | None
    status: CollectionStatus
    overdue: bool = Field(description="Whether nothing had come by then, as of the instant asked for")
    late: bool = Field(description="Whether the evidence at hand came after it was overdue")
    submitted_at: datetime | None
    accepted_at: datetime | None
    reason: str | None = Field(description="Why it was skipped, or last given another due date")
    evidence_ids: list[UUID] = Field(description="What was handed in for it, whatever became of that")
    version: int
    created_at: datetime = Field(description="When it was opened")
    updated_at: datetime
