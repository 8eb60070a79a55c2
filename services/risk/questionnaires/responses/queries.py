from sqlalchemy.ext.asyncio import AsyncSession

from services.risk.questionnaires.questionnaires.models import Questionnaire, QuestionnaireAnswer
from services.risk.questionnaires.questionnaires.queries import answers_to
from services.risk.questionnaires.respondents.models import Respondent
from services.risk.questionnaires.responses.rules import is_answered, sections_for
from services.risk.questionnaires.responses.schemas import (
    QuestionnaireResponseOut,
    ResponseAnswer,
    ResponseQuestion,
    ResponseSection,
)
from services.risk.vendors.vendors.models import Vendor
from shared.data.records import found


async def shown_to(
    session: AsyncSession, respondent: Respondent, questionnaire: Questionnaire
) -> QuestionnaireResponseOut:
    """The questionnaire with its answers, as far as a respondent answers it."""
    vendor = await found(session, Vendor, questionnaire.vendor_id)
    assert vendor is not None, "a questionnaire is a vendor's"
    answers = await answers_to(session, questionnaire.id)
    sections = [
        ResponseSection(
            code=section["code"],
            title=section["title"],
            questions=[
                ResponseQuestion(
                    code=question["code"],
                    text=question["text"],
                    help=question["help"],
                    kind=question["kind"],
                    answer=_shown(answers.get(question["code"])),
                )
                for question in section["questions"]
            ],
        )
        for section in sections_for(questionnaire.sections, respondent.sections)
    ]
    codes = [question.code for section in sections for question in section.questions]
    return QuestionnaireResponseOut(
        questionnaire_id=questionnaire.id,
        title=questionnaire.title,
        vendor_name=vendor.name,
        respondent_name=respondent.name,
        status=questionnaire.status,
        expires_at=respondent.expires_at,
        may_submit=respondent.sections is None,
        answered=sum(is_answered(answers.get(code)) for code in codes),
        questions=len(codes),
        sections=sections,
    )


def _shown(answer: QuestionnaireAnswer | None) -> ResponseAnswer | None:
    return None if answer is None else ResponseAnswer.model_validate(answer, from_attributes=True)
