from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field


class ScopedDefinitionOut(BaseModel):
    """The text of a control in scope, in force for some of the time that the engagement speaks of."""

    id: UUID = Field(description="The definition's id")
    control_id: UUID
    control_code: str
    number: int = Field(description="Of the control's definitions, from 1")
    title: str
    statement: str
    kind: str
    nature: str
    frequency: str
    requirements: list[str] = Field(description="What it answers, as `framework:ref`")
    effective_from: datetime
    effective_until: datetime | None = Field(description="When another took its place; null while none has")
    approved_at: datetime
    after_freeze: bool = Field(description="Approved after fieldwork began, when the scope was frozen")
