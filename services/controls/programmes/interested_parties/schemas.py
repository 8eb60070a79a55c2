from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from services.controls.programmes.interested_parties.models import InterestedPartyStatus
from shared.http.fields import Input, Prose, Title

PartyName = Annotated[Title, Field(examples=["Customers in the health sector"])]


class PartyRequirement(Input):
    """What the party requires, and whether the management system addresses it (ISO/IEC 27001, 4.2 b and c)."""

    text: Prose = Field(examples=["Breaches of patient data are reported within 24 hours."])
    addressed: bool
    note: Prose | None = Field(
        default=None,
        examples=["By the incident procedure, IR-01."],
        description="By what it is addressed, or why it is not",
    )


PartyRequirements = Annotated[list[PartyRequirement], Field(min_length=1, max_length=200)]


class InterestedPartyDraft(Input):
    """Who expects something of the management system (ISO/IEC 27001, 4.2; since 2024 also as to climate change)."""

    name: PartyName
    requirements: PartyRequirements


class InterestedPartyRevision(Input):
    """What to change; members left out stay as they are."""

    name: PartyName | None = None
    requirements: PartyRequirements | None = None


class InterestedPartyWithdrawal(Input):
    """Why the party is not relevant any longer."""

    reason: Prose = Field(examples=["The last contract with it has ended."])


class InterestedPartyOut(BaseModel):
    id: UUID
    programme_id: UUID
    name: str
    requirements: list[PartyRequirement]
    status: InterestedPartyStatus
    version: int
    created_at: datetime
    updated_at: datetime
