from collections.abc import Collection, Sequence
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Text,
    Uuid,
    and_,
    any_,
    bindparam,
    func,
    literal,
    or_,
    select,
    true,
)
from sqlalchemy.ext.asyncio import AsyncSession

from services.controls.documents.contents import Entry
from services.controls.frameworks.frameworks.models import Framework, FrameworkVersion
from services.controls.frameworks.requirements.models import Requirement
from services.controls.frameworks.requirements.rules import Asked, RequirementIndex
from shared.data.base import table_of
from shared.data.bulk import among
from shared.data.queries import ListQuery, Mentions, Where
from shared.data.reads import Listing, One
from shared.http.fields import Code, Search, UpdatedSince

_F = table_of(Framework).c
_V = table_of(FrameworkVersion).c
_R = table_of(Requirement).c

_REQUIREMENT = select(
    _R.id,
    _R.version_id,
    _R.ref,
    _R.title,
    _R.text,
    _R.kind,
    _R.group_ref,
    _R.group_title,
    _R.categories,
    _R.parent_ref,
    _R.position,
    _R.assessed,
    _R.oscal_id,
    _R.assertions,
    _R.version,
    _R.created_at,
    _R.updated_at,
)

requirement = One("requirement", _REQUIREMENT, by=_R.id)


class RequirementQuery(ListQuery):
    sort: Literal["position", "-position", "updated_at", "-updated_at"] = "position"
    version_id: UUID
    category: Annotated[Code | None, Where(lambda value: value == any_(_R.categories))] = Field(
        default=None, examples=["security"]
    )
    assessed: bool | None = None
    q: Annotated[Search | None, Mentions("ref", "title")] = Field(default=None, description="In reference and title")
    updated_since: UpdatedSince = None


requirements = Listing(_REQUIREMENT, id=_R.id, query=RequirementQuery)

_KNOWN = (
    select((_F.code + ":" + _R.ref).label("reference"))
    .join(table_of(FrameworkVersion), _V.framework_id == _F.id)
    .join(table_of(Requirement), _R.version_id == _V.id)
    .where(
        _F.code == func.any(bindparam("codes", type_=ARRAY(Text()))),
        _R.ref == func.any(bindparam("refs", type_=ARRAY(Text()))),
        _R.assessed.is_(true()),
    )
)


async def known(session: AsyncSession, references: Sequence[str]) -> frozenset[str]:
    """Which of these `<framework code>:<ref>` some version of a framework asks for, and can be assessed."""
    parts = [reference.partition(":") for reference in references]
    values = {"codes": sorted({code for code, _, _ in parts}), "refs": sorted({ref for _, _, ref in parts})}
    return frozenset(await session.scalars(_KNOWN, values)) & frozenset(references) if parts else frozenset()


async def requirement_index(session: AsyncSession, aimed_at: Collection[UUID]) -> RequirementIndex:
    """All requirements that can be assessed, by how people write them; `aimed_at` are versions of active programmes."""
    aimed = func.bool_or(among(_V.id, aimed_at))
    query = (
        select(_F.code, _F.title, _R.ref, aimed)
        .join(table_of(FrameworkVersion), _V.framework_id == _F.id)
        .join(table_of(Requirement), _R.version_id == _V.id)
        .where(_R.assessed.is_(true()))
        .group_by(_F.code, _F.title, _R.ref)
        .order_by(_F.code, _R.ref)
    )
    return RequirementIndex(Asked(*row) for row in await session.execute(query))


def in_scope(version_id: ColumnElement[UUID], categories: ColumnElement[list[str]]) -> ColumnElement[bool]:
    """What a version asks of those who chose these categories; none chosen is all of it."""
    chosen = or_(func.cardinality(categories) == 0, _R.categories.bool_op("&&")(categories))
    return and_(_R.version_id == version_id, _R.assessed.is_(true()), chosen)


async def scope_of(session: AsyncSession, version_id: UUID, categories: list[str]) -> Sequence[Any]:
    """What the version asks of those who chose these categories: each by its reference, in its own order."""
    scope = in_scope(literal(version_id, Uuid()), literal(categories, ARRAY(Text())))
    query = select(_R.ref, _R.title, _R.kind, _R.group_ref, _R.assertions).where(scope).order_by(_R.position)
    return (await session.execute(query)).all()


async def count_in_scope(session: AsyncSession, version_id: UUID, categories: list[str]) -> int:
    """How many requirements the version asks of those who chose these categories."""
    scope = in_scope(literal(version_id, Uuid()), literal(categories, ARRAY(Text())))
    return await session.scalar(select(func.count()).select_from(table_of(Requirement)).where(scope)) or 0


async def entries_of(session: AsyncSession, version_id: UUID) -> list[Entry]:
    """The requirements of a version, in its own order."""
    rows = await session.execute(
        select(
            _R.ref,
            _R.title,
            _R.text,
            _R.kind,
            _R.group_ref,
            _R.group_title,
            _R.categories,
            _R.parent_ref,
            _R.assessed,
            _R.oscal_id,
            _R.assertions,
        )
        .where(_R.version_id == version_id)
        .order_by(_R.position, _R.id)
    )
    return [
        Entry(**{**row, **{name: tuple(row[name]) for name in ("categories", "assertions")}}) for row in rows.mappings()
    ]
