from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import DateTime, Text, Uuid, bindparam, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from services.controls.frameworks.crosswalk_entries.models import CrosswalkEntry, EntryStatus
from services.controls.frameworks.crosswalk_entries.schemas import Mapping
from shared.data.base import table_of
from shared.data.reads import Listing, One

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

_requirement = bindparam("requirement", type_=Text())

entries = Listing(
    _ENTRY,
    id=_C.id,
    filters={
        "crosswalk_id": _C.crosswalk_id == bindparam("crosswalk_id", type_=Uuid()),
        "requirement": or_(_C.source == _requirement, _C.target == _requirement),
        "relation": _C.relation == bindparam("relation", type_=Text()),
        "status": _C.status == bindparam("status", type_=Text()),
        "updated_since": _C.updated_at >= bindparam("updated_since", type_=DateTime(timezone=True)),
    },
    sorts={"source": _C.source, "created_at": _C.created_at, "updated_at": _C.updated_at},
)


async def there_already(
    session: AsyncSession, crosswalk_id: UUID, mappings: Sequence[Mapping]
) -> frozenset[tuple[str, str]]:
    """Which of these pairs the crosswalk has an active entry for."""
    pairs = [(each.source, each.target) for each in mappings]
    found = select(_C.source, _C.target).where(
        _C.crosswalk_id == crosswalk_id,
        _C.status == EntryStatus.ACTIVE,
        tuple_(_C.source, _C.target).in_(pairs),
    )
    return frozenset((row.source, row.target) for row in await session.execute(found))
