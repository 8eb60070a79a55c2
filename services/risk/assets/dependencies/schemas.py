from uuid import UUID

from pydantic import BaseModel, Field

from services.risk.assets.assets.models import AssetClassification, AssetKind, RelationKind
from services.risk.assets.dependencies.rules import Direction


class DependencyOut(BaseModel):
    """An asset that was reached, by one of its shortest ways."""

    asset_id: UUID
    code: str
    title: str
    kind: AssetKind
    classification: AssetClassification
    distance: int = Field(description="How many steps away, from 1")
    from_id: UUID = Field(description="The asset one step nearer")
    relation: RelationKind = Field(
        description="Of the step: `hosts` and `processes` are named by the asset that the other rests on"
    )


class DependenciesOut(BaseModel):
    """What an asset rests on, or what rests on it."""

    asset_id: UUID
    direction: Direction
    complete: bool = Field(description="False where there are more than 500 assets, or more steps than `depth`")
    items: list[DependencyOut] = Field(description="The nearest first; retired assets are left out")
