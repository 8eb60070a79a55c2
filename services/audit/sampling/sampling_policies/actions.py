"""The verb of the sampling policy."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.sampling.sampling_policies.models import SamplingPolicy
from services.audit.sampling.sampling_policies.schemas import SamplingPolicyTerms
from shared.data.records import ANY_VERSION, found
from shared.data.sessions import organisation_of
from shared.events.catalogue.sampling import SamplingPolicySet
from shared.events.trail import announce
from shared.identity.callers import Actor
from shared.problems import Stale


async def set_policy(
    session: AsyncSession, *, terms: SamplingPolicyTerms, expected: int, by: Actor, at: datetime
) -> None:
    """Put a policy in force for samples that are designed from now on. The default has version 0."""
    org_id = organisation_of(session)
    policy = await found(session, SamplingPolicy, org_id, for_update=True)
    version = 0 if policy is None else policy.version
    if expected not in {ANY_VERSION, version}:
        raise Stale(f"The sampling policy is at version {version}; you expected {expected}.")
    told = terms.model_dump(mode="json")
    if policy is None:
        policy = SamplingPolicy(id=org_id, org_id=org_id, **told, created_at=at, updated_at=at)
        session.add(policy)
    policy.frequencies, policy.event_bands = told["frequencies"], told["event_bands"]
    announce(session, SamplingPolicySet(), about=policy, by=by, at=at)
