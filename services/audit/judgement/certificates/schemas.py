from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, Field

from services.audit.judgement.certificates.models import CertificateStatus
from services.audit.judgement.certificates.rules import CertificateStep
from shared.http.fields import ActedBy, Input, Prose, Title


class CertificationOutcome(StrEnum):
    """What is decided on a certificate."""

    GRANTED = "granted"
    REFUSED = "refused"
    DEFERRED = "deferred"


class CertificationDraft(Input):
    """The decision, from the audit report and its recommendation."""

    outcome: CertificationOutcome
    scope: Prose = Field(examples=["The operation of the document platform from Denver and Berlin."])
    soa_version: Title = Field(examples=["Statement of Applicability, version 4"])
    reason: Prose


class CertificateChange(Input):
    """A step after the decision; `scope` is given to reduce it."""

    step: CertificateStep
    reason: Prose
    scope: Prose | None = None


class CertificateEntry(BaseModel):
    step: str
    reason: str
    by: ActedBy
    at: datetime


class CertificationOut(BaseModel):
    id: UUID
    engagement_id: UUID
    status: CertificateStatus
    scope: str
    soa_version: str
    decided_on: date
    valid_until: date | None
    expired: bool = Field(description="Whether the last day of its three years is over")
    surveillance_by: date | None
    decided_by: ActedBy = Field(description="Who decided, and was not on the team of the audit")
    history: list[CertificateEntry]
    version: int
    created_at: datetime
    updated_at: datetime
