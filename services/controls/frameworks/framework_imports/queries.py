from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.controls.documents.contents import Origin, Part, Published, Source
from services.controls.frameworks.framework_imports.models import DocumentPart
from services.controls.frameworks.frameworks.models import Framework, FrameworkStatus, FrameworkVersion
from services.controls.frameworks.requirements.queries import entries_of
from shared.data.base import table_of

_V = table_of(FrameworkVersion).c
_F = table_of(Framework).c
_D = table_of(DocumentPart).c


async def document_part(session: AsyncSession, version_id: UUID, number: int) -> bytes | None:
    """One stretch of the document that a version was imported as; None behind the last."""
    where = select(_D.content).where(_D.version_id == version_id, _D.number == number)
    return await session.scalar(where)


async def source_of(session: AsyncSession, version_id: UUID) -> Source | None:
    """A version with all that a catalogue can be made of; of a profile, with what it was resolved against."""
    row = (
        await session.execute(
            select(_V.id, _F.title, _F.publisher, _V.label, _V.created_at, _V.origin, _V.categories, _V.bases)
            .join(table_of(Framework), _F.id == _V.framework_id)
            .where(_V.id == version_id, _V.status == FrameworkStatus.ACTIVE)
        )
    ).first()
    if row is None:
        return None
    bases = [await source_of(session, base) for base in row.bases]
    origin = Origin(row.origin)
    kept = origin in {Origin.OSCAL, Origin.PROFILE}
    return Source(
        published=Published(row.id, row.title, row.publisher, row.label, row.created_at),
        origin=origin,
        document=await _document(session, version_id) if kept else b"",
        entries=[] if kept else await entries_of(session, version_id),
        parts=[Part(**category) for category in row.categories],
        bases=[base for base in bases if base is not None],
    )


async def _document(session: AsyncSession, version_id: UUID) -> bytes:
    parts = await session.scalars(select(_D.content).where(_D.version_id == version_id).order_by(_D.number))
    return b"".join(parts)
