from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import select

from services.integrations.formats.contents import ResultVerdict
from services.integrations.results.reported_checks.models import ReportedCheck
from shared.data.base import table_of
from shared.data.queries import AtOrAfter, ListQuery, Where
from shared.data.reads import Listing
from shared.http.fields import Instant, Title

_C = table_of(ReportedCheck).c


class ReportedCheckQuery(ListQuery):
    sort: Literal["recorded_at", "-recorded_at", "observed_at", "-observed_at"] = "-recorded_at"
    file_id: UUID | None = None
    source: Title | None = None
    tool: Title | None = None
    check: Annotated[str | None, Where(lambda value: _C.check_name == value)] = Field(default=None, max_length=400)
    verdict: ResultVerdict | None = None
    updated_since: Annotated[Instant | None, AtOrAfter("recorded_at")] = None


reported_checks = Listing(
    select(
        _C.id,
        _C.file_id,
        _C.source,
        _C.run,
        _C.tool,
        _C.check_name.label("check"),
        _C.title,
        _C.verdict,
        _C.verdicts,
        _C.requirements,
        _C.severity,
        _C.detail,
        _C.url,
        _C.observed_at,
        _C.recorded_at,
    ),
    id=_C.id,
    query=ReportedCheckQuery,
)
