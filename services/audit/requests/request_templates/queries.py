from typing import Annotated, Literal

from pydantic import Field
from sqlalchemy import any_, func, or_, select

from services.audit.engagements.engagements.models import EngagementKind
from services.audit.requests.request_templates.models import RequestTemplate, TemplateStatus
from shared.data.base import table_of
from shared.data.queries import ListQuery, Mentions, Where
from shared.data.reads import Listing, One
from shared.http.fields import Search, UpdatedSince

_T = table_of(RequestTemplate).c

_SUMMARY = select(
    _T.id,
    _T.title,
    _T.engagement_kinds,
    func.jsonb_array_length(_T.lines).label("line_count"),
    _T.status,
    _T.version,
    _T.created_at,
    _T.updated_at,
)

template = One("request template", _SUMMARY.add_columns(_T.lines), by=_T.id)


class TemplateQuery(ListQuery):
    sort: Literal["title", "-title", "created_at", "-created_at", "updated_at", "-updated_at"] = "title"
    status: TemplateStatus | None = None
    engagement_kind: Annotated[
        EngagementKind | None,
        Where(lambda kind: or_(func.cardinality(_T.engagement_kinds) == 0, kind == any_(_T.engagement_kinds))),
    ] = Field(default=None, description="For engagements of this kind, or of every kind")
    q: Annotated[Search | None, Mentions("title")] = Field(default=None, description="In the title")
    updated_since: UpdatedSince = None


templates = Listing(_SUMMARY, id=_T.id, query=TemplateQuery)
