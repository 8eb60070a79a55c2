from datetime import datetime
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, Field

from services.risk.questionnaires.questionnaires.models import QuestionnaireStatus
from services.risk.questionnaires.respondents.schemas import RespondentDraft
from services.risk.questionnaires.templates.schemas import QuestionKind
from shared.http.fields import Code, Input, Prose, Title


class AnswerValue(StrEnum):
    """How a question is answered."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"


class AnswerEvidence(Input):
    """What shows that an answer is true: a document by its name, or an address."""

    title: Title = Field(examples=["Penetration test 2026, summary"])
    reference: Title = Field(examples=["https://trust.example.net/pentest-2026"])


class GivenAnswer(Input):
    """An answer; it replaces the one before. Without value, text and reason it takes that away."""

    code: Code = Field(description="That of the question")
    value: AnswerValue | None = Field(default=None, description="Of a question with the kind `yes_no`")
    text: Prose | None = None
    evidence: list[AnswerEvidence] = Field(default=[], max_length=10)
    not_applicable_because: Prose | None = Field(default=None, description="Instead of a value")


class GivenAnswers(Input):
    """Answers to save, all of them or none. The others stay as they are."""

    answers: list[GivenAnswer] = Field(min_length=1, max_length=100)


class Submission(Input):
    """That all is answered, by whom and in which role."""

    signed_by: Title = Field(examples=["Kim Ono"])
    role: Title = Field(examples=["Head of security"])
    leave_unanswered: bool = Field(default=False, description="Submit though some questions have no answer")


class Delegation(Input):
    """To whom sections are given."""

    respondent: RespondentDraft = Field(description="With at least one section, of one's own")


class ResponseAnswer(BaseModel):
    value: AnswerValue | None
    text: str | None
    evidence: list[AnswerEvidence]
    not_applicable_because: str | None
    prefilled: bool = Field(description="Taken from an earlier questionnaire, and not saved anew since")
    respondent_name: str | None
    answered_at: datetime | None
    clarification: str | None = Field(description="What was asked back last")
    clarified: bool = Field(description="Whether that is answered")


class ResponseQuestion(BaseModel):
    code: str
    text: str
    help: str | None
    kind: QuestionKind
    answer: ResponseAnswer | None


class ResponseSection(BaseModel):
    code: str
    title: str
    questions: list[ResponseQuestion]


class QuestionnaireResponseOut(BaseModel):
    """The questionnaire as a respondent sees it: their sections only."""

    questionnaire_id: UUID
    title: str
    vendor_name: str
    respondent_name: str
    status: QuestionnaireStatus
    expires_at: datetime = Field(description="When this link runs out")
    may_submit: bool = Field(description="Whether they answer all sections")
    answered: int
    questions: int
    sections: list[ResponseSection]
