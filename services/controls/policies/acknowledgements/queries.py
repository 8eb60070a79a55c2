from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, DateTime, Text, Uuid, bindparam, func, literal, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.controls.people.known_members.models import KnownMember
from services.controls.policies.acknowledgements.models import Acknowledgement, AcknowledgementStatus
from shared.clock import new_id
from shared.data.base import table_of
from shared.data.reads import Listing, One
from shared.data.sessions import organisation_of

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
_MINE = or_(
    _A.person == bindparam("mine", type_=Text()),
    _A.person == select(func.lower(_M.email)).where(_M.id == bindparam("member_id", type_=Uuid())).scalar_subquery(),
)

acknowledgements = Listing(
    _ACKNOWLEDGEMENT,
    id=_A.id,
    filters={
        "campaign_id": _A.campaign_id == bindparam("campaign_id", type_=Uuid()),
        "status": _A.status == bindparam("status", type_=Text()),
        "person": _A.person == func.lower(bindparam("person", type_=Text())),
        "mine": _MINE,
        "updated_since": _A.updated_at >= bindparam("updated_since", type_=DateTime(timezone=True)),
    },
    sorts={"person": _A.person, "updated_at": _A.updated_at},
)

_NEW = (
    insert(table_of(Acknowledgement)).on_conflict_do_nothing(index_elements=["campaign_id", "person"]).returning(_A.id)
)


async def ask(session: AsyncSession, campaign_id: UUID, people: Sequence[str], *, at: datetime) -> int:
    """Add these people to a campaign, as outstanding; how many were not there yet."""
    row: dict[str, Any] = {
        "org_id": organisation_of(session),
        "campaign_id": campaign_id,
        "status": AcknowledgementStatus.OUTSTANDING,
        "on_behalf": False,
        "version": 1,
        "created_at": at,
        "updated_at": at,
    }
    rows = [{**row, "id": new_id(), "person": each} for each in people]
    return len((await session.execute(_NEW, rows)).all())


async def asked(session: AsyncSession, campaign_id: UUID, people: Iterable[str]) -> Sequence[Acknowledgement]:
    """Those of these people whom a campaign asks, by name."""
    named = _A.person == func.any(literal(sorted(people), ARRAY(Text())))
    query = select(Acknowledgement).where(_A.campaign_id == campaign_id, named).order_by(_A.person)
    return (await session.execute(query)).scalars().all()
