from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, model_validator

from services.audit.requests.requests.schemas import MOST_LINES
from shared.http.fields import ActedBy, Input, Prose, once_each

_MOST_REQUESTS = 100


class _Answering(Input):
    """Evidence, words, or both; or else why what is asked for is not available."""

    evidence_ids: Annotated[list[UUID], AfterValidator(once_each)] = Field(
        default_factory=list,
        max_length=50,
        description="Items of evidence, each a version that never changes; one may answer many requests",
    )
    text: Prose | None = Field(default=None, examples=["The accounts of contractors are on the second sheet."])
    unavailable_because: Prose | None = Field(
        default=None, examples=["The system kept its logs for 30 days until March."]
    )

    @property
    def _answers(self) -> bool:
        return bool(self.evidence_ids) or self.text is not None

    @model_validator(mode="after")
    def _says_one_or_the_other(self) -> Self:
        answers = self._answers
        if answers and self.unavailable_because is not None:
            raise ValueError("give evidence or text, or say why it is unavailable, but not both")
        if not answers and self.unavailable_because is None:
            raise ValueError("give evidence_ids or text, or say why it is unavailable")
        return self


class LineAnswer(_Answering):
    """The answer to one of the things that a request asks for one by one."""

    number: int = Field(ge=1, le=MOST_LINES, description="That of the line")


class RequestAnswerDraft(_Answering):
    """Evidence, words, or both, for the request as a whole or line by line; or else why it is not available.

    A request that asks for things one by one is submitted once each of them is answered, or the whole is.
    """

    lines: list[LineAnswer] = Field(default_factory=list, max_length=MOST_LINES)

    @property
    def _answers(self) -> bool:
        return super()._answers or bool(self.lines)


class RequestAnswerBatch(_Answering):
    """One answer to several requests, all of them or none."""

    request_ids: Annotated[list[UUID], AfterValidator(once_each)] = Field(min_length=1, max_length=_MOST_REQUESTS)


class AnsweredEvidence(BaseModel):
    """An item of evidence, with its title and time as it was answered with. The time is half-open."""

    id: UUID
    title: str
    covers_from: datetime
    covers_until: datetime


class AnsweredLine(BaseModel):
    """What one of the lines was answered with; the evidence is among that of the answer."""

    number: int
    evidence_ids: list[UUID]
    text: str | None
    unavailable_because: str | None


class RequestAnswerOut(BaseModel):
    id: UUID
    request_id: UUID
    number: int = Field(description="Counts the answers to a request, from 1")
    evidence: list[AnsweredEvidence]
    lines: list[AnsweredLine]
    text: str | None
    unavailable_because: str | None
    given_by: ActedBy
    given_at: datetime
    version: int
    created_at: datetime
    updated_at: datetime


class RequestAnswerBatchOut(BaseModel):
    """The answers, in the order in which their requests were named."""

    answer_ids: list[UUID]
