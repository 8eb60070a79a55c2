from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger
from sqlmodel import Field

from services.evidence.base import Base, Part
from shared.data.base import instant


class File(Base, table=True):
    """Bytes in the store, never changed. `sha256` is in hexadecimal, `size` in bytes, `media_type` as declared."""

    __tablename__ = "files"

    sha256: str
    size: int = Field(sa_type=BigInteger)
    media_type: str
    name: str | None = None
    uploader: str


class Upload(Part, table=True):
    """An upload under way: what to clear away if it never ends. `sha256` is known once all bytes are there."""

    __tablename__ = "uploads"

    id: UUID = Field(primary_key=True)
    begun_at: datetime = instant()
    sha256: str | None = None
