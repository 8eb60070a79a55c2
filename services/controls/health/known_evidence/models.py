from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlmodel import Field

from services.controls.base import Known
from shared.data.base import Touches, instant


class ProofState(StrEnum):
    """What the evidence service last announced of an item, for one expectation."""

    ACCEPTED = "accepted"
    EXPIRING = "expiring"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"


class KnownExpectation(Known, table=True):
    """What the evidence service expects as proof of a control, since when, and until when if it was withdrawn.

    `version` is the last one heard of.
    """

    __tablename__ = "known_expectations"
    __touches__ = Touches("control_id")

    id: UUID = Field(primary_key=True)
    control_id: UUID
    title: str
    freshness_days: int
    expected_since: datetime = instant()
    withdrawn_at: datetime | None = instant(default=None)
    version: int


class KnownCollection(Known, table=True):
    """A request for evidence of a control that was announced as overdue, and whether it still is.

    It is overdue until evidence is accepted for it, or it is skipped or given another due date. `version` is that of
    the newest event heard.
    """

    __tablename__ = "known_collections"
    __touches__ = Touches("control_id")

    id: UUID = Field(primary_key=True)
    expectation_id: UUID
    control_id: UUID
    due_at: datetime = instant()
    overdue: bool
    version: int


class KnownProof(Known, table=True):
    """An accepted item that proves an expectation, of the time from `covers_from` until before `covers_until`.

    `corrected` is whether a corrected version took its place. `version` is the last one heard of.
    """

    __tablename__ = "known_proofs"
    __touches__ = Touches("control_id")

    item_id: UUID = Field(primary_key=True)
    expectation_id: UUID = Field(primary_key=True)
    control_id: UUID
    title: str
    state: str
    valid_until: datetime | None = instant()
    covers_from: datetime = instant()
    covers_until: datetime = instant()
    accepted_at: datetime = instant()
    corrected: bool = False
    version: int
