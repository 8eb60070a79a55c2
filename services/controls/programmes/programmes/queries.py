from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import any_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.controls.frameworks.frameworks.models import Framework, FrameworkVersion
from services.controls.programmes.known_assets.queries import assets_named
from services.controls.programmes.programmes.models import Programme, ProgrammeStatus, ReportType
from shared.data.base import table_of
from shared.data.queries import ListQuery, Where
from shared.data.reads import Listing, One
from shared.http.fields import Code, PersonRef, UpdatedSince
from shared.people.duties import rows_of
from shared.people.known import is_person, named

_C = table_of(Programme).c
_V = table_of(FrameworkVersion).c
_F = table_of(Framework).c

_PROGRAMME = (
    select(
        _C.id,
        _C.title,
        _F.code.label("framework"),
        _V.label.label("framework_version"),
        _C.framework_version_id,
        _C.report_type,
        _C.categories,
        _C.requirements_in_scope,
        _C.system,
        _C.isms_scope,
        assets_named(_C.asset_ids, table_of(Programme)).label("assets"),
        named(_C.owner_id).label("owner"),
        _C.target_date,
        _C.as_of_date,
        _C.period_start,
        _C.period_end,
        _C.status,
        _C.closed_at,
        _C.closed_because,
        _C.version,
        _C.created_at,
        _C.updated_at,
    )
    .join(table_of(FrameworkVersion), _V.id == _C.framework_version_id)
    .join(table_of(Framework), _F.id == _V.framework_id)
)

programme = One("programme", _PROGRAMME, by=_C.id)


class ProgrammeQuery(ListQuery):
    sort: Literal["created_at", "-created_at", "title", "-title", "updated_at", "-updated_at"] = "-created_at"
    report_type: ReportType | None = None
    framework: Code | None = Field(default=None, examples=["soc2"])
    status: ProgrammeStatus | None = None
    owner: Annotated[PersonRef | None, Where(lambda person: is_person(_C.owner_id, person))] = None
    asset_id: Annotated[UUID | None, Where(lambda value: value == any_(_C.asset_ids))] = Field(
        default=None, description="An asset in scope"
    )
    updated_since: UpdatedSince = None


programmes = Listing(_PROGRAMME, id=_C.id, query=ProgrammeQuery)

owned = rows_of(id=_C.id, title=_C.title, person=_C.owner_id, where=_C.status == ProgrammeStatus.ACTIVE.value)


async def versions_aimed_at(session: AsyncSession) -> frozenset[UUID]:
    """The framework versions of the active programmes."""
    query = select(_C.framework_version_id).where(_C.status == ProgrammeStatus.ACTIVE.value)
    return frozenset(await session.scalars(query))
