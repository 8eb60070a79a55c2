from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.controls.programmes.interested_parties.models import InterestedParty, InterestedPartyStatus
from shared.data.base import table_of
from shared.data.queries import ListQuery, Mentions
from shared.data.reads import Listing, One
from shared.http.fields import Search, UpdatedSince

_C = table_of(InterestedParty).c

_PARTY = select(
    _C.id,
    _C.programme_id,
    _C.name,
    _C.requirements,
    _C.status,
    _C.version,
    _C.created_at,
    _C.updated_at,
)

party = One("interested party", _PARTY, by=_C.id)


class InterestedPartyQuery(ListQuery):
    sort: Literal["created_at", "-created_at", "updated_at", "-updated_at"] = "created_at"
    programme_id: UUID | None = None
    status: InterestedPartyStatus | None = None
    q: Annotated[Search | None, Mentions("name")] = Field(default=None, description="In the name")
    updated_since: UpdatedSince = None


parties = Listing(_PARTY, id=_C.id, query=InterestedPartyQuery)


async def has_relevant(session: AsyncSession, programme_id: UUID) -> bool:
    """Whether the programme has an interested party that was not withdrawn."""
    relevant = exists().where(_C.programme_id == programme_id, _C.status == InterestedPartyStatus.RELEVANT)
    return bool(await session.scalar(select(relevant)))
