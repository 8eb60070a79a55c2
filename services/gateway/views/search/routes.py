import json
from typing import Annotated

from fastapi import Query, Response

from services.gateway.views.search.queries import FOUND, MOST_FOUND, SearchQuery
from services.gateway.views.search.rules import terms_of, unnamed
from services.gateway.views.search.schemas import SearchOut
from services.gateway.views.told.rules import BY_KIND, visible_kinds
from shared.data.outside import names_outside
from shared.http.doors import Read
from shared.http.operations import Routes

routes = Routes("search")


@routes.get("/v1/search", permission=None, signed_in=True, response_model=SearchOut, auditors=True)
async def search(query: Annotated[SearchQuery, Query()], read: Read) -> Response:
    """Find things of all services by code and title: what the caller may read, and nothing else.

    By a token for one engagement, what names a control outside its scope is not found.
    """
    kinds = [kind for kind in visible_kinds(read.caller) if query.kind in {None, kind} and kind != "control_health"]
    first, *others = terms_of(query.q) or ["\x7f"]  # no word begins so
    hides = read.caller.engagement is not None
    body = await FOUND.read(
        read.connection,
        read.caller.fence,
        kinds=kinds,
        prefixes=[BY_KIND[kind].prefix for kind in kinds],
        first=first,
        others=others,
        whole=" ".join(query.q.lower().split()),
        size=MOST_FOUND if hides else query.limit,
    )
    if hides:
        names = await names_outside(read.connection, read.caller.fence)
        body = json.dumps(unnamed(json.loads(body), names, query.limit)).encode()
    return Response(body, media_type="application/json")
