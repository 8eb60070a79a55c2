from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from services.gateway.firms.firm_invitations.models import InvitationStatus
from shared.http.fields import ActedBy, Email, Input, Prose, Title


class FirmInvitationDraft(Input):
    """A firm that has no account on this installation, and whom of it the client knows."""

    firm_name: Title = Field(examples=["Hale & Partners LLP"])
    contact_name: Title = Field(examples=["Hanna Hale"])
    contact_email: Email = Field(examples=["hanna@hale-partners.example"])


class InvitationRevocation(Input):
    """Why the secret works no longer."""

    reason: Prose = Field(examples=["Another firm was chosen."])


class FirmInvitationOut(BaseModel):
    id: UUID
    firm_name: str
    contact_name: str
    contact_email: str
    invited_by: ActedBy
    expires_at: datetime = Field(description="Until then the secret founds the firm")
    status: InvitationStatus
    firm_id: UUID | None = Field(description="The audit firm that was founded by it; null unless accepted")
    ended_at: datetime | None = Field(description="When it was accepted or revoked")
    version: int
    created_at: datetime
    updated_at: datetime


class FirmInvitationIssuedOut(FirmInvitationOut):
    secret: str = Field(
        examples=["attest_…"],
        description="For the firm: it founds itself with it by `POST /v1/firm-foundings`. Shown this once",
    )
