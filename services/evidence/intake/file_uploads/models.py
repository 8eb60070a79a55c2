from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger
from sqlmodel import Field

from services.evidence.base import Part
from shared.data.base import instant


class UnfinishedUpload(Part, table=True):
    """An upload under way: what to clear away if it never ends. `sha256` is known once all bytes are there.

    `reserved` is how many bytes of the organisation's storage it has taken so far.
    """

    __tablename__ = "unfinished_uploads"

    id: UUID = Field(primary_key=True)
    begun_at: datetime = instant()
    reserved: int = Field(default=0, sa_type=BigInteger)
    sha256: str | None = None
