from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Column
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.audit.description.described_engagements.models import Described


class SubserviceMethod(StrEnum):
    """Whether the description leaves out the subservice organisation's controls, or includes them (DC 200, DC7)."""

    CARVE_OUT = "carve_out"
    INCLUSIVE = "inclusive"


class SubserviceStatus(StrEnum):
    """in use → ended. An ended one stays on record, and in the description of a time in which it was used."""

    IN_USE = "in_use"
    ENDED = "ended"


class SubserviceOrganisation(Described, table=True):
    """A subservice organisation. Carved out it has `controls`, the complementary ones that are assumed of it (CSOC).

    By the inclusive method it has an `agreement` instead: it is a party of the engagement and makes an assertion of
    its own. `vendor_id` is what the risk service knows it as. `ended_on` is the last UTC day on which it was used.
    """

    __tablename__ = "subservice_organisations"

    vendor_id: UUID | None = None
    name: str
    services: str
    method: str
    controls: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    agreement: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    status: str = SubserviceStatus.IN_USE
    ended_on: date | None = None
