from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.integrations.base import Part
from shared.clock import new_id
from shared.data.base import instant


class Fact(Part, table=True):
    """One thing that was learnt, and never changes.

    `thing` is what it is about, in the source's own words; `state` a verdict, a category of a ticket, or what became
    of a vulnerability or a person. `digest` tells it from every other fact of its source. `evidence` is for checks:
    whether it may prove something, which `not_evidence` denies with a code. `replaces` is the fact that was made of the
    same event by other rules, and meant something else. `rules_version` is that of the shipped rules, `mapping_number`
    that of the organisation's own version where one of its rules made the fact.
    """

    __tablename__ = "facts"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    source_id: UUID
    delivery_id: UUID
    kind: str
    thing: str
    run: str | None = None
    state: str
    observed_at: datetime = instant()
    url: str | None = None
    evidence: bool | None = None
    not_evidence: str | None = None
    data: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    rules_version: int
    mapping_number: int | None = None
    replaces: UUID | None = None
    digest: str
    recorded_at: datetime = instant()
