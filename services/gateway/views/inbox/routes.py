import json
from typing import Annotated

from fastapi import Query, Response

from services.gateway.views.inbox.queries import WAITING, InboxQuery
from services.gateway.views.inbox.rules import unnamed
from services.gateway.views.inbox.schemas import InboxOut
from services.gateway.views.told.rules import BY_KIND, visible_kinds
from shared.data.outside import names_outside
from shared.http.doors import Read
from shared.http.operations import Routes

routes = Routes("inbox")


@routes.get("/v1/inbox", permission=None, signed_in=True, response_model=InboxOut, auditors=True)
async def get_inbox(query: Annotated[InboxQuery, Query()], read: Read) -> Response:
    """What waits for the caller in all services: by name, or because they may do it and nobody else is asked.

    By a token for one engagement, it names no control outside the scope.
    """
    kinds = [kind for kind in visible_kinds(read.caller) if query.kind in {None, kind}]
    body = await WAITING.read(
        read.connection,
        read.caller.fence,
        kinds=kinds,
        prefixes=[BY_KIND[kind].prefix for kind in kinds],
        permissions=sorted(read.caller.permissions),
        person=read.caller.person,
        as_of=query.as_of,
        task=query.task,
        overdue=query.overdue,
        named=query.named,
        size=query.limit,
    )
    if read.caller.engagement is not None:
        names = await names_outside(read.connection, read.caller.fence)
        body = json.dumps(unnamed(json.loads(body), names)).encode()
    return Response(body, media_type="application/json")
