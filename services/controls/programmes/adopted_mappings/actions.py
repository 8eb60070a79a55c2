"""The verb of an adopted mapping."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.controls.programmes.adoptions.models import AdoptedMapping, AdoptedMappingStatus
from shared.data.records import locked
from shared.events.catalogue.adoptions import AdoptedMappingWithdrawn
from shared.events.trail import announce
from shared.identity.callers import Actor
from shared.problems import not_allowed


async def withdraw(session: AsyncSession, mapping_id: UUID, *, expected: int, by: Actor, at: datetime) -> None:
    """Active → withdrawn: the control no longer counts for the requirement by it, and it may be adopted again."""
    mapping = await locked(session, AdoptedMapping, mapping_id, noun="adopted mapping", expected=expected)
    if mapping.status != AdoptedMappingStatus.ACTIVE:
        raise not_allowed("withdraw", mapping.status, [])
    mapping.status = AdoptedMappingStatus.WITHDRAWN
    event = AdoptedMappingWithdrawn(
        control_id=mapping.control_id, requirement=mapping.requirement, via=mapping.via, relation=mapping.relation
    )
    announce(session, event, about=mapping, by=by, at=at)
