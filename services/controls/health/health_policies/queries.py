from sqlalchemy import false, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.controls.health.health_policies.models import HealthPolicy
from services.controls.health.health_policies.schemas import HealthPolicyOut, HealthPolicyTerms
from shared.data.base import table_of
from shared.data.reads import One
from shared.data.records import found
from shared.data.sessions import organisation_of

_C = table_of(HealthPolicy).c

policy = One(
    "health policy of organisation",
    select(_C.tolerated_misses_percent, false().label("is_default"), _C.version, _C.created_at, _C.updated_at),
    by=_C.id,
)

# What a reader sees while the organisation has set no policy.
default_policy = (
    HealthPolicyOut(
        **HealthPolicyTerms().model_dump(),
        is_default=True,
        version=0,
        created_at=None,
        updated_at=None,
    )
    .model_dump_json()
    .encode()
)


async def policy_in_force(session: AsyncSession) -> HealthPolicyTerms:
    """The organisation's policy, or the default while it has set none."""
    own = await found(session, HealthPolicy, organisation_of(session))
    return HealthPolicyTerms() if own is None else HealthPolicyTerms.model_validate(own, from_attributes=True)
