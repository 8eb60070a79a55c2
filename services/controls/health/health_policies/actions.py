"""The verb of the health policy."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.controls.health.health_policies.models import HealthPolicy
from services.controls.health.health_policies.schemas import HealthPolicyTerms
from services.controls.health.reasons.rules import REMEMBERED
from services.controls.register.missed_occurrences.queries import missing_repeatedly
from shared.data.records import ANY_VERSION, found
from shared.data.sessions import organisation_of
from shared.data.transactions import touched
from shared.events.catalogue.controls import HealthPolicySet
from shared.events.trail import announce
from shared.identity.callers import Actor
from shared.problems import Stale


async def set_policy(
    session: AsyncSession, *, terms: HealthPolicyTerms, expected: int, by: Actor, at: datetime
) -> None:
    """Put a policy in force, by which controls that missed two or more are reassessed. The default has version 0."""
    org_id = organisation_of(session)
    policy = await found(session, HealthPolicy, org_id, for_update=True)
    version = 0 if policy is None else policy.version
    if expected not in {ANY_VERSION, version}:
        raise Stale(f"The health policy is at version {version}; you expected {expected}.")
    if policy is None:
        policy = HealthPolicy(id=org_id, org_id=org_id, **terms.model_dump(), created_at=at, updated_at=at)
        session.add(policy)
    policy.tolerated_misses_percent = terms.tolerated_misses_percent
    event = HealthPolicySet(tolerated_misses_percent=terms.tolerated_misses_percent)
    announce(session, event, about=policy, by=by, at=at)
    touched(session, *await missing_repeatedly(session, since=at - REMEMBERED), at=at)
