from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.risk.questionnaires.questionnaires.models import Questionnaire
from services.risk.questionnaires.questionnaires.queries import answers_to
from services.risk.questionnaires.scores.rules import score_of
from services.risk.questionnaires.scores.schemas import QuestionnaireScoreOut
from shared.data.records import found
from shared.problems import NotFound


async def score(session: AsyncSession, questionnaire_id: UUID) -> QuestionnaireScoreOut:
    """The score of a questionnaire as it is answered now. `NotFound`."""
    questionnaire = await found(session, Questionnaire, questionnaire_id)
    if questionnaire is None:
        raise NotFound(f"There is no questionnaire {questionnaire_id}.")
    scored = score_of(questionnaire.sections, await answers_to(session, questionnaire.id))
    return QuestionnaireScoreOut(**scored.model_dump(), questionnaire_id=questionnaire.id, status=questionnaire.status)
