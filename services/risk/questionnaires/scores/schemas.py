from uuid import UUID

from pydantic import BaseModel, Field

from services.risk.questionnaires.questionnaires.models import QuestionnaireStatus
from services.risk.questionnaires.responses.schemas import ResponseAnswer
from services.risk.questionnaires.templates.schemas import QuestionKind


class ScoredQuestion(BaseModel):
    code: str
    text: str
    criteria: list[str]
    kind: QuestionKind
    weight: int = Field(description="0 where it is not scored, or does not apply")
    earned: float
    arithmetic: str = Field(examples=["5 x 1 (yes) x 0.8 (without evidence) = 4"])
    knock_out: bool
    passes: bool = Field(description="Of a knock-out question: answered with yes, or not applicable")
    answer: ResponseAnswer | None


class ScoredSection(BaseModel):
    code: str
    title: str
    percent: float | None = Field(description="Null where nothing is scored")
    earned: float
    possible: int
    arithmetic: str
    questions: list[ScoredQuestion]


class ScoreOut(BaseModel):
    """A score with its arithmetic."""

    percent: float | None = Field(description="Null where nothing is scored")
    earned: float
    possible: int
    arithmetic: str = Field(examples=["61.3 of 74 = 82.8 %"])
    knocked_out: list[str] = Field(description="Knock-out questions that are not answered with yes")
    unanswered: list[str]
    sections: list[ScoredSection]


class QuestionnaireScoreOut(ScoreOut):
    """The score of a questionnaire. It is for people who decide on the vendor, and no input to any risk's rating."""

    questionnaire_id: UUID
    status: QuestionnaireStatus
