"""The verb of a review."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.controls.days import day_of
from services.controls.policies.policies.actions import event_fields
from services.controls.policies.policies.models import Policy, PolicyStatus
from services.controls.policies.policies.rules import next_review
from services.controls.policies.policy_reviews.models import PolicyReview, ReviewOutcome
from services.controls.policies.policy_reviews.schemas import PolicyReviewDraft
from shared.data.records import locked
from shared.data.sessions import organisation_of
from shared.events.catalogue.policies import PolicyReviewed
from shared.events.trail import announce
from shared.identity.callers import Actor
from shared.problems import not_allowed


async def review(
    session: AsyncSession, policy_id: UUID, *, draft: PolicyReviewDraft, by: Actor, at: datetime
) -> PolicyReview:
    """Look at a published policy again. Left unchanged, it is due after its months; else it stays due."""
    policy = await locked(session, Policy, policy_id, noun="policy")
    version_id, today = policy.published_version_id, day_of(at)
    if policy.status != PolicyStatus.PUBLISHED or version_id is None or policy.review_due_on is None:
        raise not_allowed("review", policy.status, [])
    if draft.outcome == ReviewOutcome.UNCHANGED:
        policy.reviewed_on, policy.review_due_on = today, next_review(today, policy.review_months)
    done = PolicyReview(
        **draft.model_dump(),
        org_id=organisation_of(session),
        policy_id=policy.id,
        version_id=version_id,
        reviewer=by.recorded,
        reviewed_on=today,
        review_due_on=policy.review_due_on,
        created_at=at,
        updated_at=at,
    )
    session.add(done)
    event = PolicyReviewed(**event_fields(policy), outcome=draft.outcome, review_due_on=policy.review_due_on)
    announce(session, event, about=policy, by=by, at=at, reason=draft.notes)
    return done
