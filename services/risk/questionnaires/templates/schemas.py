from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from services.risk.questionnaires.presets.rules import Preset
from services.risk.questionnaires.templates.models import TemplateOrigin, TemplateState
from services.risk.vendors.vendors.models import VendorTier
from shared.http.fields import Code, Input, Prose, Title

_PRESETS = "`attest`: forty of its own; `mvsp`: one for each control of Minimum Viable Secure Product"
MOST_SECTIONS = 50
MOST_QUESTIONS = 500


class QuestionKind(StrEnum):
    """`yes_no` is answered with yes, partly or no, and scored; `text` in words, and not scored."""

    YES_NO = "yes_no"
    TEXT = "text"


class Question(Input):
    """A question. Yes is the answer that speaks for the vendor."""

    code: Code = Field(examples=["AC-1"])
    text: Prose = Field(examples=["Do all of your staff sign in with a second factor?"])
    help: Prose | None = None
    kind: QuestionKind = QuestionKind.YES_NO
    criteria: list[Code] = Field(default=[], max_length=20, examples=[["CC6.1"]])
    weight: int = Field(default=1, ge=1, le=10)
    knock_out: bool = Field(default=False, description="Whether any other answer than yes is shown beside the score")
    tiers: list[VendorTier] = Field(
        default=list(VendorTier), min_length=1, max_length=4, description="The tiers of vendors that are asked"
    )


class QuestionSection(Input):
    """Questions of one domain, which one person can be asked to answer."""

    code: Code = Field(examples=["AC"])
    title: Title = Field(examples=["Access control"])
    questions: list[Question] = Field(min_length=1, max_length=200)


Sections = Annotated[list[QuestionSection], Field(min_length=1, max_length=MOST_SECTIONS)]


class QuestionnaireTemplateDraft(Input):
    """Questions of one's own, or a copy of those that come with Attest."""

    title: Title = Field(examples=["Vendor security 2026"])
    preset: Preset | None = Field(default=None, description=_PRESETS)
    sections: Sections | None = Field(default=None, description="Needed without a preset")


class QuestionnaireTemplateRevision(Input):
    """What to change of a draft; members left out stay as they are."""

    title: Title | None = None
    sections: Sections | None = None


class QuestionnaireTemplateOut(BaseModel):
    id: UUID
    title: str
    origin: TemplateOrigin
    sections: list[QuestionSection]
    questions: int = Field(description="How many there are")
    status: TemplateState
    published_at: datetime | None
    version: int
    created_at: datetime
    updated_at: datetime
