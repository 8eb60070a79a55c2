from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field

from services.risk.assets.assets.models import AssetClassification, AssetKind, AssetStatus, RelationKind
from shared.http.fields import Code, Input, NamedPerson, PersonRef, Prose, Title, once_each

MOST_RELATIONS = 200
MOST_CONTROLS = 200


class RelationDraft(Input):
    """What this asset is to another one."""

    kind: RelationKind
    asset_id: UUID


Relations = Annotated[
    list[RelationDraft],
    Field(
        max_length=MOST_RELATIONS,
        description="What it depends on, hosts, processes, is owned by and is located in, which is a location."
        " A chain of `located_in` never leads back to where it began",
    ),
]
ControlIds = Annotated[
    list[UUID],
    AfterValidator(once_each),
    Field(
        max_length=MOST_CONTROLS, description="Controls that protect it; one may be named before this service knows it"
    ),
]


class AssetDraft(Input):
    code: Code = Field(examples=["AS-DB-01"])
    title: Title = Field(examples=["Customer database"])
    kind: AssetKind
    description: Prose | None = Field(default=None, examples=["PostgreSQL cluster of production, with its replicas."])
    owner: PersonRef
    classification: AssetClassification
    personal_data: bool = Field(default=False, description="Whether it holds or processes personal data")
    relations: Relations = Field(default=[])
    control_ids: ControlIds = Field(default=[])
    status: Literal[AssetStatus.PROPOSED, AssetStatus.ACTIVE] = Field(
        default=AssetStatus.PROPOSED, description="`active` for what is in use already"
    )


class AssetRevision(Input):
    """What to change; members left out stay as they are."""

    title: Title | None = None
    kind: AssetKind | None = None
    description: Prose | None = None
    owner: PersonRef | None = None
    classification: AssetClassification | None = None
    personal_data: bool | None = None
    relations: Relations | None = None
    control_ids: ControlIds | None = None


class AssetRetirement(Input):
    """Why an asset is no longer in use."""

    reason: Prose = Field(examples=["Replaced by the new cluster."])


class RelatedAsset(BaseModel):
    kind: RelationKind
    asset_id: UUID
    code: str
    title: str


class AssetOut(BaseModel):
    id: UUID
    code: str
    title: str
    kind: AssetKind
    description: str | None
    owner: NamedPerson
    classification: AssetClassification
    personal_data: bool
    relations: list[RelatedAsset]
    control_ids: list[UUID]
    status: AssetStatus
    retired_because: str | None
    version: int
    created_at: datetime
    updated_at: datetime
