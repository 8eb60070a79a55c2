from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from services.risk.vendors.assurance_reports.schemas import Page
from shared.events.catalogue.controls import HealthState
from shared.http.fields import Code, Input, NamedPerson, PersonRef, Prose


class ComplementaryControlDraft(Input):
    """What the report asks of its users."""

    text: Prose = Field(examples=["User entities remove access of their leavers within a day."])
    criteria: Annotated[list[Code], Field(max_length=50, examples=[["CC6.2"]])] = Field(default=[])
    page: Page


class ComplementaryControls(Input):
    """The controls that a report asks of its users."""

    controls: list[ComplementaryControlDraft] = Field(min_length=1, max_length=100)


class ComplementaryMapping(Input):
    """The control of ours that answers it with who answers for it, or why it does not apply."""

    control_id: UUID | None = None
    owner: PersonRef | None = Field(default=None, description="Needed with a control")
    not_applicable_because: Prose | None = Field(default=None, examples=["We do not use their remote access."])


class ComplementaryStatus(StrEnum):
    """Whether it is answered, and whether the control that answers it is shown to work."""

    UNMAPPED = "unmapped"
    UNTESTED = "untested"
    NOT_WORKING = "not_working"
    WORKING = "working"
    NOT_APPLICABLE = "not_applicable"


class ComplementaryControlOut(BaseModel):
    id: UUID
    report_id: UUID
    vendor_id: UUID
    text: str
    criteria: list[str]
    page: str | None
    control_id: UUID | None
    control_code: str | None = Field(description="Null also while this service has not heard of the control")
    control_title: str | None
    control_health: HealthState | None
    owner: NamedPerson | None
    not_applicable_because: str | None
    status: ComplementaryStatus = Field(
        description="`untested`: the control's health is unknown. `not_working`: it is failing, at risk or retired"
    )
    version: int
    created_at: datetime
    updated_at: datetime


class ComplementaryControlsOut(BaseModel):
    """The recorded controls, in the order in which they were given."""

    ids: list[UUID]
