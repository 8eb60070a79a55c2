from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.controls.frameworks.frameworks.models import Framework, FrameworkStatus, FrameworkVersion
from services.controls.frameworks.frameworks.schemas import FrameworkCategory
from shared.data.base import table_of

_V = table_of(FrameworkVersion).c
_F = table_of(Framework).c


@dataclass(frozen=True, slots=True)
class Pinnable:
    """A version of a framework, as whoever moves to it or from it needs it."""

    version_id: UUID
    framework_id: UUID
    framework: str
    label: str
    categories: list[FrameworkCategory]


async def pinnable(session: AsyncSession, version_id: UUID) -> Pinnable | None:
    """The version; None when there is none."""
    query = select(_V.id, _V.framework_id, _F.code, _V.label, _V.categories).join(
        table_of(Framework), _F.id == _V.framework_id
    )
    row = (await session.execute(query.where(_V.id == version_id, _V.status == FrameworkStatus.ACTIVE))).first()
    if row is None:
        return None
    categories = [FrameworkCategory.model_validate(category) for category in row.categories]
    return Pinnable(row.id, row.framework_id, row.code, row.label, categories)
