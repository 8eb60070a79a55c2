"""The verb of the issue policy."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.controls.issues.issue_policies.models import IssuePolicy
from services.controls.issues.issue_policies.schemas import IssuePolicyTerms
from shared.data.records import ANY_VERSION, found
from shared.data.sessions import organisation_of
from shared.events.catalogue.issues import IssuePolicySet
from shared.events.trail import announce
from shared.identity.callers import Actor
from shared.problems import Stale


async def set_policy(session: AsyncSession, *, terms: IssuePolicyTerms, expected: int, by: Actor, at: datetime) -> None:
    """Put a policy in force for what is opened from now on. The default has the version 0."""
    org_id = organisation_of(session)
    policy = await found(session, IssuePolicy, org_id, for_update=True)
    version = 0 if policy is None else policy.version
    if expected not in {ANY_VERSION, version}:
        raise Stale(f"The issue policy is at version {version}; you expected {expected}.")
    values = terms.model_dump(mode="json")
    if policy is None:
        policy = IssuePolicy(id=org_id, org_id=org_id, **values, created_at=at, updated_at=at)
        session.add(policy)
    for name, value in values.items():
        setattr(policy, name, value)
    announce(session, IssuePolicySet(due_days=terms.due_days.model_dump()), about=policy, by=by, at=at)
