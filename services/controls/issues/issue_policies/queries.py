from sqlalchemy import false, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.controls.issues.issue_policies.models import IssuePolicy
from services.controls.issues.issue_policies.schemas import IssuePolicyOut, IssuePolicyTerms
from shared.data.base import table_of
from shared.data.reads import One
from shared.data.records import found
from shared.data.sessions import organisation_of

_C = table_of(IssuePolicy).c

policy = One(
    "issue policy of organisation",
    select(
        _C.due_days,
        _C.opens_for_failing_controls,
        _C.severity_for_failing_controls,
        false().label("is_default"),
        _C.version,
        _C.created_at,
        _C.updated_at,
    ),
    by=_C.id,
)

# What a reader sees while the organisation has set no policy.
default_policy = (
    IssuePolicyOut(
        **IssuePolicyTerms().model_dump(),
        is_default=True,
        version=0,
        created_at=None,
        updated_at=None,
    )
    .model_dump_json()
    .encode()
)


async def policy_in_force(session: AsyncSession) -> IssuePolicyTerms:
    """The organisation's policy, or the default while it has set none."""
    own = await found(session, IssuePolicy, organisation_of(session))
    return IssuePolicyTerms() if own is None else IssuePolicyTerms.model_validate(own, from_attributes=True)
