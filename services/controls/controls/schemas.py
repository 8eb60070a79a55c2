from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from services.controls.controls.models import ControlFrequency, ControlKind, ControlNature, ControlStatus
from services.controls.requirements.schemas import Requirements
from shared.http.fields import Code, Input, Owner, Prose, Title


class ControlDraft(Input):
    """A control as written down; it starts as a draft."""

    code: Code = Field(examples=["AC-01"])
    title: Title = Field(examples=["Access is reviewed every quarter"])
    statement: Prose = Field(examples=["The owner of each system reviews who has access to it, every quarter."])
    owner: Owner = Field(examples=["dana@example.com"])
    kind: ControlKind
    nature: ControlNature
    frequency: ControlFrequency
    requirements: Requirements = Field(default=[])


class ControlRevision(Input):
    """What to change; members left out stay as they are. A change of an approved control needs approval again."""

    title: Title | None = None
    statement: Prose | None = None
    owner: Owner | None = None
    kind: ControlKind | None = None
    nature: ControlNature | None = None
    frequency: ControlFrequency | None = None
    requirements: Requirements | None = None


class ControlOut(BaseModel):
    id: UUID
    code: str
    title: str
    statement: str
    owner: str
    kind: ControlKind
    nature: ControlNature
    frequency: ControlFrequency
    requirements: list[str] = Field(examples=[["soc2:CC6.2", "soc2:CC6.3"]])
    status: ControlStatus
    author: str = Field(description="Who wrote it; someone else approves it")
    version: int
    created_at: datetime
    updated_at: datetime
