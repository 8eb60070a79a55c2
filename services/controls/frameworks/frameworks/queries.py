from dataclasses import dataclass
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import Uuid, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.controls.frameworks.frameworks.models import Framework, FrameworkStatus, FrameworkVersion, Scheme
from services.controls.frameworks.frameworks.schemas import FrameworkCategory
from shared.data.base import table_of
from shared.data.queries import ListQuery, Mentions
from shared.data.reads import Listing, One
from shared.http.fields import Search, UpdatedSince
from shared.identity.callers import PLATFORM
from shared.problems import NotFound

_F = table_of(Framework).c
_V = table_of(FrameworkVersion).c

_FRAMEWORK = select(
    _F.id,
    _F.code,
    _F.title,
    _F.publisher,
    _F.scheme,
    _F.status,
    (_F.org_id == literal(PLATFORM, Uuid())).label("shipped"),
    _F.version,
    _F.created_at,
    _F.updated_at,
)

framework = One("framework", _FRAMEWORK, by=_F.id)


class FrameworkQuery(ListQuery):
    sort: Literal["code", "-code", "created_at", "-created_at", "updated_at", "-updated_at"] = "code"
    scheme: Scheme | None = None
    status: FrameworkStatus | None = None
    q: Annotated[Search | None, Mentions("code", "title")] = Field(default=None, description="In code and title")
    updated_since: UpdatedSince = None


frameworks = Listing(_FRAMEWORK, id=_F.id, query=FrameworkQuery)

_VERSION = select(
    _V.id,
    _V.framework_id,
    _F.code.label("framework_code"),
    _V.label,
    _V.origin,
    _V.categories,
    _V.requirement_count,
    _V.media_type,
    _V.size,
    _V.sha256,
    _V.bases,
    _V.status,
    _V.version,
    _V.created_at,
    _V.updated_at,
).join(table_of(Framework), _F.id == _V.framework_id)

framework_version = One("framework version", _VERSION.add_columns(_V.remarks), by=_V.id)


class FrameworkVersionQuery(ListQuery):
    sort: Literal["created_at", "-created_at", "updated_at", "-updated_at"] = "-created_at"
    framework_id: UUID | None = None
    status: FrameworkStatus | None = None
    updated_since: UpdatedSince = None


framework_versions = Listing(_VERSION, id=_V.id, query=FrameworkVersionQuery)


@dataclass(frozen=True, slots=True)
class Edition:
    """A version of a framework, as whoever pins it needs it."""

    version_id: UUID
    framework_id: UUID
    code: str
    label: str
    scheme: Scheme
    categories: list[FrameworkCategory]


_EDITION = (
    select(_V.id, _V.framework_id, _F.code, _V.label, _F.scheme, _V.categories)
    .join(table_of(FrameworkVersion), _V.framework_id == _F.id)
    .where(_V.status == FrameworkStatus.ACTIVE)
)


async def edition(session: AsyncSession, code: str, label: str | None) -> Edition | None:
    """The version with this label, or the newest; None when there is none."""
    query = _EDITION.where(_F.code == code).order_by(_V.created_at.desc(), _V.id.desc()).limit(1)
    row = (await session.execute(query if label is None else query.where(_V.label == label))).first()
    return None if row is None else _edition(row)


async def edition_of(session: AsyncSession, version_id: UUID) -> Edition:
    """The version with this id; `NotFound` when there is none."""
    row = (await session.execute(_EDITION.where(_V.id == version_id))).first()
    if row is None:
        raise NotFound(f"There is no framework version {version_id}.")
    return _edition(row)


def _edition(row: Any) -> Edition:
    categories = [FrameworkCategory.model_validate(category) for category in row.categories]
    return Edition(row.id, row.framework_id, row.code, row.label, Scheme(row.scheme), categories)
