from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, Field

from services.controls.frameworks.crosswalks.models import Relation
from services.controls.register.controls.schemas import NamedControl


class CoverageExtent(StrEnum):
    """How much of a requirement is said by controls."""

    FULLY = "fully"
    PARTLY = "partly"
    RELATED = "related"
    NOTHING = "nothing"


class WayOut(BaseModel):
    """A way from controls to the requirement: `via` is what they are mapped to, which the entry relates to it."""

    via: str = Field(examples=["soc2:CC6.2"], description="The requirement itself, where they are mapped to it")
    entry_id: UUID | None = Field(description="The crosswalk's entry; null where they are mapped to the requirement")
    crosswalk: str | None = Field(examples=["soc2-iso27001"], description="The crosswalk's code")
    relation: Relation | None = Field(description="How `via` stands to the requirement, turned where it was written so")
    strength: int | None = Field(description="Null when the entry's author has not said")
    says: CoverageExtent = Field(description="How much of the requirement a control in operation has by this way")
    in_operation: int = Field(description="How many controls in operation go this way")
    planned: int = Field(description="How many drafted or approved ones do")
    controls: list[NamedControl] = Field(
        description="The first five in operation, by code; all of them: `/v1/controls?requirement=<via>`"
    )
    planned_controls: list[NamedControl] = Field(description="The first five that are drafted or approved, by code")


class CoveredRequirement(BaseModel):
    ref: str = Field(examples=["A.5.15"])
    title: str
    group_ref: str
    extent: CoverageExtent = Field(description="By controls in operation alone")
    foreseen: CoverageExtent = Field(description="Once what is drafted or approved is in operation too")
    in_operation: int = Field(description="How many different controls in operation lead here")
    planned: int
    ways: list[WayOut] = Field(description="Direct ways first, then by how much they say")


class CoverageTotals(BaseModel):
    requirements: int
    fully: int
    partly: int
    related: int
    nothing: int
    in_operation: int = Field(description="How many different controls in operation lead to any of them")


class CoverageOut(BaseModel):
    """What the organisation would have of a framework version today, requirement by requirement."""

    version_id: UUID
    framework: str = Field(examples=["iso27001"])
    framework_version: str = Field(examples=["2022 (Amd 1:2024)"])
    through: str | None = Field(examples=["soc2"], description="Whether only controls mapped to this framework counted")
    categories: list[str]
    totals: CoverageTotals
    requirements: list[CoveredRequirement]
