from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from services.audit.planning.successor_proposals.queries import NothingFollows, SuccessorQuery, successor_proposal
from services.audit.planning.successor_proposals.schemas import SuccessorProposalOut
from shared.http.doors import Read
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("successor proposals")


@routes.get(
    "/v1/engagements/{engagement_id}/successor-proposal",
    permission=P.PLANS_READ,
    response_model=SuccessorProposalOut,
    refuses=(NotFound, NothingFollows),
)
async def propose_successor(engagement_id: UUID, read: Read, query: Annotated[SuccessorQuery, Query()]) -> Response:
    """Propose the engagement that follows on without a gap: same kind, firm and scope, milestones put off with it."""
    async with read.transaction() as session:
        answer = await successor_proposal(session, engagement_id, query)
    return await read.computed(answer)
