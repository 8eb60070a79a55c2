from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ARRAY, Column, Text
from sqlmodel import Field

from services.controls.base import Base, Known
from shared.data.base import instant
from shared.events.catalogue.controls import HealthState


class ProofState(StrEnum):
    """What the evidence service last announced of an item, for one expectation."""

    ACCEPTED = "accepted"
    EXPIRING = "expiring"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"


class Health(Base, table=True):
    """The health of a control as last announced. Its id is the control's."""

    __tablename__ = "control_health"

    state: str = HealthState.UNKNOWN
    reasons: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    since: datetime = instant()


class KnownExpectation(Known, table=True):
    """What the evidence service expects as proof of a control. `version` is the last one heard of."""

    __tablename__ = "known_expectations"

    id: UUID = Field(primary_key=True)
    control_id: UUID
    title: str
    withdrawn: bool = False
    version: int


class KnownProof(Known, table=True):
    """An accepted item that proves an expectation. `version` is the last one heard of."""

    __tablename__ = "known_proofs"

    item_id: UUID = Field(primary_key=True)
    expectation_id: UUID = Field(primary_key=True)
    control_id: UUID
    title: str
    state: str
    valid_until: datetime | None = instant()
    version: int
