from uuid import UUID

from fastapi import Response

from services.audit.judgement.nonconformities import actions, queries
from services.audit.judgement.nonconformities.rules import AuditeeStep
from services.audit.judgement.nonconformities.schemas import (
    CorrectionPlan,
    EvidenceShown,
    NonconformityDecision,
    NonconformityDraft,
    NonconformityOut,
)
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import NotFound, SeparationOfDuties

routes = Routes("nonconformities")


routes.list(
    "list_nonconformities",
    "/v1/nonconformities",
    queries.nonconformities,
    NonconformityOut,
    permission=P.FINDINGS_READ,
    description="The nonconformities of ISO audits, newest first; both parties see them from when they are raised.",
    auditors=True,
)


routes.one(
    "get_nonconformity",
    "/v1/nonconformities/{nonconformity_id}",
    queries.nonconformity,
    NonconformityOut,
    permission=P.FINDINGS_READ,
    description="One nonconformity with every step of it.",
    auditors=True,
)


@routes.post(
    "/v1/engagements/{engagement_id}/nonconformities",
    permission=P.PAPERS_WRITE,
    status_code=201,
    response_model=NonconformityOut,
    refuses=(NotFound, actions.NotAnIsoAudit),
    auditors=True,
)
async def raise_nonconformity(engagement_id: UUID, draft: NonconformityDraft, write: Write) -> Response:
    """Raise a nonconformity with its grade. The auditee sees it from now on.

    `concern_id` names the area of concern of stage 1 that it was, which is decided with it.
    """
    made = await actions.raise_nonconformity(
        write.session, engagement_id, draft=draft, caller=write.caller, at=write.at
    )
    return await write.created(queries.nonconformity, made.id, f"/v1/nonconformities/{made.id}")


@routes.post(
    "/v1/nonconformities/{nonconformity_id}/decisions",
    permission=P.PAPERS_REVIEW,
    response_model=NonconformityOut,
    refuses=(NotFound, SeparationOfDuties),
    auditors=True,
)
async def decide_on_nonconformity(nonconformity_id: UUID, decision: NonconformityDecision, write: Write) -> Response:
    """Accept or return what the auditee answered, verify, close, or regrade with a reason, as the auditing party.

    In the audit that raised it, also after its report was issued, or in an audit that follows it.
    """
    await actions.decide(write.session, nonconformity_id, decision=decision, caller=write.caller, at=write.at)
    return await write.changed(queries.nonconformity, nonconformity_id)


@routes.post(
    "/v1/nonconformities/{nonconformity_id}/acknowledgements",
    permission=P.FINDINGS_RESPOND,
    response_model=NonconformityOut,
    refuses=(NotFound,),
)
async def acknowledge_nonconformity(nonconformity_id: UUID, write: Write) -> Response:
    """Acknowledge a nonconformity, as the auditee."""
    step = AuditeeStep.ACKNOWLEDGE
    await actions.answer(write.session, nonconformity_id, step=step, by=write.caller.actor, at=write.at)
    return await write.changed(queries.nonconformity, nonconformity_id)


@routes.post(
    "/v1/nonconformities/{nonconformity_id}/plans",
    permission=P.FINDINGS_RESPOND,
    response_model=NonconformityOut,
    refuses=(NotFound,),
)
async def plan_correction(nonconformity_id: UUID, plan: CorrectionPlan, write: Write) -> Response:
    """Submit correction, cause and corrective action, as the auditee; a plan not accepted yet is replaced."""
    step = AuditeeStep.SUBMIT_PLAN
    await actions.answer(write.session, nonconformity_id, step=step, plan=plan, by=write.caller.actor, at=write.at)
    return await write.changed(queries.nonconformity, nonconformity_id)


@routes.post(
    "/v1/nonconformities/{nonconformity_id}/evidence",
    permission=P.FINDINGS_RESPOND,
    response_model=NonconformityOut,
    refuses=(NotFound,),
)
async def show_corrective_action(nonconformity_id: UUID, shown: EvidenceShown, write: Write) -> Response:
    """Show that the corrective action was taken, as the auditee."""
    step = AuditeeStep.SUBMIT_EVIDENCE
    await actions.answer(write.session, nonconformity_id, step=step, shown=shown, by=write.caller.actor, at=write.at)
    return await write.changed(queries.nonconformity, nonconformity_id)
