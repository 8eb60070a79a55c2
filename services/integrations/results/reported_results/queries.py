from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import select

from services.integrations.formats.contents import ResultKind, ResultSeverity, ResultVerdict
from services.integrations.results.reported_results.models import ReportedResult
from shared.data.base import table_of
from shared.data.queries import AtOrAfter, ListQuery, Where
from shared.data.reads import Listing
from shared.http.fields import Instant, Title

_R = table_of(ReportedResult).c


class ReportedResultQuery(ListQuery):
    sort: Literal["recorded_at", "-recorded_at"] = "-recorded_at"
    file_id: UUID | None = None
    source: Title | None = None
    kind: ResultKind | None = None
    check: Annotated[str | None, Where(lambda value: _R.check_name == value)] = Field(default=None, max_length=400)
    verdict: ResultVerdict | None = None
    severity: ResultSeverity | None = None
    updated_since: Annotated[Instant | None, AtOrAfter("recorded_at")] = None


reported_results = Listing(
    select(
        _R.id,
        _R.file_id,
        _R.source,
        _R.run,
        _R.kind,
        _R.tool,
        _R.check_name.label("check"),
        _R.title,
        _R.verdict,
        _R.requirements,
        _R.resource,
        _R.severity,
        _R.observed_at,
        _R.first_seen_at,
        _R.fixed_at,
        _R.fixed_in,
        _R.detail,
        _R.url,
        _R.suppression,
        _R.recorded_at,
    ),
    id=_R.id,
    query=ReportedResultQuery,
)
