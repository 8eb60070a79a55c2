from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from services.controls.frameworks.crosswalks.models import Relation
from services.controls.programmes.adoptions.models import AdoptedMappingStatus
from shared.http.fields import ActedBy


class AdoptedMappingOut(BaseModel):
    """That a control answers a requirement, and where that comes from."""

    id: UUID
    adoption_id: UUID
    control_id: UUID
    control: str = Field(examples=["AC-01"])
    requirement: str = Field(examples=["iso27001:A.5.18"])
    via: str = Field(examples=["soc2:CC6.3"], description="What the control was mapped to when it was adopted")
    entry_id: UUID
    crosswalk: str = Field(examples=["soc2-iso27001"])
    relation: Relation = Field(description="How `via` stood to the requirement then")
    strength: int | None
    reason: str | None
    status: AdoptedMappingStatus
    adopted_by: ActedBy
    version: int
    created_at: datetime
    updated_at: datetime
