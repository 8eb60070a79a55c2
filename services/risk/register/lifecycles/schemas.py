from typing import Self
from uuid import UUID

from pydantic import Field, model_validator

from services.risk.register.risks.models import CloseReason
from services.risk.register.risks.schemas import InherentRating
from shared.http.fields import Input, Prose


class RiskClosure(Input):
    """Why a risk is closed."""

    reason: CloseReason = Field(examples=[CloseReason.AVOIDED])
    merged_into: UUID | None = Field(
        default=None, description="With the reason `merged`, the risk that this one is part of from now on"
    )
    note: Prose = Field(examples=["The product was taken off the market on 30 June."])

    @model_validator(mode="after")
    def _merged_into_another(self) -> Self:
        if (self.reason == CloseReason.MERGED) != (self.merged_into is not None):
            raise ValueError("name the risk in `merged_into` when the reason is merged, and only then")
        return self


class RiskReopening(Input):
    """Why a closed risk is opened again, and how it is rated where that has changed."""

    reason: Prose = Field(examples=["The product is sold again."])
    inherent: InherentRating | None = Field(
        default=None, description="Needed where the method in force has no such steps any longer"
    )
