from collections.abc import Collection, Sequence
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import Uuid, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.controls.earlier import dates
from services.controls.policies.policy_campaigns.models import Acknowledgement, AcknowledgementStatus
from shared.data.base import table_of
from shared.data.bulk import among
from shared.data.queries import ListQuery, NotAFilter, Where
from shared.data.reads import Listing, One
from shared.http.fields import PersonRef, UpdatedSince
from shared.people.known import is_person, named

_A = table_of(Acknowledgement).c

_ACKNOWLEDGEMENT = select(
    _A.id,
    _A.campaign_id,
    named(_A.person_id).label("person"),
    _A.status,
    _A.acknowledged_at,
    _A.recorded_by,
    _A.on_behalf,
    _A.statement,
    _A.evidence_id,
    _A.excuse,
    dates(_A.acknowledged_at, _A.recorded_at, _A.historical_record_id).label("dates"),
    _A.version,
    _A.created_at,
    _A.updated_at,
)

acknowledgement = One("acknowledgement", _ACKNOWLEDGEMENT, by=_A.id)

_OF_CALLER = _A.person_id == bindparam("caller", type_=Uuid())


class AcknowledgementQuery(ListQuery):
    sort: Literal["created_at", "-created_at", "updated_at", "-updated_at"] = "created_at"
    campaign_id: UUID | None = None
    status: AcknowledgementStatus | None = Field(default=None, description="`outstanding`: who has not")
    person: Annotated[PersonRef | None, Where(lambda person: is_person(_A.person_id, person))] = None
    mine: Annotated[bool, NotAFilter()] = Field(default=False, description="Only what the caller is asked")
    updated_since: UpdatedSince = None


acknowledgements = Listing(_ACKNOWLEDGEMENT, id=_A.id, query=AcknowledgementQuery, given={"caller": _OF_CALLER})


async def asked(session: AsyncSession, campaign_id: UUID, person_ids: Collection[UUID]) -> Sequence[Acknowledgement]:
    """Those of these people whom a campaign asks."""
    theirs = among(_A.person_id, person_ids)
    query = select(Acknowledgement).where(_A.campaign_id == campaign_id, theirs).order_by(_A.id)
    return (await session.execute(query)).scalars().all()
