from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from shared.http.fields import ActedBy, Input, NamedPerson, PersonRef, Title


class CalendarFeedDraft(Input):
    """Which due dates to show."""

    title: Title = Field(description="What the calendar is called", examples=["What I am asked for"])
    owner: Annotated[PersonRef | None, Field(description="Whose they are; everybody's when left out")] = None


class CalendarFeedOut(BaseModel):
    id: UUID
    title: str
    owner: NamedPerson | None
    holder: ActedBy = Field(description="Who had it issued; it ends when they leave")
    revoked_at: datetime | None
    version: int
    created_at: datetime
    updated_at: datetime


class CalendarFeedIssuedOut(CalendarFeedOut):
    path: str = Field(
        examples=["/v1/calendars/attest_cal_….ics"],
        description="Where the calendar is, below the address of this installation. Shown this once; whoever has it can"
        " read the calendar until it is revoked",
    )
