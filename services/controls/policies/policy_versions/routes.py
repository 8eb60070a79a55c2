from uuid import UUID

from fastapi import Response

from services.controls.policies.policy_versions import actions, queries
from services.controls.policies.policy_versions.schemas import (
    PolicyDecision,
    PolicyPublication,
    PolicySubmission,
    PolicyVersionDraft,
    PolicyVersionOut,
    PolicyVersionRevision,
    PolicyVersionSummary,
    PolicyWithdrawal,
)
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.http.preconditions import ExpectedVersion
from shared.identity.permissions import P
from shared.people.references import PERSON_REFUSALS
from shared.problems import NotFound, PersonWithoutPermission

routes = Routes("policy versions")


routes.list(
    "list_policy_versions",
    "/v1/policy-versions",
    queries.versions,
    PolicyVersionSummary,
    permission=P.POLICIES_READ,
    description="The versions of policies without their texts, newest first.",
    auditors=True,
)


routes.one(
    "get_policy_version",
    "/v1/policy-versions/{version_id}",
    queries.version,
    PolicyVersionOut,
    permission=P.POLICIES_READ,
    description="One version with its words and every decision on it.",
    auditors=True,
)


@routes.post(
    "/v1/policies/{policy_id}/versions",
    permission=P.POLICIES_WRITE,
    status_code=201,
    response_model=PolicyVersionOut,
    refuses=(NotFound, actions.VersionOnItsWay),
)
async def draft_policy_version(policy_id: UUID, draft: PolicyVersionDraft, write: Write) -> Response:
    """Begin the next version of a policy."""
    version = await actions.draft_version(write.session, policy_id, draft=draft, by=write.caller.actor, at=write.at)
    return await write.created(queries.version, version.id, f"/v1/policy-versions/{version.id}")


@routes.patch(
    "/v1/policy-versions/{version_id}",
    permission=P.POLICIES_WRITE,
    response_model=PolicyVersionOut,
    refuses=(NotFound,),
)
async def revise_policy_version(
    version_id: UUID, revision: PolicyVersionRevision, expected: ExpectedVersion, write: Write
) -> Response:
    """Change a draft. What was submitted is changed by no one, unless it is withdrawn or rejected first."""
    await actions.revise(
        write.session, version_id, revision=revision, expected=expected, by=write.caller.actor, at=write.at
    )
    return await write.changed(queries.version, version_id)


@routes.post(
    "/v1/policy-versions/{version_id}/submissions",
    permission=P.POLICIES_WRITE,
    response_model=PolicyVersionOut,
    refuses=(NotFound, PersonWithoutPermission, *PERSON_REFUSALS),
)
async def submit_policy_version(version_id: UUID, submission: PolicySubmission, write: Write) -> Response:
    """Hand a draft to its approvers."""
    await actions.submit(write.session, version_id, submission=submission, by=write.caller.actor, at=write.at)
    return await write.changed(queries.version, version_id)


@routes.post(
    "/v1/policy-versions/{version_id}/withdrawals",
    permission=P.POLICIES_WRITE,
    response_model=PolicyVersionOut,
    refuses=(NotFound,),
)
async def withdraw_policy_version(version_id: UUID, withdrawal: PolicyWithdrawal, write: Write) -> Response:
    """Take it back from its approvers: it is a draft again, and needs all of them anew."""
    await actions.withdraw(write.session, version_id, reason=withdrawal.reason, by=write.caller.actor, at=write.at)
    return await write.changed(queries.version, version_id)


@routes.post(
    "/v1/policy-versions/{version_id}/decisions",
    permission=P.POLICIES_DECIDE,
    response_model=PolicyVersionOut,
    refuses=(NotFound, actions.NotAnApprover, actions.OtherWords, actions.DecidedAlready),
)
async def decide_on_policy_version(version_id: UUID, decision: PolicyDecision, write: Write) -> Response:
    """Approve or reject, as one of the named approvers."""
    await actions.decide(write.session, version_id, decision=decision, by=write.caller.actor, at=write.at)
    return await write.changed(queries.version, version_id)


@routes.post(
    "/v1/policy-versions/{version_id}/publications",
    permission=P.POLICIES_WRITE,
    response_model=PolicyVersionOut,
    refuses=(NotFound,),
)
async def publish_policy_version(version_id: UUID, publication: PolicyPublication, write: Write) -> Response:
    """Put an approved version in force from a day on, in place of the one before."""
    effective_on, by = publication.effective_on, write.caller.actor
    await actions.publish(write.session, version_id, effective_on=effective_on, by=by, at=write.at)
    return await write.changed(queries.version, version_id)
