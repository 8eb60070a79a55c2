from uuid import UUID

from fastapi import Response

from services.audit.judgement.opinions import actions, queries
from services.audit.judgement.opinions.schemas import OpinionDraft, OpinionOut, OpinionProposal
from shared.http.doors import Read, Write
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("opinions")


routes.list(
    "list_opinions",
    "/v1/opinions",
    queries.opinions,
    OpinionOut,
    permission=P.CONCLUSIONS_READ,
    description="The opinions of the engagement as they were decided, replaced and voided ones included.",
    auditors=True,
)


routes.one(
    "get_opinion",
    "/v1/opinions/{opinion_id}",
    queries.opinion,
    OpinionOut,
    permission=P.CONCLUSIONS_READ,
    description="One opinion as it was decided.",
    auditors=True,
)


@routes.get(
    "/v1/engagements/{engagement_id}/opinion-proposal",
    permission=P.CONCLUSIONS_READ,
    response_model=OpinionProposal,
    refuses=(NotFound, actions.NotReadyForOpinion),
    auditors=True,
)
async def get_opinion_proposal(engagement_id: UUID, read: Read) -> Response:
    """The opinion that follows from the conclusions on the subject matters, with their reasons; for the firm alone.

    It is refused until every test is reviewed and everything is concluded, and it decides nothing.
    """
    if read.caller.engagement != engagement_id:
        raise NotFound(f"There is no engagement {engagement_id} that this token is for.")
    async with read.transaction() as session:
        return await read.computed(await actions.proposal(session, engagement_id))


@routes.post(
    "/v1/engagements/{engagement_id}/opinions",
    permission=P.OPINIONS_DECIDE,
    status_code=201,
    response_model=OpinionOut,
    refuses=(NotFound, actions.NotReadyForOpinion, actions.NotLicensed),
    auditors=True,
)
async def decide_opinion(engagement_id: UUID, draft: OpinionDraft, write: Write) -> Response:
    """Decide the opinion on each subject matter, as the licensed engagement partner; the firm signs the report."""
    opinion = await actions.decide(write.session, engagement_id, draft=draft, caller=write.caller, at=write.at)
    return await write.created(queries.opinion, opinion.id, f"/v1/opinions/{opinion.id}")
