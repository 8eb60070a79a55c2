from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ARRAY, Column, Text
from sqlmodel import Field

from services.gateway.base import Base
from shared.data.base import instant


class MemberStatus(StrEnum):
    """active → removed. A removed member stays on record; the same person is added anew."""

    ACTIVE = "active"
    REMOVED = "removed"


class Member(Base, table=True):
    """A person who may act, recognised by a verified e-mail address, or by an issuer's subject where that is given."""

    __tablename__ = "members"

    person_id: UUID
    issuer: str | None = None
    subject: str | None = None
    roles: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    ends_at: datetime | None = instant(default=None)
    status: str = MemberStatus.ACTIVE
