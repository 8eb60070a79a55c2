from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ARRAY, Column, Text
from sqlmodel import Field

from services.controls.base import Base, Known
from shared.data.base import Touches, instant
from shared.events.catalogue.controls import HealthState


class ProofState(StrEnum):
    """What the evidence service last announced of an item, for one expectation."""

    ACCEPTED = "accepted"
    EXPIRING = "expiring"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"


class Health(Base, table=True):
    """The health of a control as last announced. Its id is the control's.

    `review_at` is the next instant at which it may change by the clock alone, if there is one.
    """

    __tablename__ = "control_health"

    state: str = HealthState.UNKNOWN
    reasons: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    reason_codes: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    since: datetime = instant()
    review_at: datetime | None = instant(default=None)


class HealthChange(Base, table=True):
    """From when until when a control's health was what, as it was announced: the history, without gap or overlap.

    `cause` is the event of another service that brought the change, if one did.
    """

    __tablename__ = "control_health_changes"

    control_id: UUID
    state: str
    before: str | None = None
    reasons: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    reason_codes: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    since: datetime = instant()
    until: datetime | None = instant(default=None)
    cause: UUID | None = None


class KnownExpectation(Known, table=True):
    """What the evidence service expects as proof of a control. `version` is the last one heard of."""

    __tablename__ = "known_expectations"
    __touches__ = Touches("control_id")

    id: UUID = Field(primary_key=True)
    control_id: UUID
    title: str
    withdrawn: bool = False
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
    """An accepted item that proves an expectation. `version` is the last one heard of."""

    __tablename__ = "known_proofs"
    __touches__ = Touches("control_id")

    item_id: UUID = Field(primary_key=True)
    expectation_id: UUID = Field(primary_key=True)
    control_id: UUID
    title: str
    state: str
    valid_until: datetime | None = instant()
    version: int
