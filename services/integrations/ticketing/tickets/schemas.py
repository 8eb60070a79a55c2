from datetime import datetime
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, Field

from services.integrations.ticketing.fields.models import FieldResult
from services.integrations.ticketing.terms.models import Category, FieldName, SubjectKind, TicketCode, TicketSystem
from services.integrations.ticketing.tickets.models import TicketState
from shared.http.fields import ActedBy, Input


class TicketDraft(Input):
    """What a ticket is to be opened about, and through which connection."""

    connection_id: UUID
    kind: SubjectKind
    subject_id: UUID = Field(description="The issue, finding, request or action of a treatment")


class KeptValue(StrEnum):
    """Whose value of a field stands."""

    OURS = "ours"
    THEIRS = "theirs"


class TicketSettlement(Input):
    """Whose value of a field that was changed on both sides stands."""

    field: FieldName
    keep: KeptValue


class TicketFieldOut(BaseModel):
    """A field that is kept in step. Its direction is the connection's."""

    sent: str | None = Field(description="What of ours was last agreed on")
    seen: str | None = Field(description="What of theirs was last agreed on")
    theirs: str | None = Field(description="What the system last showed")
    result: FieldResult
    detail: str | None = Field(description="What the system said, where it did not take what was written")


class TicketOut(BaseModel):
    id: UUID
    connection_id: UUID
    system: TicketSystem
    kind: SubjectKind
    subject_id: UUID
    rule_id: UUID | None = Field(description="The rule that opened it; null where a person did")
    state: TicketState
    code: TicketCode | None = Field(description="Why it failed, or why it was not worked on last time")
    detail: str | None
    key: str | None = Field(description="What people call it outside", examples=["SEC-114"])
    url: str | None
    category: Category | None = Field(description="What its state outside means; null where that is not known")
    status: str | None = Field(description="Its state, as the system calls it")
    assignee: str | None = Field(description="Who works on it, as the system calls them")
    updated_outside_at: datetime | None
    fields: dict[FieldName, TicketFieldOut]
    awaits_check: bool = Field(
        description="Closed outside, while the thing is not over here: whether what was done works is to be checked"
    )
    opened_by: ActedBy
    version: int
    created_at: datetime
    updated_at: datetime


class TicketCallOut(BaseModel):
    """One request about a ticket, and what came of it."""

    id: UUID
    ticket_id: UUID
    step: str = Field(examples=["find", "create", "read", "update", "transition"])
    started_at: datetime
    milliseconds: int
    status: int | None = Field(description="HTTP status of the answer")
    code: TicketCode | None = Field(description="Why it was refused, or not answered")
