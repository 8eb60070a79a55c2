from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Column
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.audit.base import Base
from shared.data.base import instant


class Independence(StrEnum):
    """unconfirmed → confirmed → withdrawn. Another role is unconfirmed anew; a withdrawn one stays so."""

    UNCONFIRMED = "unconfirmed"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"


class TeamMember(Base, table=True):
    """A person of the auditing party on the team of an engagement.

    The row is that party's; `client_id` is the organisation that is examined. `confirmation` is what they confirmed, by
    whom and when; `person_name` the name when they were assigned.
    """

    __tablename__ = "team_members"

    engagement_id: UUID
    client_id: UUID
    person_id: UUID
    person_name: str
    role: str
    independence: str = Independence.UNCONFIRMED
    confirmation: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    released_at: datetime | None = instant(default=None)
