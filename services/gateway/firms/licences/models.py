from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Column
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.gateway.base import Base


class LicenceKind(StrEnum):
    """Of a firm: its permit to practise public accountancy, or its accreditation as a certification body.

    Of a person: the licence of a certified public accountant, or the certificate of a lead auditor.
    """

    FIRM_PERMIT = "firm_permit"
    ACCREDITATION = "accreditation"
    CPA_LICENCE = "cpa_licence"
    LEAD_AUDITOR = "lead_auditor"


class LicenceStatus(StrEnum):
    """declared → verified or refused, by the operator; any → withdrawn, by the firm. It expires by its own date."""

    DECLARED = "declared"
    VERIFIED = "verified"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


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
