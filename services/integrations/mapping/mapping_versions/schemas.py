from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from services.integrations.mapping.mapping_versions.models import MappingStatus
from services.integrations.mapping.rule_terms.schemas import EventName, RuleTerms
from services.integrations.receiving.sources.models import SourceKind
from shared.http.fields import ActedBy, Input, Prose

_EXAMPLE = {
    "fact": "check_reported",
    "events": ["scan.finished"],
    "thing": ["/data/target", "/data/scanner"],
    "run": ["/data/run"],
    "state": "/data/result",
    "states": {"clean": "pass", "findings": "fail"},
    "time": "/data/finished_at",
}


class MappingRules(Input):
    """Rules that go before the shipped ones for the events that they name; none at all leaves the shipped ones."""

    rules: list[RuleTerms] = Field(max_length=50, examples=[[_EXAMPLE]])
    no_facts: list[EventName] = Field(
        default=[],
        max_length=50,
        description="Events that say nothing that becomes a fact",
        examples=[["scan.started"]],
    )
    reason: Prose | None = Field(default=None, description="What the version is for")


class MappingDraft(MappingRules):
    """A version of the organisation's own rules for one kind of sender."""

    kind: SourceKind


class TrialCounts(BaseModel):
    """What a version gave when it was last tried."""

    deliveries: int = Field(description="How many deliveries it was tried on")
    changed: int = Field(
        description="Of how many of them it makes other facts, or another state, than what is in force"
    )
    facts: int
    unmapped: int


class MappingVersionOut(BaseModel):
    """A version of the organisation's own rules for one kind of sender."""

    id: UUID
    kind: SourceKind
    number: int = Field(description="Counts the versions of a kind; facts name the one that made them")
    status: MappingStatus
    rules: list[RuleTerms]
    no_facts: list[str]
    reason: str | None
    authored_by: ActedBy
    trial: TrialCounts | None
    tried_at: datetime | None
    put_in_force_by: ActedBy | None
    put_in_force_at: datetime | None
    replaced_at: datetime | None
    version: int
    created_at: datetime
    updated_at: datetime


class ShippedRulesOut(BaseModel):
    """The rules that Attest ships for one kind of sender."""

    kind: SourceKind
    version: int
    rules: list[RuleTerms]
    no_facts: list[str]
