from typing import Annotated, Literal

from pydantic import Field
from sqlalchemy import select

from services.risk.questionnaires.templates.models import QuestionnaireTemplate, TemplateOrigin, TemplateState
from shared.data.base import table_of
from shared.data.queries import ListQuery, Mentions
from shared.data.reads import Listing, One
from shared.http.fields import Search, UpdatedSince

_C = table_of(QuestionnaireTemplate).c

_TEMPLATE = select(
    _C.id,
    _C.title,
    _C.origin,
    _C.sections,
    _C.questions,
    _C.status,
    _C.published_at,
    _C.version,
    _C.created_at,
    _C.updated_at,
)

template = One("questionnaire template", _TEMPLATE, by=_C.id)


class QuestionnaireTemplateQuery(ListQuery):
    sort: Literal["title", "-title", "created_at", "-created_at", "updated_at", "-updated_at"] = "title"
    status: TemplateState | None = None
    origin: TemplateOrigin | None = None
    q: Annotated[Search | None, Mentions("title")] = Field(default=None, description="In the title")
    updated_since: UpdatedSince = None


templates = Listing(_TEMPLATE, id=_C.id, query=QuestionnaireTemplateQuery)
