from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from services.integrations.mapping.mapping_versions.schemas import TrialCounts
from services.integrations.mapping.rule_terms.models import FactKind
from services.integrations.receiving.deliveries.models import DeliveryState
from shared.http.fields import Input, Instant


class TrialInput(Input):
    """On which deliveries a version is tried: the newest ones of its kind."""

    source_id: UUID | None = Field(default=None, description="Only those of this source")
    received_since: Instant | None = None
    limit: int = Field(default=100, ge=1, le=200, description="How many at most")


class TriedFact(BaseModel):
    """A fact as it would be."""

    kind: FactKind
    thing: str
    run: str | None
    state: str
    observed_at: datetime | None = Field(description="Null where the source does not say when")
    evidence: bool | None
    not_evidence: str | None
    data: dict[str, str]


class TriedOutcome(BaseModel):
    """What rules make of a delivery: the first ten facts, and how many there are."""

    state: DeliveryState
    detail: str | None = Field(description="Why it is unmapped or failed")
    facts: int
    first_facts: list[TriedFact]


class ChangedDelivery(BaseModel):
    """A delivery of which the version makes something else than what is in force."""

    delivery_id: UUID
    event: str
    received_at: datetime
    before: TriedOutcome
    after: TriedOutcome


class TrialOut(TrialCounts):
    """What a version gives."""

    changes: list[ChangedDelivery] = Field(description="The first fifty of those that it changes")
    complete: bool = Field(description="False where the deliveries were too large to try all that were asked for")
