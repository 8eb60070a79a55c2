from uuid import UUID

from fastapi import Response

from services.risk.questionnaires.scores import queries
from services.risk.questionnaires.scores.schemas import QuestionnaireScoreOut
from shared.http.doors import Read
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("questionnaire scores")


@routes.get(
    "/v1/questionnaires/{questionnaire_id}/score",
    permission=P.VENDORS_READ,
    response_model=QuestionnaireScoreOut,
    refuses=(NotFound,),
)
async def read_questionnaire_score(questionnaire_id: UUID, read: Read) -> Response:
    """The questions with their answers, and what each counts: by section, and in all."""
    async with read.transaction() as session:
        return await read.computed(await queries.score(session, questionnaire_id))
