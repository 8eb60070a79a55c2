from typing import Annotated, Literal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.gateway.firms.licences.models import Licence
from services.gateway.people.people.queries import named
from shared.data.base import table_of
from shared.data.queries import ListQuery, Where
from shared.data.reads import Listing, One
from shared.events.catalogue.firms import LicenceKind, LicenceStatus
from shared.http.fields import UpdatedSince

_L = table_of(Licence).c

_LICENCE = select(
    _L.id,
    _L.org_id.label("firm_id"),
    _L.kind,
    named(_L.person_id, "person"),
    _L.region,
    _L.issued_by,
    _L.number,
    _L.issued_to,
    _L.expires_on,
    _L.status,
    _L.verification,
    _L.version,
    _L.created_at,
    _L.updated_at,
)

licence = One("licence", _LICENCE, by=_L.id)


class LicenceQuery(ListQuery):
    sort: Literal["created_at", "-created_at", "updated_at", "-updated_at"] = "created_at"
    firm_id: UUID | None = None
    kind: LicenceKind | None = None
    status: LicenceStatus | None = None
    person: Annotated[UUID | None, Where(lambda person: _L.person_id == person)] = None
    updated_since: UpdatedSince = None


licences = Listing(_LICENCE, id=_L.id, query=LicenceQuery)


async def firm_of(session: AsyncSession, licence_id: UUID) -> UUID | None:
    """Whose a licence is, where whoever asks may see it."""
    return await session.scalar(select(_L.org_id).where(_L.id == licence_id))
