from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Column
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.gateway.base import Base
from shared.events.catalogue.firms import LicenceStatus


class Licence(Base, table=True):
    """A licence of the firm, or of one of its people where `person_id` says whose."""

    __tablename__ = "licences"

    kind: str
    person_id: UUID | None = None
    region: str
    issued_by: str
    number: str
    issued_to: str
    expires_on: date
    status: str = LicenceStatus.DECLARED
    verification: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
