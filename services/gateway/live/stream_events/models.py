from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Column, Identity
from sqlmodel import Field

from services.gateway.base import Detail
from shared.data.base import instant


class StreamEvent(Detail, table=True):
    """An event of a thing, at its place in the order of delivery: never the order of ids, which are made earlier."""

    __tablename__ = "stream_events"

    position: int | None = Field(
        default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True, nullable=False)
    )
    event_id: UUID
    type: str
    kind: str
    subject: UUID
    version: int
    occurred_at: datetime = instant()
    logged_at: datetime = instant()


class StreamFloor(Detail, table=True):
    """The last place of an organisation that is kept no longer: who has read less than that has missed something."""

    __tablename__ = "stream_floors"

    org_id: UUID = Field(primary_key=True)
    position: int = Field(sa_column=Column(BigInteger, nullable=False))
