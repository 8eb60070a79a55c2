from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.integrations.base import Part
from shared.clock import new_id
from shared.data.base import instant


class ReportedResult(Part, table=True):
    """One result of a file: a check of one resource, or a vulnerability in it. It never changes."""

    __tablename__ = "reported_results"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    file_id: UUID
    source: str
    run: str
    kind: str
    tool: str
    check_name: str
    title: str | None = None
    verdict: str
    requirements: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    resource: str | None = None
    severity: str | None = None
    observed_at: datetime = instant()
    first_seen_at: datetime | None = instant(default=None)
    fixed_at: datetime | None = instant(default=None)
    fixed_in: str | None = None
    detail: str | None = None
    url: str | None = None
    suppression: str | None = None
    recorded_at: datetime = instant()
