from uuid import UUID

from fastapi import Response

from services.audit.papers.finding_remediations import actions, queries
from services.audit.papers.finding_remediations.schemas import RemediationDecision, RemediationDraft, RemediationOut
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import NotFound, SeparationOfDuties

routes = Routes("finding remediations")


routes.list(
    "list_finding_remediations",
    "/v1/finding-remediations",
    queries.remediations,
    RemediationOut,
    permission=P.FINDINGS_READ,
    description="What was done about findings, newest first; both parties see it.",
    auditors=True,
)


routes.one(
    "get_finding_remediation",
    "/v1/finding-remediations/{remediation_id}",
    queries.remediation,
    RemediationOut,
    permission=P.FINDINGS_READ,
    description="One statement of what was done about a finding, with the firm's decision.",
    auditors=True,
)


@routes.post(
    "/v1/findings/{finding_id}/remediations",
    permission=P.FINDINGS_RESPOND,
    status_code=201,
    response_model=RemediationOut,
    refuses=(NotFound,),
)
async def state_remediation(finding_id: UUID, draft: RemediationDraft, write: Write) -> Response:
    """State what was done about a finding, with evidence, as management. The finding stays as it is."""
    made = await actions.state(write.session, finding_id, draft=draft, by=write.caller.actor, at=write.at)
    return await write.created(queries.remediation, made.id, f"/v1/finding-remediations/{made.id}")


@routes.post(
    "/v1/finding-remediations/{remediation_id}/decisions",
    permission=P.PAPERS_REVIEW,
    response_model=RemediationOut,
    refuses=(NotFound, SeparationOfDuties),
    auditors=True,
)
async def decide_on_remediation(remediation_id: UUID, decision: RemediationDecision, write: Write) -> Response:
    """Verify or reject a remediation, as the firm, in the engagement of the finding or in one that follows it."""
    await actions.decide(write.session, remediation_id, decision=decision, caller=write.caller, at=write.at)
    return await write.changed(queries.remediation, remediation_id)
