from uuid import UUID

from fastapi import Response

from services.gateway.sign_in.me.queries import caller_named
from services.gateway.sign_in.me.schemas import CallerKind, MeOut
from services.gateway.sign_in.tokens.schemas import OrganisationChoice
from shared.http.doors import Read
from shared.http.fields import NamedPerson
from shared.http.operations import Routes

routes = Routes("me")


@routes.get("/v1/me", permission=None, signed_in=True, response_model=MeOut, auditors=True)
async def get_me(read: Read) -> Response:
    """Who the access token speaks for, in which organisation, and what it permits."""
    kind, _, key = read.caller.subject.partition(":")
    async with read.transaction() as session:
        caller = await caller_named(session, UUID(key))
    me = MeOut(
        kind=CallerKind(kind),
        id=UUID(key),
        title=caller.client_title,
        person=NamedPerson(id=caller.person_id, name=caller.person_name) if caller.person_id else None,
        organisation=OrganisationChoice(id=caller.id, title=caller.title),
        roles=caller.roles,
        ends_at=caller.ends_at,
        permissions=sorted(read.caller.permissions),
        engagement_id=read.caller.engagement,
    )
    return await read.computed(me)
