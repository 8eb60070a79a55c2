from collections.abc import Sequence
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import ColumnElement, any_, case, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col
from sqlmodel import select as select_rows

from services.audit.papers.findings.models import Finding, FindingStatus, ResponsePosition
from shared.data.base import table_of
from shared.data.outside import ClientWords
from shared.data.queries import ListQuery, Mentions, Where, of_the_organisation
from shared.data.reads import Listing, One
from shared.http.fields import Search, UpdatedSince

_C = table_of(Finding).c
# The client reads in a transaction of its own organisation, the firm in its own or by a token for the engagement.
_FOR_CLIENT = of_the_organisation(_C.client_id) & (_C.org_id != _C.client_id)


def _of_the_firm(column: ColumnElement[object]) -> ColumnElement[object]:
    return case((func.coalesce(_FOR_CLIENT, False).is_(False), column))


_FINDING = select(
    _C.id,
    _C.engagement_id,
    _C.control_id,
    _C.control_code,
    _C.title,
    _C.text,
    _C.criteria,
    _of_the_firm(_C.deviation_ids).label("deviation_ids"),
    _of_the_firm(_C.compensating).label("compensating"),
    _C.status,
    _C.drafted_by,
    _C.communicated,
    _C.response,
    _of_the_firm(_C.conclusion).label("conclusion"),
    _C.withdrawal,
    _C.version,
    _C.created_at,
    _C.updated_at,
)

_WORDS = ClientWords("response")
finding = One("finding", _FINDING, by=_C.id, names_controls=_WORDS)


class FindingQuery(ListQuery):
    sort: Literal["created_at", "-created_at", "updated_at", "-updated_at", "title", "-title"] = "-created_at"
    engagement_id: UUID | None = None
    control_id: UUID | None = None
    status: FindingStatus | None = None
    criterion: Annotated[str | None, Where(lambda criterion: criterion == any_(_C.criteria))] = Field(
        default=None, max_length=200, description="As `framework:ref`"
    )
    position: Annotated[ResponsePosition | None, Where(lambda is_: _C.response["position"].as_string() == is_)] = None
    q: Annotated[Search | None, Mentions("title", "text", "control_code")] = Field(
        default=None, description="In title, text and code of the control"
    )
    updated_since: UpdatedSince = None


findings = Listing(_FINDING, id=_C.id, query=FindingQuery, names_controls=_WORDS)


async def findings_of(session: AsyncSession, engagement_id: UUID) -> Sequence[Finding]:
    """The findings of an engagement that stand, oldest first."""
    query = select_rows(Finding).where(
        Finding.engagement_id == engagement_id, Finding.status != FindingStatus.WITHDRAWN
    )
    return (await session.scalars(query.order_by(col(Finding.id)))).all()
