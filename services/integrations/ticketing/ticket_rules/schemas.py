from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from services.integrations.sending.endpoints.schemas import Condition, Conditions, TypePattern
from services.integrations.ticketing.ticket_rules.models import TicketRuleStatus
from shared.http.fields import Input, Prose, Title

SubjectTypes = Annotated[
    list[TypePattern],
    Field(
        min_length=1,
        max_length=20,
        description="Types of events about issues, findings, requests and actions of treatments",
        examples=[["controls.issue.opened", "audit.request.released"]],
    ),
]
MostPerDay = Annotated[int, Field(ge=1, le=500, description="How many tickets it opens on a day (UTC) at most")]


class TicketRuleDraft(Input):
    """Which events have a ticket opened for what they are about, and through which connection."""

    title: Title = Field(examples=["Serious issues"])
    connection_id: UUID
    types: SubjectTypes
    conditions: Conditions = Field(default=[])
    most_per_day: MostPerDay = 50


class TicketRuleRevision(Input):
    """What to change; members left out stay as they are."""

    title: Title | None = None
    types: SubjectTypes | None = None
    conditions: Conditions | None = None
    most_per_day: MostPerDay | None = None


class TicketRuleReason(Input):
    """Why a rule opens nothing any more."""

    reason: Prose


class TicketRuleOut(BaseModel):
    id: UUID
    title: str
    connection_id: UUID
    types: list[str]
    conditions: list[Condition]
    most_per_day: int
    opened: int = Field(description="Tickets that it has opened")
    skipped: int = Field(description="Tickets that it has not opened, since a day had its most already")
    status: TicketRuleStatus
    version: int
    created_at: datetime
    updated_at: datetime
