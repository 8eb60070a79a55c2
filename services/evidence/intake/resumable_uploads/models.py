from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.evidence.base import Base, Part
from shared.data.base import instant


class UploadState(StrEnum):
    """receiving → finished (there is a file now), refused (nothing was kept), ended (by whoever began it)."""

    RECEIVING = "receiving"
    FINISHED = "finished"
    REFUSED = "refused"
    ENDED = "ended"


class ResumableUpload(Base, table=True):
    """A file that comes in pieces. `received` is its offset, of `size` bytes in all; both only count whole pieces.

    `reserved` is how many bytes of the organisation's storage it has taken: `size`, and 0 once they are a file's.
    `metadata_header` is what the client said of it, word for word, for the protocol wants it back. `expires_at` is when
    no more is taken, `clear_at` when the clock looks after what it left in the store.
    """

    __tablename__ = "resumable_uploads"

    size: int = Field(sa_type=BigInteger)
    received: int = Field(default=0, sa_type=BigInteger)
    reserved: int = Field(sa_type=BigInteger)
    media_type: str
    name: str | None = None
    sha256: str | None = None
    metadata_header: str | None = None
    uploader: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    state: str = UploadState.RECEIVING
    file_id: UUID | None = None
    refusal: str | None = None
    touched_at: datetime = instant()
    expires_at: datetime = instant()
    clear_at: datetime = instant()


class Piece(Part, table=True):
    """Bytes of an upload that are in the store, from `start` on, under a key that no other attempt has."""

    __tablename__ = "upload_pieces"

    upload_id: UUID = Field(primary_key=True)
    start: int = Field(primary_key=True, sa_type=BigInteger)
    size: int
    key: str
