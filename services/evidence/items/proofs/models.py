from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Computed, DateTime
from sqlmodel import Field

from services.evidence.base import Part
from shared.data.base import instant


class Freshness(StrEnum):
    """Whether accepted evidence still counts, as of an instant. Never stored: see `Announced`."""

    FRESH = "fresh"
    EXPIRING = "expiring"
    EXPIRED = "expired"


class Announced(StrEnum):
    """What listeners were last told of a proof. Superseded and withdrawn are final: it counts no longer."""

    FRESH = "fresh"
    EXPIRING = "expiring"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


_NEXT = "case announced when 'fresh' then expiring_from when 'expiring' then valid_until end"


class Proof(Part, table=True):
    """An item for one expectation. It changes under the lock of its item.

    `announced` is null until the item is accepted; `ended_at` is when it was superseded or its expectation withdrawn;
    `due_at` is when something has to be announced next.
    """

    __tablename__ = "evidence_proofs"

    item_id: UUID = Field(primary_key=True)
    expectation_id: UUID = Field(primary_key=True)
    control_id: UUID
    expiring_from: datetime = instant()
    valid_until: datetime = instant()
    announced: str | None = None
    ended_at: datetime | None = instant(default=None)
    superseded_by: UUID | None = None
    due_at: datetime | None = Field(
        default=None, sa_type=DateTime(timezone=True), sa_column_args=[Computed(_NEXT, persisted=True)]
    )
