from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, Column, Text
from sqlmodel import Field

from services.controls.base import Base
from shared.data.base import instant
from shared.events.catalogue.controls import HealthState


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
