from collections.abc import Collection
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import select

from services.risk.register.credits.rules import ControlFacts
from services.risk.register.known_controls.models import KnownControl
from shared.data.base import table_of
from shared.data.bulk import among
from shared.events.catalogue.controls import HealthState


async def control_facts(session: AsyncSession, control_ids: Collection[UUID]) -> dict[UUID, ControlFacts]:
    """What has been announced of these controls, as far as it was heard."""
    query = select(KnownControl).where(among(table_of(KnownControl).c.id, control_ids))
    return {
        control.id: ControlFacts(
            control.code,
            control.title,
            HealthState(control.health),
            control.reasons,
            control.retired,
            control.in_operation,
        )
        for control in await session.scalars(query)
    }
