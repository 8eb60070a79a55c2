from uuid import UUID

from pydantic import BaseModel, Field

from services.risk.register.risks.models import RiskTreatment
from services.risk.register.risks.schemas import RatingOut
from shared.events.catalogue.controls import HealthState
from shared.events.catalogue.risk import RiskStanding, RiskStatus

MOST_RISKS = 500


class ProtectingControl(BaseModel):
    """A control that protects the asset, as last heard of."""

    control_id: UUID
    known: bool = Field(description="Whether this service has heard of the control yet")
    code: str | None
    title: str | None
    health: HealthState | None
    retired: bool | None


class AssetRisk(BaseModel):
    """A risk that is about the asset."""

    id: UUID
    code: str
    title: str
    status: RiskStatus
    current: RatingOut
    standing: RiskStanding
    treatment: RiskTreatment


class NamingProgramme(BaseModel):
    """A programme that has the asset in scope, as last heard of."""

    id: UUID
    title: str
    report_type: str = Field(examples=["soc2_type2"])
    ended: bool = Field(description="Whether it was completed or withdrawn")


class NamingEngagement(BaseModel):
    """An engagement that has the asset in scope, as last heard of."""

    id: UUID
    title: str
    kind: str = Field(examples=["soc2_type2"])
    phase: str = Field(examples=["fieldwork"])


class AssetExposureOut(BaseModel):
    """The controls that protect an asset, its risks, and the scopes that it is in."""

    asset_id: UUID
    controls: list[ProtectingControl] = Field(description="In the order of the asset's `control_ids`")
    programmes: list[NamingProgramme] = Field(description="Programmes with the asset in scope, also ended ones")
    engagements: list[NamingEngagement] = Field(description="Engagements with the asset in scope, also ended ones")
    risks: int = Field(description="How many risks that are not closed are about the asset")
    above_appetite: int = Field(description="How many of these exceed the appetite, or a higher limit")
    items: list[AssetRisk] = Field(
        description="The first 500 of these risks, the worst first; all of them are at `/v1/risks?asset_id=`"
    )
