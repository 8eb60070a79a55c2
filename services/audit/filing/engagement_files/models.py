from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, Table, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.audit.base import Base, Part
from shared.data.base import instant


class FileStatus(StrEnum):
    """assembling → assembled → disposed."""

    ASSEMBLING = "assembling"
    ASSEMBLED = "assembled"
    DISPOSED = "disposed"


class EngagementFile(Base, table=True):
    """The file of a completed engagement, the firm's row. `sha256` and `size`, in bytes, are of the archive.

    `retain_until` is the last UTC day on which it is kept, `released_on` the day of the report's release from which
    that counts. `additions` counts what was added later. `holds` are all that were placed on it, `disposal` who asked
    for it and who approved it.
    """

    __tablename__ = "engagement_files"

    engagement_id: UUID
    client_id: UUID
    title: str
    kind: str
    completed_at: datetime = instant()
    released_on: date
    retain_until: date
    status: str = FileStatus.ASSEMBLING
    sha256: str | None = None
    size: int | None = Field(default=None, sa_column=Column(BigInteger))
    assembled_at: datetime | None = instant(default=None)
    holds: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    additions: int = 0
    disposal: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))


engagement_file_parts = Table(
    "engagement_file_parts",
    Part.metadata,
    Column("org_id", Uuid, nullable=False),
    Column("file_id", Uuid, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("content", LargeBinary, nullable=False),
)
