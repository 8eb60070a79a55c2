from uuid import UUID

from fastapi import Response

from services.risk.questionnaires.respondents import actions, queries
from services.risk.questionnaires.respondents.schemas import (
    QuestionnaireSending,
    QuestionnaireSentOut,
    RespondentOut,
)
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("questionnaire respondents")


routes.list(
    "list_questionnaire_respondents",
    "/v1/questionnaire-respondents",
    queries.respondents,
    RespondentOut,
    permission=P.VENDORS_READ,
    description="Who at the vendor was given a link; never the links themselves.",
)


@routes.post(
    "/v1/questionnaires/{questionnaire_id}/sendings",
    permission=P.VENDORS_WRITE,
    response_model=QuestionnaireSentOut,
    refuses=(NotFound, actions.TooManyRespondents),
)
async def send_questionnaire(questionnaire_id: UUID, sending: QuestionnaireSending, write: Write) -> Response:
    """Give out links, which are shown this once. The first sending copies the questions; later ones add respondents."""
    links = await actions.send(write.session, questionnaire_id, sending=sending, by=write.caller.actor, at=write.at)
    out = QuestionnaireSentOut(questionnaire_id=questionnaire_id, links=links)
    headers = {"Cache-Control": "no-store"}
    return Response(out.model_dump_json(), headers=headers, media_type="application/json")


@routes.post(
    "/v1/questionnaire-respondents/{respondent_id}/revocations",
    permission=P.VENDORS_WRITE,
    response_model=RespondentOut,
    refuses=(NotFound,),
)
async def revoke_questionnaire_link(respondent_id: UUID, write: Write) -> Response:
    """Let a link open nothing any more. What was answered by it stays."""
    await actions.revoke(write.session, respondent_id, by=write.caller.actor, at=write.at)
    return await write.changed(queries.respondent, respondent_id)
