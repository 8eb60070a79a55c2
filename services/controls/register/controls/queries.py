from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import Field
from sqlalchemy import ARRAY, Text, and_, any_, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.controls.earlier import dates
from services.controls.frameworks.requirements.schemas import RequirementRef
from services.controls.register.controls.models import Control, ControlStatus
from services.controls.register.controls.schemas import NamedControl
from shared.data.base import table_of
from shared.data.queries import ListQuery, Mentions, Query, Where
from shared.data.reads import Listing, One
from shared.data.scopes import not_to_auditors
from shared.http.fields import PersonRef, Search, UpdatedSince
from shared.people.duties import rows_of
from shared.people.known import is_person, named, reference_to

_C = table_of(Control).c

_CONTROL = select(
    _C.id,
    _C.code,
    _C.title,
    _C.statement,
    named(_C.owner_id).label("owner"),
    _C.kind,
    _C.nature,
    _C.frequency,
    _C.requirements,
    _C.recurrence,
    _C.status,
    _C.author,
    named(_C.backup_owner_id).label("backup_owner"),
    _C.definition,
    not_to_auditors(_C.pending_definition).label("pending_definition"),
    not_to_auditors(_C.pending_from).label("pending_from"),
    _C.implemented_at,
    dates(_C.implemented_at, _C.implementation_recorded_at, _C.implementation_record_id).label("implementation"),
    _C.retired_at,
    _C.version,
    _C.created_at,
    _C.updated_at,
)

control = One("control", _CONTROL, by=_C.id)


class ControlFilters(Query):
    """Which controls: of the list, and of its export."""

    status: ControlStatus | None = None
    owner: Annotated[PersonRef | None, Where(lambda person: is_person(_C.owner_id, person))] = None
    requirement: Annotated[RequirementRef | None, Where(lambda value: value == any_(_C.requirements))] = None
    q: Annotated[Search | None, Mentions("code", "title")] = Field(default=None, description="In code and title")
    updated_since: UpdatedSince = None


class ControlQuery(ControlFilters, ListQuery):
    sort: Literal["code", "-code", "created_at", "-created_at", "updated_at", "-updated_at"] = "code"


_ANSWERED_FOR = _C.status != ControlStatus.RETIRED.value
_TITLE = _C.code + " " + _C.title
owned = rows_of(id=_C.id, title=_TITLE, person=_C.owner_id, where=_ANSWERED_FOR)
backed_up = rows_of(
    id=_C.id, title=_TITLE, person=_C.backup_owner_id, where=and_(_ANSWERED_FOR, _C.backup_owner_id.is_not(None))
)

controls = Listing(_CONTROL, id=_C.id, query=ControlQuery)


# As a table that an import takes back: people by what names them there.
_TABLED = select(
    _C.id,
    _C.code,
    _C.title,
    _C.statement,
    reference_to(_C.owner_id).label("owner"),
    reference_to(_C.backup_owner_id).label("backup_owner"),
    _C.kind,
    _C.nature,
    _C.frequency,
    _C.requirements,
    _C.recurrence,
    _C.status,
    _C.created_at,
    _C.updated_at,
)
tabled = Listing(_TABLED, id=_C.id, query=ControlQuery)


async def controls_by_code(session: AsyncSession, codes: Iterable[str]) -> dict[str, NamedControl]:
    """The controls with these codes, by code."""
    wanted = literal(sorted(codes), ARRAY(Text()))
    found = await session.execute(select(_C.id, _C.code, _C.title).where(_C.code == func.any(wanted)))
    return {row.code: NamedControl(id=row.id, code=row.code, title=row.title) for row in found}
