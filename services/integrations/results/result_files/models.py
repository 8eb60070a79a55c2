from datetime import datetime
from typing import Any

from sqlalchemy import Column
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.integrations.base import Base
from shared.data.base import instant


class ResultFile(Base, table=True):
    """One file that was read. It is known again by its SHA-256: the same file of a source is one run.

    `run` is the name of the run: given, or as the file has it, or else made of the SHA-256. `verdicts` counts the
    results by verdict. The bytes are not kept.
    """

    __tablename__ = "result_files"

    source: str
    run: str
    format: str
    tool: str
    tool_version: str | None = None
    size: int
    sha256: str
    observed_at: datetime = instant()
    url: str | None = None
    covers: str | None = None
    results: int
    verdicts: dict[str, int] = Field(sa_column=Column(JSONB, nullable=False))
    vulnerabilities: int
    checks: int
    sent_by: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
