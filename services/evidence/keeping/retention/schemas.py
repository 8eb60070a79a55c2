from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from services.evidence.keeping.retention.models import ClassStatus, RetentionBasis
from shared.http.fields import Input, Prose, Title

Years = Annotated[int, Field(ge=1, le=100, description="At least five when counted from a report's release")]


class RetentionClassDraft(Input):
    """For how long evidence of a kind is kept."""

    name: Title = Field(examples=["Personnel records"])
    description: Prose = Field(examples=["Background checks and contracts; counsel wants ten years."])
    years: Years = Field(examples=[10])
    basis: RetentionBasis = Field(description="The fact from which on the years are counted")
    is_default: bool = Field(default=False, description="For whatever is assigned to no class; one at a time")


class RetentionClassRevision(Input):
    """What to change, and why; other years apply to everything in the class at once."""

    name: Title | None = None
    description: Prose | None = None
    years: Years | None = None
    is_default: bool | None = None
    reason: Prose


class RetentionClassWithdrawal(Input):
    """Why nothing more is assigned to this class."""

    reason: Prose


class RetentionClassOut(BaseModel):
    id: UUID
    name: str
    description: str
    years: int
    basis: RetentionBasis
    is_default: bool
    shipped: bool = Field(description="Comes with Attest, and holds when no class of one's own is the default")
    status: ClassStatus
    version: int
    created_at: datetime
    updated_at: datetime
