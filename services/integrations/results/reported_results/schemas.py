from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from services.integrations.formats.contents import ResultKind, ResultSeverity, ResultVerdict
from shared.events.catalogue.facts import NamedRequirement


class ReportedResultOut(BaseModel):
    """One result of a file."""

    id: UUID
    file_id: UUID
    source: str
    run: str
    kind: ResultKind
    tool: str
    check: str = Field(examples=["CVE-2026-1234 / openssl"])
    title: str | None
    verdict: ResultVerdict
    requirements: list[NamedRequirement]
    resource: str | None = Field(description="What was looked at, in the tool's words", examples=["Dockerfile:3"])
    severity: ResultSeverity | None
    observed_at: datetime
    first_seen_at: datetime | None = Field(description="When the tool found it first, where it says so")
    fixed_at: datetime | None = Field(description="When the tool found it fixed, where it says so")
    fixed_in: str | None = Field(description="The version that has the fix")
    detail: str | None
    url: str | None
    suppression: str | None = Field(description="Why the tool was told to overlook it")
    recorded_at: datetime
