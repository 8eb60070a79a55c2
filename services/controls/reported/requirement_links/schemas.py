from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from services.controls.frameworks.crosswalks.models import COVERING, Relation
from services.controls.reported.requirement_links.models import RequirementLinkStatus
from shared.http.fields import Input, Prose, Title


class RequirementLinkDraft(Input):
    """Whose checks test, from now on, the controls that answer the requirements which they name."""

    source_id: UUID | None = Field(
        default=None, description="The registered source that reports the checks, for what comes by webhook"
    )
    source: Title | None = Field(
        default=None, description="The name that result files are sent under", examples=["nightly: openscap"]
    )
    tool: Title | None = Field(default=None, description="Of which tool; of any when left out", examples=["openscap"])
    relations: Annotated[list[Relation], Field(max_length=len(Relation))] = Field(
        default=sorted(COVERING),
        description="Of crosswalk entries that are followed, from the requirement that a check names to the one that a"
        " control answers. An empty list follows none: only controls that answer the named requirement are tested",
    )
    valid_days: Annotated[int, Field(ge=1, le=400)] | None = Field(
        default=None,
        description="How many days a result counts as current: the control is at risk when no other has come by then",
    )


class RequirementLinkRetirement(Input):
    """Why the requirements that the source names are followed no longer."""

    reason: Prose


class RequirementLinkOut(BaseModel):
    id: UUID
    source_id: UUID | None
    source: str | None
    tool: str | None
    relations: list[Relation]
    valid_days: int | None
    status: RequirementLinkStatus
    version: int
    created_at: datetime
    updated_at: datetime
