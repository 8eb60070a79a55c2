from uuid import UUID

from fastapi import Response

from services.audit.requests.request_answers import actions, queries
from services.audit.requests.request_answers.schemas import (
    RequestAnswerBatch,
    RequestAnswerBatchOut,
    RequestAnswerDraft,
    RequestAnswerOut,
)
from services.audit.requests.requests.routes import as_client
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("request answers")


routes.list(
    "list_request_answers",
    "/v1/request-answers",
    queries.answers,
    RequestAnswerOut,
    permission=P.REQUESTS_READ,
    description="What the client answered: each answer as it was given, whatever became of it.",
    given=as_client,
    auditors=True,
)


routes.one(
    "get_request_answer",
    "/v1/request-answers/{answer_id}",
    queries.answer,
    RequestAnswerOut,
    permission=P.REQUESTS_READ,
    description="One answer.",
    auditors=True,
)


@routes.post(
    "/v1/requests/{request_id}/answers",
    permission=P.REQUESTS_ANSWER,
    status_code=201,
    response_model=RequestAnswerOut,
    refuses=(NotFound, actions.UnknownEvidence),
)
async def answer_request(request_id: UUID, draft: RequestAnswerDraft, write: Write) -> Response:
    """Answer a request with evidence, with words, or by saying why what is asked for is not available."""
    (answer,) = await actions.give(write.session, [request_id], draft=draft, by=write.caller.actor, at=write.at)
    return await write.created(queries.answer, answer.id, f"/v1/request-answers/{answer.id}")


@routes.post(
    "/v1/request-answers/batch",
    permission=P.REQUESTS_ANSWER,
    response_model=RequestAnswerBatchOut,
    refuses=(NotFound, actions.UnknownEvidence),
)
async def answer_requests(batch: RequestAnswerBatch, write: Write) -> RequestAnswerBatchOut:
    """Answer several requests with the same, all of them or none: one piece of evidence may serve many."""
    draft = RequestAnswerDraft(**batch.model_dump(exclude={"request_ids"}))
    given = await actions.give(write.session, batch.request_ids, draft=draft, by=write.caller.actor, at=write.at)
    return RequestAnswerBatchOut(answer_ids=[answer.id for answer in given])
