from uuid import UUID

from sqlalchemy import BigInteger
from sqlmodel import Field

from services.evidence.base import Part


class Piece(Part, table=True):
    """Bytes of an upload that are in the store, from `start` on, under a key that no other attempt has."""

    __tablename__ = "upload_pieces"

    upload_id: UUID = Field(primary_key=True)
    start: int = Field(primary_key=True, sa_type=BigInteger)
    size: int
    key: str
