"""How long an invitation is open. Pure functions."""

from datetime import datetime, timedelta

from services.gateway.firms.firm_invitations.models import FirmInvitation, InvitationStatus

VALID_FOR = timedelta(days=14)


def status_of(invitation: FirmInvitation, as_of: datetime) -> InvitationStatus:
    """The status as of an instant: an open invitation expires by itself."""
    if invitation.status == InvitationStatus.OPEN and invitation.expires_at <= as_of:
        return InvitationStatus.EXPIRED
    return InvitationStatus(invitation.status)
