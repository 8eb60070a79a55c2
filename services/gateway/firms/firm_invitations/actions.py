"""The verbs of a firm invitation. No event carries its secret; even the digest stays out of the trail."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.gateway.access.api_clients.rules import digest_of, new_secret
from services.gateway.firms.firm_invitations.models import FirmInvitation, InvitationSecret, InvitationStatus
from services.gateway.firms.firm_invitations.rules import VALID_FOR, status_of
from services.gateway.firms.firm_invitations.schemas import FirmInvitationDraft
from shared.data.records import ANY_VERSION, found, locked
from shared.data.sessions import organisation_of
from shared.events.catalogue.firms import FirmInvitationAccepted, FirmInvitationRevoked, FirmInvited
from shared.events.trail import announce
from shared.identity.callers import Actor
from shared.problems import not_allowed


@dataclass(frozen=True, slots=True)
class Invited:
    """A new invitation and its secret, in clear for this once."""

    invitation: FirmInvitation
    secret: str


async def invite(session: AsyncSession, *, draft: FirmInvitationDraft, by: Actor, at: datetime) -> Invited:
    """Invite a firm that has no account; whoever has the secret founds it within fourteen days."""
    org_id = organisation_of(session)
    invitation = FirmInvitation(
        **draft.model_dump(),
        org_id=org_id,
        invited_by=by.recorded,
        expires_at=at + VALID_FOR,
        created_at=at,
        updated_at=at,
    )
    session.add(invitation)
    announce(session, FirmInvited(firm_name=invitation.firm_name, firm_id=None), about=invitation, by=by, at=at)
    secret = new_secret()
    await session.flush()  # the secret refers to the invitation
    session.add(InvitationSecret(invitation_id=invitation.id, org_id=org_id, digest=digest_of(secret)))
    return Invited(invitation, secret)


async def revoke(session: AsyncSession, invitation_id: UUID, *, by: Actor, at: datetime, reason: str) -> None:
    """Open → revoked: the secret founds nothing any longer."""
    invitation = await locked(session, FirmInvitation, invitation_id, noun="firm invitation", expected=ANY_VERSION)
    state = status_of(invitation, at)
    if state != InvitationStatus.OPEN:
        raise not_allowed("revoke", state, [])
    invitation.status, invitation.ended_at = InvitationStatus.REVOKED, at
    event = FirmInvitationRevoked(firm_name=invitation.firm_name, firm_id=None)
    announce(session, event, about=invitation, by=by, at=at, reason=reason)


async def locked_open(session: AsyncSession, invitation_id: UUID, *, at: datetime) -> FirmInvitation | None:
    """The invitation, locked until the transaction ends, so that its secret works once; None when it is not open."""
    invitation = await found(session, FirmInvitation, invitation_id, for_update=True)
    return invitation if invitation and status_of(invitation, at) == InvitationStatus.OPEN else None


def accept(session: AsyncSession, invitation: FirmInvitation, *, firm_id: UUID, by: Actor, at: datetime) -> None:
    """Open → accepted, by the firm that was founded with its secret."""
    invitation.status, invitation.ended_at, invitation.firm_id = InvitationStatus.ACCEPTED, at, firm_id
    event = FirmInvitationAccepted(firm_name=invitation.firm_name, firm_id=firm_id)
    announce(session, event, about=invitation, by=by, at=at)
