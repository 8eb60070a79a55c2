from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from services.controls.earlier import Dates
from services.controls.frameworks.requirements.schemas import Requirements
from services.controls.register.controls.models import ControlKind, ControlNature, ControlStatus
from services.controls.register.rhythms.models import ControlFrequency
from services.controls.register.rhythms.schemas import Recurrence
from shared.http.fields import ActedBy, Code, Input, NamedPerson, PersonRef, Prose, Title


class ControlDraft(Input):
    """A control as written down; it starts as a draft."""

    code: Code = Field(examples=["AC-01"])
    title: Title = Field(examples=["Access is reviewed every quarter"])
    statement: Prose = Field(examples=["The owner of each system reviews who has access to it, every quarter."])
    owner: PersonRef
    backup_owner: PersonRef | None = Field(default=None, description="Who answers for it when the owner cannot")
    kind: ControlKind
    nature: ControlNature
    frequency: ControlFrequency
    recurrence: Recurrence | None = Field(
        default=None, description="On which days it is due; the default days of its frequency, in UTC, when left out"
    )
    requirements: Requirements = Field(default=[])


class ControlOut(BaseModel):
    id: UUID
    code: str
    title: str
    statement: str
    owner: NamedPerson
    kind: ControlKind
    nature: ControlNature
    frequency: ControlFrequency
    recurrence: Recurrence | None = Field(description="Null for the default days of its frequency, in UTC")
    requirements: list[str] = Field(examples=[["soc2:CC6.2", "soc2:CC6.3"]])
    status: ControlStatus
    author: ActedBy = Field(description="Who wrote it; someone else approves it")
    backup_owner: NamedPerson | None
    definition: int | None = Field(description="The number of the definition approved last; null before the first")
    pending_definition: int | None = Field(
        description="The number of a text that is proposed for a control in operation: read it among its definitions"
    )
    pending_from: datetime | None = Field(description="When the pending one takes effect; null until it is approved")
    implemented_at: datetime | None = Field(description="Since when it is in operation")
    implementation: Dates | None = Field(description="Since when, and when that came into Attest")
    retired_at: datetime | None = Field(description="Since when it is no longer operated")
    version: int
    created_at: datetime
    updated_at: datetime


class NamedControl(BaseModel):
    """A control where another thing tells of it."""

    id: UUID
    code: str = Field(examples=["AC-01"])
    title: str
