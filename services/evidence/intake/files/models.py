from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, Column
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.evidence.base import Base
from shared.data.base import instant


class Scan(StrEnum):
    """What is known of malware in a file: pending → clean or quarantined; unscanned where there is no scanner."""

    PENDING = "pending"
    CLEAN = "clean"
    QUARANTINED = "quarantined"
    UNSCANNED = "unscanned"


class File(Base, table=True):
    """Bytes in the store, never changed. `sha256` is in hexadecimal, `size` in bytes.

    `media_type` is as declared and `detected_type` as found in the bytes, for one may lie. `finding` is the malware's
    name. `disposed_at` is set when the bytes are gone for good; the row stays, so that it is known what they were.
    """

    __tablename__ = "files"

    sha256: str
    size: int = Field(sa_type=BigInteger)
    media_type: str
    detected_type: str | None = None
    name: str | None = None
    uploader: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    scan: str = Scan.UNSCANNED
    finding: str | None = None
    scanned_at: datetime | None = instant(default=None)
    disposed_at: datetime | None = instant(default=None)
