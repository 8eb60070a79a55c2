from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from services.audit.engagements.engagements.models import EngagementKind
from services.audit.requests.request_templates.models import TemplateStatus
from shared.http.fields import Code, Input, Prose, Title

MOST_LINES = 500


class TemplateLine(Input):
    """One request of a template."""

    code: Code | None = Field(default=None, examples=["CC6.1-01"], description="Numbered (`R-001`) when left out")
    title: Title = Field(examples=["List of all user accounts"])
    text: Prose = Field(examples=["All accounts of the production systems, with roles, as of the period's end."])
    example: Prose | None = Field(
        default=None, examples=["An export of the identity provider that shows the query, the system and the time."]
    )
    addressee: Title | None = Field(default=None, examples=["Head of infrastructure"])
    due_days: int | None = Field(default=None, ge=0, le=366, description="Due so many days after the day of its draft")


Lines = Annotated[list[TemplateLine], Field(min_length=1, max_length=MOST_LINES)]
Kinds = Annotated[
    list[EngagementKind],
    Field(max_length=len(EngagementKind), description="The kinds of engagements it is for; none for every kind"),
]


class TemplateDraft(Input):
    """A list of requests that engagements of the firm may begin with."""

    title: Title = Field(examples=["SOC 2 Type 2, security"])
    engagement_kinds: Kinds = Field(default=[])
    lines: Lines


class TemplateRevision(Input):
    """What to change; members left out stay as they are, and `lines` are replaced as a whole."""

    title: Title | None = None
    engagement_kinds: Kinds | None = None
    lines: Lines | None = None


class TemplateWithdrawal(Input):
    """Why nothing more is drafted from a template."""

    reason: Prose


class TemplateSummary(BaseModel):
    id: UUID
    title: str
    engagement_kinds: list[EngagementKind]
    line_count: int = Field(description="How many requests it has")
    status: TemplateStatus
    version: int
    created_at: datetime
    updated_at: datetime


class TemplateOut(TemplateSummary):
    """A list with its requests, which the list of lists counts only."""

    lines: list[TemplateLine]
