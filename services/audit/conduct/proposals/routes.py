from uuid import UUID

from fastapi import Response

from services.audit.conduct.proposals import actions, queries
from services.audit.conduct.proposals.schemas import ProposalDraft, ProposalOut, ProposalRefusal
from services.audit.engagements.engagements import queries as engagement_queries
from services.audit.engagements.engagements.schemas import EngagementOut, ProposalWithdrawal
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("engagement proposals")


routes.list(
    "list_engagement_proposals",
    "/v1/engagement-proposals",
    queries.proposals,
    ProposalOut,
    permission=P.ENGAGEMENTS_READ,
    description="What the organisation has proposed to firms, and what is or was proposed to it as a firm.",
)


routes.one(
    "get_engagement_proposal",
    "/v1/engagement-proposals/{proposal_id}",
    queries.proposal,
    ProposalOut,
    permission=P.ENGAGEMENTS_READ,
    description="One proposal.",
)


@routes.post(
    "/v1/engagements/{engagement_id}/proposals",
    permission=P.ENGAGEMENTS_WRITE,
    status_code=201,
    response_model=ProposalOut,
    refuses=(NotFound, actions.ProposalOpen),
)
async def propose_engagement(engagement_id: UUID, draft: ProposalDraft, write: Write) -> Response:
    """Propose an engagement to a firm, one at a time. Its partner accepts by moving the engagement; or it declines."""
    proposal = await actions.propose(
        write.session, engagement_id, firm_id=draft.firm_id, by=write.caller.actor, at=write.at
    )
    return await write.created(queries.proposal, proposal.id, f"/v1/engagement-proposals/{proposal.id}")


@routes.post(
    "/v1/engagements/{engagement_id}/proposal-withdrawals",
    permission=P.ENGAGEMENTS_WRITE,
    response_model=EngagementOut,
    refuses=(NotFound,),
)
async def withdraw_proposal(engagement_id: UUID, withdrawal: ProposalWithdrawal, write: Write) -> Response:
    """Propose the engagement no longer, as long as nobody has accepted it; it may be proposed to another firm."""
    await actions.withdraw(write.session, engagement_id, reason=withdrawal.reason, by=write.caller.actor, at=write.at)
    return await write.changed(engagement_queries.engagement, engagement_id)


@routes.post(
    "/v1/engagement-proposals/{proposal_id}/refusals",
    permission=P.ENGAGEMENT_TEAMS_WRITE,
    response_model=ProposalOut,
    refuses=(NotFound,),
)
async def decline_proposal(proposal_id: UUID, refusal: ProposalRefusal, write: Write) -> Response:
    """Decline, as the firm, what is proposed to it: it takes no team and no independence to say no."""
    await actions.decline(write.session, proposal_id, reason=refusal.reason, by=write.caller.actor, at=write.at)
    return await write.changed(queries.proposal, proposal_id)
