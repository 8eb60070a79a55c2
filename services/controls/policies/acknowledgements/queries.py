from collections.abc import Iterable, Sequence
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import ARRAY, Text, Uuid, bindparam, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.controls.people.known_members.models import KnownMember
from services.controls.policies.policy_campaigns.models import Acknowledgement, AcknowledgementStatus
from shared.data.base import table_of
from shared.data.queries import ListQuery, NotAFilter, Where
from shared.data.reads import Listing, One
from shared.http.fields import Owner, UpdatedSince

_A = table_of(Acknowledgement).c
_M = table_of(KnownMember).c

_ACKNOWLEDGEMENT = select(
    _A.id,
    _A.campaign_id,
    _A.person,
    _A.status,
    _A.acknowledged_at,
    _A.recorded_by,
    _A.on_behalf,
    _A.statement,
    _A.evidence_id,
    _A.excuse,
    _A.version,
    _A.created_at,
    _A.updated_at,
)

acknowledgement = One("acknowledgement", _ACKNOWLEDGEMENT, by=_A.id)

# `names_of` of the known members, for the database.
_OF_CALLER = or_(
    _A.person == bindparam("caller", type_=Text()),
    _A.person == select(func.lower(_M.email)).where(_M.id == bindparam("member_id", type_=Uuid())).scalar_subquery(),
)


class AcknowledgementQuery(ListQuery):
    sort: Literal["person", "-person", "updated_at", "-updated_at"] = "person"
    campaign_id: UUID | None = None
    status: AcknowledgementStatus | None = Field(default=None, description="`outstanding`: who has not")
    person: Annotated[Owner | None, Where(lambda value: _A.person == func.lower(value))] = None
    mine: Annotated[bool, NotAFilter()] = Field(
        default=False, description="Only what the caller is asked, by any of their names"
    )
    updated_since: UpdatedSince = None


acknowledgements = Listing(_ACKNOWLEDGEMENT, id=_A.id, query=AcknowledgementQuery, given={"caller": _OF_CALLER})


async def asked(session: AsyncSession, campaign_id: UUID, people: Iterable[str]) -> Sequence[Acknowledgement]:
    """Those of these people whom a campaign asks, by name."""
    named = _A.person == func.any(literal(sorted(people), ARRAY(Text())))
    query = select(Acknowledgement).where(_A.campaign_id == campaign_id, named).order_by(_A.person)
    return (await session.execute(query)).scalars().all()
