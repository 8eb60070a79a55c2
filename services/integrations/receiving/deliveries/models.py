from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Column
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.integrations.base import Base, Part
from shared.data.base import instant


class DeliveryState(StrEnum):
    """received → mapped, no_facts, unmapped or failed; and again from received when it is mapped again.

    `no_facts`: a rule says that such an event is no fact. `unmapped`: no rule knows the event, or a value in it.
    """

    RECEIVED = "received"
    MAPPED = "mapped"
    NO_FACTS = "no_facts"
    UNMAPPED = "unmapped"
    FAILED = "failed"


class Delivery(Base, table=True):
    """One request of a source, verified.

    `key` tells it from every other of its source: the sender's own id of it, or else the SHA-256 of its body. `body`
    is what came, byte for byte; where it held a secret, that was taken out and `redacted` says so. `sha256` is of what
    came.
    """

    __tablename__ = "source_deliveries"

    source_id: UUID
    key: str
    event: str
    received_at: datetime = instant()
    headers: dict[str, str] = Field(sa_column=Column(JSONB, nullable=False))
    body: bytes
    redacted: bool
    sha256: str
    state: str = DeliveryState.RECEIVED
    detail: str | None = None
    facts: int = 0
    mapped_at: datetime | None = instant(default=None)
    rules: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))


class TallyCode(StrEnum):
    """What became of requests that were not kept."""

    UNPROVEN = "unproven"
    DUPLICATE = "duplicate"
    EMPTY = "empty"
    UNREADABLE = "unreadable"
    OTHER_TOPIC = "other_topic"


KEPT = "kept"  # beside the codes, where requests are counted


class Tally(Part, table=True):
    """How many requests to a source's address came to this on a day (UTC)."""

    __tablename__ = "source_tallies"

    source_id: UUID = Field(primary_key=True)
    day: date = Field(primary_key=True)
    code: str = Field(primary_key=True)
    count: int
    last_at: datetime = instant()
