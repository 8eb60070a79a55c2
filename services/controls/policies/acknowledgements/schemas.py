from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, Field, model_validator

from services.controls.earlier import Dates
from services.controls.policies.policy_campaigns.models import AcknowledgementStatus
from shared.http.fields import ActedBy, Input, NamedPerson, PersonRef, Prose

People = Annotated[
    list[PersonRef],
    Field(
        min_length=1,
        max_length=1000,
        examples=[["kim@example.com"]],
        description="People of the campaign, by id or e-mail address, those who have left too",
    ),
]


class RecordedAcknowledgements(Input):
    """That these people have acknowledged outside Attest, and what shows it: a statement, evidence, or both."""

    people: People
    statement: Prose | None = Field(default=None, examples=["Signed on paper at the induction of 3 June."])
    evidence_id: UUID | None = Field(default=None, description="An item of the evidence service")

    @model_validator(mode="after")
    def _is_shown_by_something(self) -> Self:
        if self.statement is None and self.evidence_id is None:
            raise ValueError("say what shows it: a statement or evidence")
        return self


class Excusal(Input):
    """Why these people need not acknowledge."""

    people: People
    reason: Prose = Field(examples=["They left in May."])


class AcknowledgementOut(BaseModel):
    id: UUID
    campaign_id: UUID
    person: NamedPerson
    status: AcknowledgementStatus
    acknowledged_at: datetime | None
    recorded_by: ActedBy | None = Field(description="Who acknowledged, recorded it for them or excused them")
    on_behalf: bool = Field(description="Whether someone else recorded that they have")
    statement: str | None
    evidence_id: UUID | None
    excuse: str | None
    dates: Dates | None = Field(description="When they acknowledged, and when that came into Attest; null before")
    version: int
    created_at: datetime
    updated_at: datetime
