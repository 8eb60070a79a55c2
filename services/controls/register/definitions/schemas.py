from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field

from services.controls.earlier import Dates
from services.controls.register.controls.models import ControlKind, ControlNature
from services.controls.register.definitions.models import DefinitionState
from services.controls.register.rhythms.models import ControlFrequency
from services.controls.register.rhythms.schemas import Recurrence
from shared.http.fields import ActedBy, Input, Instant, Prose


class DefinitionApproval(Input):
    """From when an approved text is in force; at once when left out."""

    effective_from: Instant | None = Field(
        default=None,
        examples=["2026-07-01T00:00:00Z"],
        description="Now, or in the future for a change that is announced; always after the definition before it. What"
        " was approved outside Attest on an earlier day is told as a historical record",
    )
    reason: Prose | None = Field(default=None, examples=["Agreed by the security committee."])


class DefinitionWithdrawal(Input):
    """Why a proposed text will not be in force."""

    reason: Prose


class DefinitionOut(BaseModel):
    """One text of a control. It is in force at every instant t with effective_from ≤ t < effective_to."""

    id: UUID = Field(description="What tests refer to")
    control_id: UUID
    control_code: str = Field(examples=["AC-01"])
    number: int = Field(examples=[2], description="Counted from 1 for each control")
    state: DefinitionState
    title: str
    statement: str
    kind: ControlKind
    nature: ControlNature
    frequency: ControlFrequency
    recurrence: Recurrence | None = Field(description="Null for the default days of its frequency, in UTC")
    requirements: list[str] = Field(examples=[["soc2:CC6.2", "soc2:CC6.3"]])
    author: ActedBy = Field(description="Who wrote it; someone else approved it")
    approver: ActedBy | None
    approved_at: datetime | None
    effective_from: datetime | None = Field(description="The first instant; null until it is approved")
    effective_to: datetime | None = Field(
        description="The first instant at which it is no longer in force: the next takes effect, or the control was"
        " retired; null while neither is known"
    )
    dates: Dates | None = Field(
        description="From when it is in force, and when that came into Attest; null for a draft"
    )
    version: int
    created_at: datetime
    updated_at: datetime


class DefinitionChange(BaseModel):
    """One thing that two definitions say differently."""

    field: str = Field(examples=["frequency"])
    before: Any = Field(examples=["quarterly"])
    after: Any = Field(examples=["monthly"])


class DefinitionChanges(BaseModel):
    """What changed from one definition of a control to another."""

    control_id: UUID
    since: int | None = Field(description="The number of the earlier one; null when there is none before")
    number: int
    changes: list[DefinitionChange]
    requirements_added: list[str]
    requirements_removed: list[str]
