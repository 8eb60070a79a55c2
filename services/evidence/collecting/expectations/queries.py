from typing import Annotated, Literal
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.evidence.collecting.expectations.models import Expectation, ExpectationStatus
from shared.data.base import table_of
from shared.data.outside import ClientWords
from shared.data.queries import ListQuery, Where
from shared.data.reads import Listing, One
from shared.http.fields import PersonRef, UpdatedSince
from shared.people.duties import rows_of
from shared.people.known import is_person, named

_C = table_of(Expectation).c

_EXPECTATION = select(
    _C.id,
    _C.control_id,
    _C.title,
    _C.description,
    _C.kind,
    _C.freshness_days,
    _C.expiring_days,
    named(_C.owner_id).label("owner"),
    named(_C.backup_owner_id).label("backup_owner"),
    _C.record_schema_id,
    _C.result_source,
    _C.cadence,
    _C.next_on,
    _C.status,
    _C.version,
    _C.created_at,
    _C.updated_at,
)

_WORDS = ClientWords("title", "description")
expectation = One("expectation", _EXPECTATION, by=_C.id, names_controls=_WORDS)


class ExpectationQuery(ListQuery):
    sort: Literal["created_at", "-created_at", "title", "-title", "updated_at", "-updated_at"] = "created_at"
    control_id: UUID | None = None
    owner: Annotated[PersonRef | None, Where(lambda person: is_person(_C.owner_id, person))] = None
    status: ExpectationStatus | None = None
    updated_since: UpdatedSince = None


expectations = Listing(_EXPECTATION, id=_C.id, query=ExpectationQuery, names_controls=_WORDS)


async def fed_by(session: AsyncSession, source: str) -> list[UUID]:
    """The active expectations that result files of this name are evidence for, the oldest first."""
    query = select(_C.id).where(_C.result_source == source, _C.status == ExpectationStatus.ACTIVE)
    return list(await session.scalars(query.order_by(_C.id)))


_ACTIVE = _C.status == ExpectationStatus.ACTIVE.value
owned = rows_of(id=_C.id, title=_C.title, person=_C.owner_id, where=_ACTIVE)
backed_up = rows_of(
    id=_C.id, title=_C.title, person=_C.backup_owner_id, where=and_(_ACTIVE, _C.backup_owner_id.is_not(None))
)
