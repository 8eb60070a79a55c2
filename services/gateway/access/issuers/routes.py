from uuid import UUID

from fastapi import Response

from services.gateway.access.issuers import actions, queries
from services.gateway.access.issuers.schemas import IssuerDraft, IssuerOut
from services.gateway.settings import settings_of
from shared.http.doors import Write
from shared.http.fields import Input, Prose
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("identity providers")


class Distrust(Input):
    """Why an issuer is no longer believed."""

    reason: Prose


routes.list(
    "list_issuers",
    "/v1/issuers",
    queries.issuers,
    IssuerOut,
    permission=P.ISSUERS_READ,
    description="The OpenID Connect providers that the organisation trusts, or did.",
)


routes.one(
    "get_issuer",
    "/v1/issuers/{issuer_id}",
    queries.issuer,
    IssuerOut,
    permission=P.ISSUERS_READ,
    description="One issuer.",
)


@routes.post(
    "/v1/issuers",
    permission=P.ISSUERS_WRITE,
    status_code=201,
    response_model=IssuerOut,
    refuses=(actions.IssuerTrustedAlready, actions.AddressRefused),
)
async def trust_issuer(draft: IssuerDraft, write: Write) -> Response:
    """Let members sign in with the tokens of an OpenID Connect provider."""
    settings = settings_of(write.platform)
    issuer = await actions.trust(
        write.session,
        draft=draft,
        own_issuer=str(settings.issuer).rstrip("/"),
        plain_http=bool(settings.outbound_allow),
        by=write.caller.actor,
        at=write.at,
    )
    return await write.created(queries.issuer, issuer.id, f"/v1/issuers/{issuer.id}")


@routes.post(
    "/v1/issuers/{issuer_id}/revocations",
    permission=P.ISSUERS_WRITE,
    response_model=IssuerOut,
    refuses=(NotFound,),
)
async def revoke_issuer(issuer_id: UUID, distrust: Distrust, write: Write) -> Response:
    """Believe an issuer's tokens no longer, and say why."""
    await actions.revoke(write.session, issuer_id, by=write.caller.actor, at=write.at, reason=distrust.reason)
    return await write.changed(queries.issuer, issuer_id)
