from uuid import UUID

from fastapi import Response

from services.audit.engagements.engagements.models import Engagement
from services.audit.judgement.conclusions import actions, queries
from services.audit.judgement.conclusions.models import ConclusionAbout
from services.audit.judgement.conclusions.queries import grounds_of
from services.audit.judgement.conclusions.rules import what_is_open
from services.audit.judgement.conclusions.schemas import ConclusionDraft, ConclusionOut, JudgementOut, ToConclude
from shared.data.outside import ClientWords
from shared.data.records import found
from shared.http.doors import Read, Write
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("conclusions")


routes.list(
    "list_conclusions",
    "/v1/conclusions",
    queries.conclusions,
    ConclusionOut,
    permission=P.CONCLUSIONS_READ,
    description="The conclusions of the engagement, replaced and voided ones included, newest first.",
    auditors=True,
)


routes.one(
    "get_conclusion",
    "/v1/conclusions/{conclusion_id}",
    queries.conclusion,
    ConclusionOut,
    permission=P.CONCLUSIONS_READ,
    description="One conclusion.",
    auditors=True,
)


@routes.get(
    "/v1/engagements/{engagement_id}/judgement",
    permission=P.CONCLUSIONS_READ,
    response_model=JudgementOut,
    refuses=(NotFound,),
    auditors=True,
)
async def get_judgement(engagement_id: UUID, read: Read) -> Response:
    """All that is concluded on, from the criteria upwards, and what each waits for."""
    async with read.transaction() as session:
        engagement = await found(session, Engagement, engagement_id)
        if engagement is None or read.caller.engagement != engagement_id:
            raise NotFound(f"There is no engagement {engagement_id} that this token is for.")
        grounds = await grounds_of(session, engagement)
    concluded = {each.key for each in grounds.standing}
    texts = {(ConclusionAbout.COMMITMENT, each.id): each.text for each in grounds.commitments}
    items = [
        ToConclude(
            about=key[0], ref=key[1], text=texts.get(key), concluded=key in concluded, open=what_is_open(key, grounds)
        )
        for key in grounds.keys
    ]
    return await read.computed(
        JudgementOut(engagement_id=engagement_id, items=items), names_controls=ClientWords("items")
    )


@routes.post(
    "/v1/engagements/{engagement_id}/conclusions",
    permission=P.CONCLUSIONS_WRITE,
    status_code=201,
    response_model=ConclusionOut,
    refuses=(NotFound, actions.NotReadyToConclude),
    auditors=True,
)
async def conclude_in_engagement(engagement_id: UUID, draft: ConclusionDraft, write: Write) -> Response:
    """Conclude on a criterion, a commitment or a subject matter. It replaces the last conclusion on the same."""
    conclusion = await actions.conclude(write.session, engagement_id, draft=draft, caller=write.caller, at=write.at)
    return await write.created(queries.conclusion, conclusion.id, f"/v1/conclusions/{conclusion.id}")
