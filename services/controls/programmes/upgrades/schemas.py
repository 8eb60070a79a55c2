from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from services.controls.frameworks.differences.schemas import ChangedRequirement, ToldRequirement
from services.controls.programmes.upgrades.models import UpgradeStatus
from shared.http.fields import ActedBy, Code, Input


class UpgradeDraft(Input):
    """Where to go."""

    framework_version_id: UUID = Field(description="Another version of the programme's framework, newer or older")
    categories: list[Code] | None = Field(
        default=None,
        max_length=50,
        examples=[["security", "availability"]],
        description="Which of its categories are in scope then; those in scope now when left out",
    )


class ControlMapping(BaseModel):
    """A control that answers a requirement; retired ones are left out."""

    control_id: UUID
    code: str = Field(examples=["AC-01"])
    requirement: str = Field(examples=["soc2:CC6.1"])


class HeldMapping(ControlMapping):
    """A mapping that counts before and after."""

    changed: bool = Field(description="Whether the requirement reads differently now, so that it should be looked at")


class UpgradeEffect(BaseModel):
    """What a move does to the programme's scope, and to what controls say they answer.

    A mapping that falls away stays on its control as text, and counts again as soon as the requirement does.
    """

    added: list[ToldRequirement] = Field(description="In scope afterwards, and not before")
    removed: list[ToldRequirement] = Field(description="In scope before, and not afterwards")
    changed: list[ChangedRequirement] = Field(description="In scope before and afterwards, and not the same")
    mappings_held: list[HeldMapping]
    mappings_fallen_away: list[ControlMapping]
    mappings_gained: list[ControlMapping] = Field(description="To requirements that come into scope")


class UpgradeCounts(BaseModel):
    added: int
    removed: int
    changed: int
    unchanged: int
    mappings_held: int
    mappings_fallen_away: int
    mappings_gained: int


class MoveOut(BaseModel):
    """From where to where, and how much of the framework is in scope."""

    programme_id: UUID
    framework: str = Field(examples=["soc2"])
    from_version: str = Field(examples=["2017"])
    from_version_id: UUID
    to_version: str = Field(examples=["2017 (rev. 2022)"])
    to_version_id: UUID
    categories_before: list[str]
    categories_after: list[str]
    in_scope_before: int
    in_scope_after: int
    counts: UpgradeCounts


class UpgradePreview(MoveOut):
    """What an upgrade would do if it were done now."""

    effect: UpgradeEffect


class UpgradeOut(MoveOut):
    """An upgrade that was done, and perhaps rolled back."""

    id: UUID
    status: UpgradeStatus
    upgraded_by: ActedBy
    rolled_back_at: datetime | None
    rolled_back_by: ActedBy | None
    version: int
    created_at: datetime
    updated_at: datetime


class UpgradeDetails(UpgradeOut):
    """An upgrade with its effect, as it was on that day."""

    effect: UpgradeEffect
