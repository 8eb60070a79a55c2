from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Column
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.risk.base import Base
from shared.data.base import instant


class TemplateState(StrEnum):
    """draft → published → retired; a published one never changes."""

    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"


class TemplateOrigin(StrEnum):
    """Whether the questions are a preset's, came from a sheet of the organisation's, or were written here."""

    ATTEST = "attest"
    MVSP = "mvsp"
    SHEET = "sheet"
    OWN = "own"


class QuestionnaireTemplate(Base, table=True):
    """A set of questions."""

    __tablename__ = "questionnaire_templates"

    title: str
    origin: str
    sections: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    questions: int
    status: str = TemplateState.DRAFT
    published_at: datetime | None = instant(default=None)
