from uuid import UUID

from fastapi import Response

from services.audit.papers.findings import actions, queries
from services.audit.papers.findings.schemas import (
    FindingConclusion,
    FindingDraft,
    FindingOut,
    FindingResponse,
    FindingRevision,
    FindingWithdrawal,
)
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.http.preconditions import ExpectedVersion
from shared.identity.permissions import P
from shared.problems import NotFound, SeparationOfDuties

routes = Routes("findings")


routes.list(
    "list_findings",
    "/v1/findings",
    queries.findings,
    FindingOut,
    permission=P.FINDINGS_READ,
    description="The findings, newest first: for the client those that were communicated, for the team also drafts.",
    auditors=True,
)


routes.one(
    "get_finding",
    "/v1/findings/{finding_id}",
    queries.finding,
    FindingOut,
    permission=P.FINDINGS_READ,
    description="One finding.",
    auditors=True,
)


@routes.post(
    "/v1/engagements/{engagement_id}/findings",
    permission=P.PAPERS_WRITE,
    status_code=201,
    response_model=FindingOut,
    refuses=(NotFound,),
    auditors=True,
)
async def draft_finding(engagement_id: UUID, draft: FindingDraft, write: Write) -> Response:
    """Draft a finding from deviations of one control. The client sees nothing of it yet."""
    finding = await actions.draft_finding(write.session, engagement_id, draft=draft, caller=write.caller, at=write.at)
    return await write.created(queries.finding, finding.id, f"/v1/findings/{finding.id}")


@routes.patch(
    "/v1/findings/{finding_id}",
    permission=P.PAPERS_WRITE,
    response_model=FindingOut,
    refuses=(NotFound,),
    auditors=True,
)
async def revise_finding(
    finding_id: UUID, revision: FindingRevision, expected: ExpectedVersion, write: Write
) -> Response:
    """Change a draft; of a finding that was communicated only which controls compensate."""
    await actions.revise(
        write.session, finding_id, revision=revision, expected=expected, caller=write.caller, at=write.at
    )
    return await write.changed(queries.finding, finding_id)


@routes.post(
    "/v1/findings/{finding_id}/communications",
    permission=P.PAPERS_REVIEW,
    response_model=FindingOut,
    refuses=(NotFound,),
    auditors=True,
)
async def communicate_finding(finding_id: UUID, write: Write) -> Response:
    """Communicate a finding to the client, as the manager or the partner."""
    await actions.communicate(write.session, finding_id, caller=write.caller, at=write.at)
    return await write.changed(queries.finding, finding_id)


@routes.post(
    "/v1/findings/{finding_id}/responses",
    permission=P.FINDINGS_RESPOND,
    response_model=FindingOut,
    refuses=(NotFound, SeparationOfDuties),
)
async def respond_to_finding(finding_id: UUID, response: FindingResponse, write: Write) -> Response:
    """Respond for management: agree or not, with a plan where there is one. A new response replaces the last."""
    await actions.respond(write.session, finding_id, response=response, by=write.caller.actor, at=write.at)
    return await write.changed(queries.finding, finding_id)


@routes.post(
    "/v1/findings/{finding_id}/conclusions",
    permission=P.PAPERS_REVIEW,
    response_model=FindingOut,
    refuses=(NotFound, actions.NotCompensating),
    auditors=True,
)
async def conclude_finding(finding_id: UUID, conclusion: FindingConclusion, write: Write) -> Response:
    """Say what the deficiency means for the criteria. Controls that compensate were tested in their own right."""
    await actions.conclude(write.session, finding_id, text=conclusion.text, caller=write.caller, at=write.at)
    return await write.changed(queries.finding, finding_id)


@routes.post(
    "/v1/findings/{finding_id}/withdrawals",
    permission=P.PAPERS_REVIEW,
    response_model=FindingOut,
    refuses=(NotFound,),
    auditors=True,
)
async def withdraw_finding(finding_id: UUID, withdrawal: FindingWithdrawal, write: Write) -> Response:
    """Take back a finding that is none. It stays on record."""
    await actions.withdraw(write.session, finding_id, reason=withdrawal.reason, caller=write.caller, at=write.at)
    return await write.changed(queries.finding, finding_id)
