from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.integrations.base import Part
from shared.clock import new_id
from shared.data.base import instant


class ReportedCheck(Part, table=True):
    """What one check came to in one run: the worst verdict of its results. It never changes.

    `verdicts` counts them, `requirements` are named as the tool names them: `{"framework": …, "requirement": …}`.
    """

    __tablename__ = "reported_checks"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    file_id: UUID
    source: str
    run: str
    tool: str
    check_name: str
    title: str | None = None
    verdict: str
    verdicts: dict[str, int] = Field(sa_column=Column(JSONB, nullable=False))
    requirements: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    severity: str | None = None
    detail: str | None = None
    url: str | None = None
    observed_at: datetime = instant()
    recorded_at: datetime = instant()
