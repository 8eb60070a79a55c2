from uuid import UUID

from fastapi import Response

from services.audit.planning.milestones import actions, queries
from services.audit.planning.milestones.schemas import (
    CompletionDraft,
    MilestoneDraft,
    MilestoneOut,
    MilestoneRevision,
    MilestoneWithdrawal,
    PlanRevisionDraft,
    Reopening,
)
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.http.preconditions import ExpectedVersion
from shared.identity.permissions import P
from shared.people.references import PERSON_REFUSALS
from shared.problems import NotFound

routes = Routes("milestones")


routes.list(
    "list_milestones",
    "/v1/milestones",
    queries.milestones,
    MilestoneOut,
    permission=P.PLANS_READ,
    description="The milestones of the organisation's engagements, by due day; `late=true` says who is late.",
)


routes.one(
    "get_milestone",
    "/v1/milestones/{milestone_id}",
    queries.milestone,
    MilestoneOut,
    permission=P.PLANS_READ,
    description="One milestone.",
)


@routes.post(
    "/v1/engagements/{engagement_id}/milestones",
    permission=P.PLANS_WRITE,
    status_code=201,
    response_model=MilestoneOut,
    refuses=(NotFound, actions.MilestonePlannedAlready, *PERSON_REFUSALS),
)
async def plan_milestone(engagement_id: UUID, draft: MilestoneDraft, write: Write) -> Response:
    """Plan a milestone of an engagement. Those that its phases show are done as soon as it is in the phase."""
    milestone = await actions.plan(write.session, engagement_id, draft=draft, by=write.caller.actor, at=write.at)
    return await write.created(queries.milestone, milestone.id, f"/v1/milestones/{milestone.id}", as_of=write.at)


@routes.patch(
    "/v1/milestones/{milestone_id}",
    permission=P.PLANS_WRITE,
    response_model=MilestoneOut,
    refuses=(NotFound, *PERSON_REFUSALS),
)
async def revise_milestone(
    milestone_id: UUID, revision: MilestoneRevision, expected: ExpectedVersion, write: Write
) -> Response:
    """Change what a milestone is called or who answers for it."""
    await actions.revise(
        write.session, milestone_id, revision=revision, expected=expected, by=write.caller.actor, at=write.at
    )
    return await write.changed(queries.milestone, milestone_id, as_of=write.at)


@routes.post(
    "/v1/milestones/{milestone_id}/plan-revisions",
    permission=P.PLANS_WRITE,
    response_model=MilestoneOut,
    refuses=(NotFound,),
)
async def revise_plan(milestone_id: UUID, draft: PlanRevisionDraft, write: Write) -> Response:
    """Have an open milestone due on another day, with a reason. What was due before stays on record."""
    await actions.revise_plan(
        write.session, milestone_id, due_on=draft.due_on, reason=draft.reason, by=write.caller.actor, at=write.at
    )
    return await write.changed(queries.milestone, milestone_id, as_of=write.at)


@routes.post(
    "/v1/milestones/{milestone_id}/completions",
    permission=P.PLANS_WRITE,
    response_model=MilestoneOut,
    refuses=(NotFound, actions.ShownByEngagement),
)
async def complete_milestone(milestone_id: UUID, draft: CompletionDraft, write: Write) -> Response:
    """Say on which day a milestone was reached. What the engagement's phases show is not said by hand."""
    await actions.complete(write.session, milestone_id, done_on=draft.done_on, by=write.caller.actor, at=write.at)
    return await write.changed(queries.milestone, milestone_id, as_of=write.at)


@routes.post(
    "/v1/milestones/{milestone_id}/reopenings",
    permission=P.PLANS_WRITE,
    response_model=MilestoneOut,
    refuses=(NotFound, actions.ShownByEngagement),
)
async def reopen_milestone(milestone_id: UUID, draft: Reopening, write: Write) -> Response:
    """Take back that a milestone was reached, with a reason that the trail keeps."""
    await actions.reopen(write.session, milestone_id, reason=draft.reason, by=write.caller.actor, at=write.at)
    return await write.changed(queries.milestone, milestone_id, as_of=write.at)


@routes.post(
    "/v1/milestones/{milestone_id}/withdrawals",
    permission=P.PLANS_WRITE,
    response_model=MilestoneOut,
    refuses=(NotFound,),
)
async def withdraw_milestone(milestone_id: UUID, withdrawal: MilestoneWithdrawal, write: Write) -> Response:
    """Take a milestone out of the plan. It stays on record, and the trail keeps the reason."""
    await actions.withdraw(write.session, milestone_id, reason=withdrawal.reason, by=write.caller.actor, at=write.at)
    return await write.changed(queries.milestone, milestone_id, as_of=write.at)
