from collections.abc import Sequence
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from services.controls.frameworks.crosswalk_entries.schemas import Mapping
from services.controls.frameworks.crosswalks.models import CrosswalkEntry, EntryStatus, Relation
from services.controls.frameworks.requirements.schemas import RequirementRef
from shared.data.base import table_of
from shared.data.queries import ListQuery, Where
from shared.data.reads import Listing, One
from shared.http.fields import UpdatedSince

_C = table_of(CrosswalkEntry).c

_ENTRY = select(
    _C.id,
    _C.crosswalk_id,
    _C.source,
    _C.target,
    _C.relation,
    _C.strength,
    _C.basis,
    _C.rationale,
    _C.status,
    _C.version,
    _C.created_at,
    _C.updated_at,
)

entry = One("crosswalk entry", _ENTRY, by=_C.id)


class EntryQuery(ListQuery):
    sort: Literal["source", "-source", "created_at", "-created_at", "updated_at", "-updated_at"] = "source"
    crosswalk_id: UUID | None = None
    requirement: Annotated[RequirementRef | None, Where(lambda ref: or_(_C.source == ref, _C.target == ref))] = Field(
        default=None, description="At either end"
    )
    relation: Relation | None = None
    status: EntryStatus | None = None
    updated_since: UpdatedSince = Field(default=None, description="Tombstones are among what changed since")


entries = Listing(_ENTRY, id=_C.id, query=EntryQuery)


async def existing_entries(
    session: AsyncSession, crosswalk_id: UUID, mappings: Sequence[Mapping]
) -> frozenset[tuple[str, str]]:
    """Which of these pairs the crosswalk has an active entry for."""
    pairs = [(mapping.source, mapping.target) for mapping in mappings]
    found = select(_C.source, _C.target).where(
        _C.crosswalk_id == crosswalk_id,
        _C.status == EntryStatus.ACTIVE,
        tuple_(_C.source, _C.target).in_(pairs),
    )
    return frozenset((row.source, row.target) for row in await session.execute(found))
