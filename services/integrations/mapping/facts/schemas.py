from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field

from services.integrations.mapping.rule_terms.models import FactKind


class FactOut(BaseModel):
    """One thing that was learnt from another system."""

    id: UUID
    source_id: UUID
    delivery_id: UUID = Field(description="The delivery that brought it first")
    kind: FactKind
    thing: str = Field(description="What it is about, in the source's words", examples=["acme/api / branch-protection"])
    run: str | None = Field(description="The source's own name of the run, for checks")
    state: str = Field(
        description="Of a check: pass, fail, error, inconclusive or not_applicable. Of a ticket: open, in_progress,"
        " done or dropped. Of a vulnerability: open, fixed or dismissed. Of a person: joined or left;"
        " of one who moved, access granted or revoked",
        examples=["pass"],
    )
    observed_at: datetime = Field(description="When it was so, as the source says; else when it came")
    url: str | None
    evidence: bool | None = Field(description="Whether a check may be evidence; null for other facts")
    not_evidence: str | None = Field(
        description="Why not: `fork`, or `other_branch` than the declared ones", examples=["fork"]
    )
    data: dict[str, Any]
    rules_version: int = Field(description="The version of the rules that Attest shipped when it was made")
    mapping_number: int | None = Field(
        description="The organisation's own version of rules for this kind of sender, where one of its rules made it"
    )
    replaces: UUID | None = Field(
        description="The fact that was made of the same event by other rules, and meant something else"
    )
    recorded_at: datetime
