from datetime import date
from uuid import UUID

from pydantic import BaseModel, Field

from services.audit.engagements.engagements.models import EngagementKind, TrustServicesCategory
from services.audit.engagements.engagements.schemas import ClientIndustry, Headcount
from services.audit.planning.cost_entries.models import CostKind
from shared.money import Decimals


class CurrencySums(BaseModel):
    """Amounts of one currency, in its minor units."""

    currency: str = Field(examples=["EUR"])
    decimals: Decimals
    budget: int
    actual: int
    difference: int = Field(description="Budget less actual: negative when it was exceeded")


class KindSums(CurrencySums):
    """Amounts of one kind of cost in one currency."""

    kind: CostKind


class EngagementDriver(BaseModel):
    """What an engagement is like that costs were recorded for: what makes it dear or cheap."""

    id: UUID
    title: str
    kind: EngagementKind
    firm: str | None = Field(description="What the auditing party is called; null until it is chosen")
    categories: list[TrustServicesCategory] = Field(description="SOC 2 only")
    first_day: date = Field(description="Of the period; the as-of date of a Type 1")
    last_day: date
    controls_in_scope: int
    industry: ClientIndustry
    headcount: Headcount


class CostSummary(BaseModel):
    """What a programme costs in a year. Currencies stand side by side and are never added together."""

    programme_id: UUID | None = Field(description="Null for engagements that are for no programme")
    programme_title: str | None
    year: int
    kinds: list[KindSums] = Field(description="Each kind and currency of which there is an entry")
    totals: list[CurrencySums] = Field(description="Over all kinds, currency by currency")
    budget_minutes: int = Field(description="Effort planned, in minutes")
    actual_minutes: int = Field(description="Effort spent, in minutes")
    engagements: list[EngagementDriver] = Field(description="Those that the entries of the year are for")


class CostSummariesOut(BaseModel):
    """Years in order, so that they stand side by side."""

    summaries: list[CostSummary]
