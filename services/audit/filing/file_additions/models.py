from typing import Any
from uuid import UUID

from sqlalchemy import Column, LargeBinary, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.audit.base import Base


class FileAddition(Base, table=True):
    """What was added to an engagement file, the firm's row, which never changes. `number` counts those of a file.

    `attachment` says name, media type, size in bytes and SHA-256 of `content`. `sha256` is of the whole addition as it
    is signed.
    """

    __tablename__ = "file_additions"

    engagement_id: UUID
    file_id: UUID
    number: int
    title: str
    text: str = Field(sa_column=Column(Text, nullable=False))
    reason: str = Field(sa_column=Column(Text, nullable=False))
    attachment: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    content: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    sha256: str
    added_by: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
