from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from services.controls.frameworks.crosswalks.models import EntryStatus, MappingBasis, Relation
from services.controls.frameworks.requirements.schemas import RequirementRef
from shared.http.batches import Answered
from shared.http.fields import Input, Prose

Strength = Annotated[
    int,
    Field(ge=1, le=10, description="1 to 10, weakest to strongest (NIST IR 8477); null when nobody has said"),
]


class Mapping(Input):
    """One requirement, another, and what they have to do with each other."""

    source: RequirementRef
    target: RequirementRef = Field(examples=["iso27001:A.5.15"])
    relation: Relation = Field(description="How the source stands to the target; read the other way, it is turned")
    strength: Strength | None = None
    basis: MappingBasis | None = None
    rationale: Prose | None = Field(default=None, examples=["Both ask that access be granted by role."])


class EntryDraft(Mapping):
    """An entry of one of the organisation's own crosswalks."""

    crosswalk_id: UUID


class EntryRevision(Input):
    """What to change; members left out stay as they are, and null takes away what was said."""

    relation: Relation | None = Field(default=None, description="Null leaves it as it is: no entry is without one")
    strength: Strength | None = None
    basis: MappingBasis | None = None
    rationale: Prose | None = None


class EntryBatch(Input):
    """Up to 1,000 entries of one crosswalk. With `atomic` all of them are written or none."""

    crosswalk_id: UUID
    atomic: bool = False
    entries: list[Mapping] = Field(min_length=1, max_length=1000)


class EntryOut(BaseModel):
    id: UUID
    crosswalk_id: UUID
    source: str = Field(examples=["soc2:CC6.1"])
    target: str = Field(examples=["iso27001:A.5.15"])
    relation: Relation
    strength: int | None
    basis: MappingBasis | None
    rationale: str | None
    status: EntryStatus
    version: int
    created_at: datetime
    updated_at: datetime


class EntryBatchOut(BaseModel):
    written: int
    refused: int
    results: list[Answered] = Field(description="In the order of the batch")
