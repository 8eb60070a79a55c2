from sqlalchemy import false, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.sampling.sampling_policies.models import SamplingPolicy
from services.audit.sampling.sampling_policies.schemas import SamplingPolicyOut, SamplingPolicyTerms
from shared.data.base import table_of
from shared.data.reads import One
from shared.data.records import found
from shared.data.sessions import organisation_of

_C = table_of(SamplingPolicy).c

policy = One(
    "sampling policy of organisation",
    select(_C.frequencies, _C.event_bands, false().label("is_default"), _C.version, _C.created_at, _C.updated_at),
    by=_C.id,
)

# What a reader sees while the firm has set no policy.
default_policy = (
    SamplingPolicyOut(
        **SamplingPolicyTerms().model_dump(),
        is_default=True,
        version=0,
        created_at=None,
        updated_at=None,
    )
    .model_dump_json()
    .encode()
)


async def policy_in_force(session: AsyncSession) -> SamplingPolicyTerms:
    """The firm's policy, or the default while it has set none."""
    own = await found(session, SamplingPolicy, organisation_of(session))
    return SamplingPolicyTerms() if own is None else SamplingPolicyTerms.model_validate(own, from_attributes=True)
