from typing import Literal
from uuid import UUID

from sqlalchemy import Text, func, select, union
from sqlalchemy.ext.asyncio import AsyncSession

from services.controls.frameworks.frameworks.models import Framework, FrameworkVersion
from services.controls.programmes.adoptions.models import AdoptedMapping, AdoptedMappingStatus
from services.controls.programmes.upgrades.models import Upgrade, UpgradeEffect, UpgradeStatus
from services.controls.programmes.upgrades.schemas import ControlMapping
from services.controls.register.controls.models import Control, ControlStatus
from shared.data.base import table_of
from shared.data.queries import ListQuery
from shared.data.reads import Listing, One
from shared.http.fields import UpdatedSince

_C = table_of(Upgrade).c
_E = table_of(UpgradeEffect).c
_F = table_of(Framework).c
_FROM = table_of(FrameworkVersion).alias("from_version")
_TO = table_of(FrameworkVersion).alias("to_version")
_CONTROL = table_of(Control).c
_M = table_of(AdoptedMapping).c

_UPGRADE = (
    select(
        _C.id,
        _C.programme_id,
        _C.status,
        _F.code.label("framework"),
        _FROM.c.label.label("from_version"),
        _C.from_version_id,
        _TO.c.label.label("to_version"),
        _C.to_version_id,
        _C.categories_before,
        _C.categories_after,
        _C.in_scope_before,
        _C.in_scope_after,
        _C.counts,
        _C.upgraded_by,
        _C.rolled_back_at,
        _C.rolled_back_by,
        _C.version,
        _C.created_at,
        _C.updated_at,
    )
    .join(_FROM, _FROM.c.id == _C.from_version_id)
    .join(_TO, _TO.c.id == _C.to_version_id)
    .join(table_of(Framework), _F.id == _TO.c.framework_id)
)

upgrade = One(
    "upgrade",
    _UPGRADE.add_columns(_E.effect).join(table_of(UpgradeEffect), _E.upgrade_id == _C.id),
    by=_C.id,
)


class UpgradeQuery(ListQuery):
    sort: Literal["created_at", "-created_at", "updated_at", "-updated_at"] = "-created_at"
    programme_id: UUID | None = None
    status: UpgradeStatus | None = None
    updated_since: UpdatedSince = None


upgrades = Listing(_UPGRADE, id=_C.id, query=UpgradeQuery)


async def mappings_to(session: AsyncSession, framework: str) -> dict[str, list[ControlMapping]]:
    """Which controls answer what of a framework, by reference, adopted or not; retired controls answer nothing."""
    prefix = f"{framework}:"
    own = func.unnest(_CONTROL.requirements, type_=Text()).column_valued("each", joins_implicitly=True)
    mapped = union(
        select(_CONTROL.id, own.label("requirement")).where(func.starts_with(own, prefix)),
        select(_M.control_id, _M.requirement).where(
            _M.framework == framework, _M.status == AdoptedMappingStatus.ACTIVE
        ),
    ).subquery()
    rows = await session.execute(
        select(_CONTROL.id, _CONTROL.code, mapped.c.requirement)
        .join(mapped, mapped.c.id == _CONTROL.id)
        .where(_CONTROL.status != ControlStatus.RETIRED)
        .order_by(_CONTROL.code, _CONTROL.id)
    )
    found: dict[str, list[ControlMapping]] = {}
    for row in rows:
        mapping = ControlMapping(control_id=row.id, code=row.code, requirement=row.requirement)
        found.setdefault(row.requirement.removeprefix(prefix), []).append(mapping)
    return found
