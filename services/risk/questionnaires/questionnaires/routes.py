from uuid import UUID

from fastapi import Response

from services.risk.questionnaires.questionnaires import actions, queries
from services.risk.questionnaires.questionnaires.schemas import (
    ClarificationRequest,
    QuestionnaireDecision,
    QuestionnaireDraft,
    QuestionnaireOut,
    QuestionnaireReason,
)
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("questionnaires")


routes.list(
    "list_questionnaires",
    "/v1/questionnaires",
    queries.questionnaires,
    QuestionnaireOut,
    permission=P.VENDORS_READ,
    description="What vendors were asked in writing, newest first.",
)


routes.one(
    "get_questionnaire",
    "/v1/questionnaires/{questionnaire_id}",
    queries.questionnaire,
    QuestionnaireOut,
    permission=P.VENDORS_READ,
    description="One questionnaire and how far it is; its score has the questions and answers.",
)


@routes.post(
    "/v1/vendors/{vendor_id}/questionnaires",
    permission=P.VENDORS_WRITE,
    status_code=201,
    response_model=QuestionnaireOut,
    refuses=(NotFound,),
)
async def prepare_questionnaire(vendor_id: UUID, draft: QuestionnaireDraft, write: Write) -> Response:
    """Prepare a questionnaire of a published template. Its questions are copied when it is sent."""
    made = await actions.prepare(write.session, vendor_id, draft=draft, by=write.caller.actor, at=write.at)
    return await write.created(queries.questionnaire, made.id, f"/v1/questionnaires/{made.id}")


@routes.post(
    "/v1/questionnaires/{questionnaire_id}/clarifications",
    permission=P.VENDORS_WRITE,
    response_model=QuestionnaireOut,
    refuses=(NotFound,),
)
async def ask_for_clarification(questionnaire_id: UUID, asked: ClarificationRequest, write: Write) -> Response:
    """Ask back about one answer. The links work again, for the questions that were asked back."""
    await actions.ask_back(write.session, questionnaire_id, asked=asked, by=write.caller.actor, at=write.at)
    return await write.changed(queries.questionnaire, questionnaire_id)


@routes.post(
    "/v1/questionnaires/{questionnaire_id}/decisions",
    permission=P.VENDORS_WRITE,
    response_model=QuestionnaireOut,
    refuses=(NotFound,),
)
async def decide_on_questionnaire(questionnaire_id: UUID, decision: QuestionnaireDecision, write: Write) -> Response:
    """Accept the answers, or return them: then the links work again for all questions."""
    await actions.decide(write.session, questionnaire_id, decision=decision, by=write.caller.actor, at=write.at)
    return await write.changed(queries.questionnaire, questionnaire_id)


@routes.post(
    "/v1/questionnaires/{questionnaire_id}/cancellations",
    permission=P.VENDORS_WRITE,
    response_model=QuestionnaireOut,
    refuses=(NotFound,),
)
async def cancel_questionnaire(questionnaire_id: UUID, given: QuestionnaireReason, write: Write) -> Response:
    """Ask for the answers no more. The links open nothing any longer."""
    await actions.cancel(write.session, questionnaire_id, reason=given.reason, by=write.caller.actor, at=write.at)
    return await write.changed(queries.questionnaire, questionnaire_id)
