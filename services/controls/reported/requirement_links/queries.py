from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Select,
    Text,
    any_,
    case,
    false,
    func,
    literal,
    null,
    select,
    true,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncSession

from services.controls.frameworks.crosswalk_entries.rules import turned
from services.controls.frameworks.crosswalks.models import (
    Crosswalk,
    CrosswalkEntry,
    CrosswalkStatus,
    EntryStatus,
    Relation,
)
from services.controls.programmes.adoptions.models import AdoptedMapping, AdoptedMappingStatus
from services.controls.register.controls.models import Control, ControlStatus
from services.controls.reported.requirement_links.models import RequirementLink, RequirementLinkStatus
from services.controls.reported.requirement_links.rules import Answer, Following
from shared.data.base import table_of
from shared.data.bulk import among
from shared.data.queries import ListQuery
from shared.data.reads import Listing, One
from shared.http.fields import Title, UpdatedSince

_L = table_of(RequirementLink).c
_C = table_of(Control).c
_M = table_of(AdoptedMapping).c
_E = table_of(CrosswalkEntry).c
_X = table_of(Crosswalk).c
_TURNED = case({relation: turned(relation) for relation in Relation}, value=_E.relation)
_TESTED = (ControlStatus.APPROVED, ControlStatus.IMPLEMENTED)

_LINK = select(
    _L.id,
    _L.source_id,
    _L.source,
    _L.tool,
    _L.relations,
    _L.valid_days,
    _L.status,
    _L.version,
    _L.created_at,
    _L.updated_at,
)

requirement_link = One("requirement link", _LINK, by=_L.id)


class RequirementLinkQuery(ListQuery):
    sort: Literal["created_at", "-created_at", "updated_at", "-updated_at"] = "-created_at"
    source_id: UUID | None = None
    source: Title | None = None
    status: RequirementLinkStatus | None = None
    updated_since: UpdatedSince = None


requirement_links = Listing(_LINK, id=_L.id, query=RequirementLinkQuery)


async def links_in_use(session: AsyncSession) -> list[Following]:
    """The active links, in the order in which they were made."""
    query = select(_L.id, _L.source_id, _L.source, _L.tool, _L.relations, _L.valid_days)
    rows = await session.execute(query.where(_L.status == RequirementLinkStatus.ACTIVE).order_by(_L.id))
    return [Following(*row[:4], frozenset(row.relations), row.valid_days) for row in rows]


async def same_link(session: AsyncSession, link: RequirementLink) -> UUID | None:
    """The active link of the same source and tool."""
    same = [
        column.is_(None) if value is None else column == value
        for column, value in ((_L.source_id, link.source_id), (_L.source, link.source), (_L.tool, link.tool))
    ]
    return await session.scalar(select(_L.id).where(_L.status == RequirementLinkStatus.ACTIVE, *same))


async def answers_to(session: AsyncSession, requirements: Collection[str]) -> dict[str, Sequence[Answer]]:
    """By requirement the controls in use that answer it: by their text, by what was adopted, or through crosswalks."""
    if not requirements:
        return {}
    asked = func.unnest(literal(sorted(requirements), ARRAY(Text()))).column_valued("asked")
    ways = union_all(_by_text(asked), _adopted(requirements), *_through_crosswalks(requirements))
    found: dict[str, list[Answer]] = defaultdict(list)
    for row in await session.execute(ways):
        found[row.requirement].append(Answer(*row))
    return dict(found)


def _by_text(asked: ColumnElement[str]) -> Select[Any]:
    text: ColumnElement[Any] = asked
    return select(
        _C.id, text.label("requirement"), text.label("answers"), null(), null(), false().label("adopted")
    ).where(text == any_(_C.requirements), among(_C.status, _TESTED))


def _adopted(requirements: Collection[str]) -> Select[Any]:
    return (
        select(_M.control_id, _M.requirement, _M.via, _M.relation, _M.crosswalk, true())
        .join(table_of(Control), _C.id == _M.control_id)
        .where(
            among(_M.requirement, requirements),
            _M.status == AdoptedMappingStatus.ACTIVE,
            among(_C.status, _TESTED),
        )
    )


def _through_crosswalks(requirements: Collection[str]) -> tuple[Select[Any], Select[Any]]:
    """Entries from the requirement, read from either end, to what controls name."""
    return (
        _entries(_E.source, _E.target, _E.relation, requirements),
        _entries(_E.target, _E.source, _TURNED, requirements),
    )


def _entries(
    named: ColumnElement[str], other: ColumnElement[str], relation: ColumnElement[str], requirements: Collection[str]
) -> Select[Any]:
    return (
        select(_C.id, named, other, relation, _X.code, false())
        .select_from(table_of(CrosswalkEntry))
        .join(table_of(Crosswalk), _X.id == _E.crosswalk_id)
        .join(table_of(Control), other == any_(_C.requirements))
        .where(
            among(named, requirements),
            _X.status == CrosswalkStatus.ACTIVE,
            _E.status == EntryStatus.ACTIVE,
            among(_C.status, _TESTED),
        )
    )
