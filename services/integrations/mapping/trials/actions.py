"""The verb of a trial: see what a version would make of what was delivered, and keep how much that is."""

import asyncio
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.integrations.mapping.mapping_versions.actions import locked_draft, told_of
from services.integrations.mapping.mapping_versions.models import MappingStatus
from services.integrations.mapping.mapping_versions.queries import in_force, own_rules
from services.integrations.mapping.mapping_versions.schemas import TrialCounts
from services.integrations.mapping.rule_application.rules import NO_OWN
from services.integrations.mapping.trials.queries import newest, stored
from services.integrations.mapping.trials.rules import tried
from services.integrations.mapping.trials.schemas import ChangedDelivery, TrialInput, TrialOut
from services.integrations.receiving.deliveries.models import DeliveryState
from services.integrations.receiving.sources.models import SourceKind
from shared.events.catalogue.integrations import MappingVersionTried
from shared.events.trail import announce
from shared.identity.callers import Actor

_SHOWN = 50  # changes


async def try_out(
    session: AsyncSession, version_id: UUID, *, asked: TrialInput, by: Actor, at: datetime
) -> tuple[TrialOut, int]:
    """What a version that was never in force gives, beside what is in force; and the version's ETag number."""
    version = await locked_draft(session, version_id, "try")
    now = (await in_force(session, [version.kind])).get(version.kind, NO_OWN)
    then = own_rules(version.number, version.rules, version.no_facts)
    ids, complete = await newest(session, SourceKind(version.kind), asked)
    counts, changes = TrialCounts(deliveries=0, changed=0, facts=0, unmapped=0), list[ChangedDelivery]()
    async for each in stored(session, ids):
        before, after = tried(each.delivered, now.rules), tried(each.delivered, then.rules)
        counts.deliveries += 1
        counts.facts += after.shown.facts
        counts.unmapped += after.shown.state == DeliveryState.UNMAPPED
        if before.told != after.told:
            counts.changed += 1
            change = ChangedDelivery(
                delivery_id=each.id,
                event=each.delivered.event,
                received_at=each.received_at,
                before=before.shown,
                after=after.shown,
            )
            changes += [change] if len(changes) < _SHOWN else []
        await asyncio.sleep(0)  # a large body takes milliseconds, in which nobody else is answered
    version.status, version.trial, version.tried_at = MappingStatus.TRIED, counts.model_dump(), at
    event = MappingVersionTried(**told_of(version), deliveries=counts.deliveries, changed=counts.changed)
    announce(session, event, about=version, by=by, at=at)
    await session.flush()  # its version rises
    return TrialOut(**counts.model_dump(), changes=changes, complete=complete), version.version
