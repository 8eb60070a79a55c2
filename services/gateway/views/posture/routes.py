from datetime import UTC
from typing import Annotated

from fastapi import Query, Response

from services.gateway.views.posture.queries import POSTURE, PostureQuery
from services.gateway.views.posture.rules import hidden_blocks
from services.gateway.views.posture.schemas import PostureOut
from services.gateway.views.told.rules import NOUNS, visible_kinds
from shared.clock import now
from shared.http.doors import Read
from shared.http.operations import Routes

routes = Routes("posture")


@routes.get("/v1/posture", permission=None, signed_in=True, response_model=PostureOut)
async def get_posture(query: Annotated[PostureQuery, Query()], read: Read) -> Response:
    """How the organisation stands: numbers of now and of each day, its programmes, and what happened in seven days."""
    kinds = visible_kinds(read.caller)
    as_of = now()
    body = await POSTURE.read(
        read.connection,
        read.caller.fence,
        as_of=as_of,
        today=as_of.astimezone(UTC).date(),
        days=query.days,
        hidden=hidden_blocks(kinds),
        nouns=[name for name, noun in NOUNS.items() if noun.kind in kinds],
        programmes="programme" in kinds,
        engagements="engagement" in kinds,
    )
    return Response(body, media_type="application/json")
