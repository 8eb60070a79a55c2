from typing import Annotated, Literal
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.controls.programmes.programmes.models import Programme, ProgrammeStatus
from services.controls.programmes.security_objectives.models import SecurityObjective, SecurityObjectiveStatus
from shared.data.base import table_of
from shared.data.queries import ListQuery, Where
from shared.data.reads import Listing, One
from shared.http.fields import PersonRef, UpdatedSince
from shared.people.duties import rows_of
from shared.people.known import is_person, named

_C = table_of(SecurityObjective).c
_P = table_of(Programme).c

_OBJECTIVE = select(
    _C.id,
    _C.programme_id,
    _C.title,
    _C.measure,
    _C.plan,
    named(_C.owner_id).label("owner"),
    _C.due_on,
    _C.evaluation,
    _C.status,
    _C.version,
    _C.created_at,
    _C.updated_at,
)

objective = One("security objective", _OBJECTIVE, by=_C.id)


class SecurityObjectiveQuery(ListQuery):
    sort: Literal["created_at", "-created_at", "updated_at", "-updated_at"] = "created_at"
    programme_id: UUID | None = None
    owner: Annotated[PersonRef | None, Where(lambda person: is_person(_C.owner_id, person))] = None
    status: SecurityObjectiveStatus | None = None
    updated_since: UpdatedSince = None


objectives = Listing(_OBJECTIVE, id=_C.id, query=SecurityObjectiveQuery)

# Whose programme is closed asks nobody for anything any longer.
_LIVE = exists().where(_P.id == _C.programme_id, _P.status == ProgrammeStatus.ACTIVE.value)

owned = rows_of(
    id=_C.id, title=_C.title, person=_C.owner_id, where=(_C.status == SecurityObjectiveStatus.IN_FORCE.value) & _LIVE
)


async def has_in_force(session: AsyncSession, programme_id: UUID) -> bool:
    """Whether the programme has a security objective that was not withdrawn."""
    standing = exists().where(_C.programme_id == programme_id, _C.status == SecurityObjectiveStatus.IN_FORCE)
    return bool(await session.scalar(select(standing)))
