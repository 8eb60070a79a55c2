from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ARRAY, Column, Text
from sqlmodel import Field

from services.gateway.base import Base, Detail
from shared.data.base import instant


class PersonStatus(StrEnum):
    """active → left → active. A person who left stays on record and may return."""

    ACTIVE = "active"
    LEFT = "left"


class PersonOrigin(StrEnum):
    """Where a person's record comes from: entered by hand, or provisioned by another system."""

    MANUAL = "manual"
    PROVISIONED = "provisioned"


class Person(Base, table=True):
    """A person of the organisation. The first e-mail address is the main one; all are in lower case.

    `roles` and `acts_until` repeat the person's active membership: what they may do, and until when. Nothing, without
    one.
    """

    __tablename__ = "people"

    name: str
    emails: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    department: str | None = None
    manager_id: UUID | None = None
    origin: str = PersonOrigin.MANUAL
    status: str = PersonStatus.ACTIVE
    left_on: date | None = None
    roles: list[str] = Field(default_factory=list, sa_column=Column(ARRAY(Text), nullable=False))
    acts_until: datetime | None = instant(default=None)


class PersonAddress(Detail, table=True):
    """An e-mail address of a person. At any time an address belongs to one active person at most."""

    __tablename__ = "person_addresses"

    org_id: UUID = Field(primary_key=True)
    address: str = Field(primary_key=True)
    person_id: UUID = Field(primary_key=True)
    current: bool = True
