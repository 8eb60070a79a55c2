from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field

from services.risk.register.risks.schemas import RatingOut
from shared.data.queries import Query
from shared.events.catalogue.risk import RiskStanding
from shared.http.fields import once_each

MOST_SHOWN = 1_000


class WhatIfQuery(Query):
    """Which controls fail."""

    control_id: Annotated[list[UUID], AfterValidator(once_each)] = Field(
        min_length=1, max_length=100, description="A control that fails; several are told one after the other"
    )


class RaisedRisk(BaseModel):
    """A risk that would be rated higher."""

    id: UUID
    code: str
    title: str
    before: RatingOut
    after: RatingOut
    standing_before: RiskStanding
    standing_after: RiskStanding
    crosses: bool = Field(description="Whether it would exceed a limit that it does not exceed now")
    reasons: list[str] = Field(description="How the rating would be found")


class WhatIfOut(BaseModel):
    """What would follow if all of these controls failed at once."""

    control_ids: list[UUID]
    risks: int = Field(description="How many risks that are not closed name one of these controls")
    raised: int = Field(description="How many of them would be rated higher")
    crossing: int = Field(description="How many would exceed a limit that they do not exceed now")
    items: list[RaisedRisk] = Field(
        max_length=MOST_SHOWN, description="Those that would be rated higher, those that cross a limit first"
    )
