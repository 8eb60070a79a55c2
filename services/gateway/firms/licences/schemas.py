from datetime import date, datetime
from typing import Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field, model_validator

from services.gateway.firms.firms.schemas import Region
from shared.events.catalogue.firms import LicenceKind, LicenceStatus
from shared.http.fields import ActedBy, Day, Input, NamedPerson, PersonRef, Prose, Title

_OF_PEOPLE = frozenset({LicenceKind.CPA_LICENCE, LicenceKind.LEAD_AUDITOR})


class LicenceDraft(Input):
    """A licence as the register of whoever issued it has it."""

    kind: LicenceKind
    person: PersonRef | None = Field(
        default=None, description="Whose it is, for a cpa_licence or lead_auditor; the firm's own have none"
    )
    region: Region
    issued_by: Title = Field(examples=["California Board of Accountancy"])
    number: Title = Field(examples=["PAR 1234"])
    issued_to: Title = Field(examples=["Hale & Partners LLP"], description="The name in which it was issued")
    expires_on: Day

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Self:
        if (self.kind in _OF_PEOPLE) != (self.person is not None):
            raise ValueError(f"a {self.kind} is {'a person' if self.kind in _OF_PEOPLE else 'the firm'}'s: see person")
        return self


class LicenceVerification(Input):
    """What the operator found in the register of whoever issued the licence."""

    decision: Literal[LicenceStatus.VERIFIED, LicenceStatus.REFUSED]
    method: Prose = Field(examples=["Looked up by number in CPAverify; name, state and expiry agree."])
    checked_on: Day


class LicenceWithdrawal(Input):
    """Why a licence no longer counts: given up, lost, or declared wrongly."""

    reason: Prose


class VerificationOut(BaseModel):
    decision: LicenceStatus
    method: str
    checked_on: date
    by: ActedBy
    at: datetime


class LicenceOut(BaseModel):
    id: UUID
    firm_id: UUID
    kind: LicenceKind
    person: NamedPerson | None = Field(description="Whose it is; null for the firm's own, and to others than the firm")
    region: str = Field(examples=["US-CA"])
    issued_by: str
    number: str
    issued_to: str
    expires_on: date
    status: LicenceStatus
    verification: VerificationOut | None
    version: int
    created_at: datetime
    updated_at: datetime
