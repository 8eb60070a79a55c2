from uuid import UUID

from fastapi import Response

from services.gateway.firms.firm_invitations import actions, queries
from services.gateway.firms.firm_invitations.schemas import (
    FirmInvitationDraft,
    FirmInvitationIssuedOut,
    FirmInvitationOut,
    InvitationRevocation,
)
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.http.preconditions import etag
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("firm invitations")


routes.list(
    "list_firm_invitations",
    "/v1/firm-invitations",
    queries.firm_invitations,
    FirmInvitationOut,
    permission=P.FIRM_INVITATIONS_READ,
    description="The firms that the organisation invited to found themselves here; never the secrets.",
)


routes.one(
    "get_firm_invitation",
    "/v1/firm-invitations/{invitation_id}",
    queries.firm_invitation,
    FirmInvitationOut,
    permission=P.FIRM_INVITATIONS_READ,
    description="One firm invitation, without its secret.",
)


@routes.post(
    "/v1/firm-invitations",
    permission=P.FIRM_INVITATIONS_WRITE,
    status_code=201,
    response_model=FirmInvitationIssuedOut,
)
async def invite_firm(draft: FirmInvitationDraft, write: Write) -> Response:
    """Invite an audit firm that has no account here. The secret for it is shown this once, and works for 14 days."""
    new = await actions.invite(write.session, draft=draft, by=write.caller.actor, at=write.at)
    issued = FirmInvitationIssuedOut.model_validate({**new.invitation.model_dump(), "secret": new.secret})
    headers = {"Location": f"/v1/firm-invitations/{new.invitation.id}", "ETag": etag(new.invitation.version)}
    return Response(issued.model_dump_json(), 201, headers, "application/json")


@routes.post(
    "/v1/firm-invitations/{invitation_id}/revocations",
    permission=P.FIRM_INVITATIONS_WRITE,
    response_model=FirmInvitationOut,
    refuses=(NotFound,),
)
async def revoke_firm_invitation(invitation_id: UUID, revocation: InvitationRevocation, write: Write) -> Response:
    """Say that the secret of an invitation founds nothing any longer, and why."""
    await actions.revoke(write.session, invitation_id, by=write.caller.actor, at=write.at, reason=revocation.reason)
    return await write.changed(queries.firm_invitation, invitation_id, as_of=write.at)
