from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, Field

from services.gateway.firms.firms.models import OfferedService
from services.gateway.firms.firms.schemas import PeerReview
from shared.events.catalogue.firms import FirmKind, LicenceKind, LicenceStatus


class ListedLicence(BaseModel):
    """A licence of the firm, as the directory shows it."""

    id: UUID
    kind: LicenceKind
    region: str = Field(examples=["US-CA"])
    issued_by: str = Field(examples=["California Board of Accountancy"])
    number: str = Field(examples=["PAR 1234"])
    expires_on: date
    status: LicenceStatus


class FirmOut(BaseModel):
    """An audit firm, as it describes itself, with its own licences that were not refused or given up.

    Only licences with the status verified were checked by the operator; everything else is the firm's own word.
    """

    id: UUID = Field(description="That of its organisation")
    name: str
    kind: FirmKind
    summary: str | None
    website: str | None
    regions: list[str]
    services: list[OfferedService]
    peer_review: PeerReview | None
    licences: list[ListedLicence]
    may_examine: bool = Field(
        description="Whether it holds, as of the instant, a verified licence of the kind that its own kind needs: a"
        " firm permit for a CPA firm, an accreditation for a certification body"
    )
    listed: bool
    version: int
    created_at: datetime
    updated_at: datetime
