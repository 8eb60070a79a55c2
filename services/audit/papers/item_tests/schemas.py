from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from services.audit.papers.item_tests.models import AttributeResult
from services.audit.papers.papers.schemas import Label, Mark
from services.audit.sampling.sample_items.schemas import Decided
from services.audit.sampling.samples.models import ItemStatus
from shared.http.fields import ActedBy, Code, Input, Prose

TickMarks = Annotated[
    list[Mark], Field(default_factory=list, max_length=20, description="Of the paper's legend, in any number")
]


class AttributeTest(Input):
    """What one attribute came to. There is no default."""

    code: Code = Field(examples=["A"])
    result: AttributeResult
    tick_marks: TickMarks


class ItemTestDraft(Input):
    """The test of one item; the item is decided by it."""

    outcome: Decided
    reason: Prose | None = Field(
        default=None, description="Required but for a passed item: what deviated, or why it is not applicable or tested"
    )
    alternatives: Prose | None = Field(
        default=None, description="Unavailable only, and required there: the alternative procedures that were tried"
    )
    attributes: list[AttributeTest] = Field(
        default_factory=list, max_length=26, description="Every attribute of the sample, of an item that was tested"
    )
    tick_marks: TickMarks
    evidence: list[Label] = Field(default_factory=list, max_length=50, description="Labels of the paper's evidence")
    note: Prose | None = None


class ItemTestOut(BaseModel):
    id: UUID
    engagement_id: UUID
    paper_id: UUID
    sample_id: UUID
    sample_item_id: UUID
    place: int = Field(description="Of the item in the order of its sample")
    key: str
    outcome: ItemStatus = Field(description="As the item has it")
    reason: str | None
    attributes: list[AttributeTest]
    tick_marks: list[str]
    evidence: list[str]
    note: str | None
    tested_by: ActedBy
    version: int
    created_at: datetime
    updated_at: datetime
