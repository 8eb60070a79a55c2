from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from services.audit.sampling.samples.models import ItemOrigin, ItemStatus
from shared.http.fields import ActedBy, Code, Input, Prose

Decided = Literal[ItemStatus.PASSED, ItemStatus.DEVIATION, ItemStatus.NOT_APPLICABLE, ItemStatus.UNAVAILABLE]


class ItemDecision(Input):
    """What came of an item. There is no default, and no way to decide many at once."""

    status: Decided
    reason: Prose | None = Field(
        default=None,
        description="Required but for a passed item: what deviated, or why it does not apply or cannot be tested",
        examples=["Deployed at 14:02, approved at 16:40 by the developer's team lead."],
    )
    alternatives: Prose | None = Field(
        default=None, description="Unavailable only, and required there: the alternative procedures that were tried"
    )
    attributes: Annotated[list[Code], Field(max_length=26)] = Field(
        default_factory=list, description="Deviation only: the attributes that deviated, where the sample has any"
    )


class SampleItemOut(BaseModel):
    id: UUID
    engagement_id: UUID
    sample_id: UUID
    place: int = Field(description="In the order of the sample; the first is 1")
    origin: ItemOrigin
    replaces_id: UUID | None = Field(description="The item whose place it took")
    key: str
    row: int = Field(description="In the frame; the first is 1")
    day: date | None
    stratum: str | None
    ticket: str | None = Field(description="SHA-256 by `attest-draw-1`; null where no seed selected it")
    cells: dict[str, str] = Field(description="The item as the file has it, by headings")
    status: ItemStatus
    reason: str | None
    alternatives: str | None
    attributes: list[str] = Field(description="That deviated")
    decided_by: ActedBy | None
    decided_at: datetime | None
    version: int
    created_at: datetime
    updated_at: datetime
