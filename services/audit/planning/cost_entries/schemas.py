from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from services.audit.planning.cost_entries.models import CostKind, CostMeasure, CostStatus
from shared.http.fields import Day, Input, Prose, Title
from shared.money import Currency, Decimals, MinorUnits

Year = Annotated[int, Field(ge=1970, le=2199, examples=[2026])]
Effort = Annotated[
    int,
    Field(
        ge=0, le=10_000_000, examples=[2400], description="Effort of the organisation's people or others, in minutes"
    ),
]


class CostEntryDraft(Input):
    """An amount of the budget, or an actual one, for an engagement or for a programme as a whole."""

    measure: CostMeasure
    kind: CostKind
    engagement_id: UUID | None = Field(default=None, description="Either this or `programme_id`")
    programme_id: UUID | None = Field(
        default=None, description="For what belongs to no single engagement, such as tools that a programme needs"
    )
    year: Year | None = Field(
        default=None,
        description="The calendar year that it counts for; that of `incurred_on` when left out. Required for a budget",
    )
    currency: Currency
    amount: MinorUnits = Field(description="0 only where effort alone is recorded")
    effort_minutes: Effort | None = None
    incurred_on: Day | None = Field(default=None, description="Actual costs only, and required for them")
    description: Prose = Field(examples=["Second instalment of the examination fee"])
    reference: Title | None = Field(
        default=None, examples=["Invoice 2026-0417"], description="Of the invoice, order or contract"
    )


class CounterEntryDraft(Input):
    """How much of an entry is taken back, and why: a credit note, or an amount that was recorded too high."""

    amount: MinorUnits
    effort_minutes: Effort = 0
    incurred_on: Day | None = Field(default=None, description="Actual costs only, and required for them")
    description: Prose = Field(examples=["The firm credited a day that was not worked."])
    reference: Title | None = Field(default=None, examples=["Credit note 2026-0031"])


class CostWithdrawal(Input):
    """Why the entry counts no longer."""

    reason: Prose = Field(examples=["Recorded twice."])


class CostEntryOut(BaseModel):
    id: UUID
    measure: CostMeasure
    kind: CostKind
    engagement_id: UUID | None
    programme_id: UUID | None = Field(
        description="Null where it is for an engagement, whose programme it then counts for"
    )
    year: int
    currency: str = Field(examples=["EUR"])
    decimals: Decimals
    amount: int = Field(description="In minor units of the currency; negative in a counter-entry")
    effort_minutes: int | None = Field(description="In minutes; negative in a counter-entry")
    incurred_on: date | None
    description: str
    reference: str | None
    counters_id: UUID | None = Field(description="The entry that this one takes back, in part or in full")
    status: CostStatus
    version: int
    created_at: datetime
    updated_at: datetime
