import json
from uuid import UUID

from fastapi import Response

from services.evidence.keeping.disposals import actions, queries
from services.evidence.keeping.disposals.schemas import (
    CertificateOut,
    DisposalApproval,
    DisposalCancellation,
    DisposalItemOut,
    DisposalOut,
    DisposalRequest,
)
from shared.http.doors import Read, Write
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import NotFound, SeparationOfDuties

routes = Routes("disposals")


routes.list(
    "list_disposals",
    "/v1/disposals",
    queries.disposals,
    DisposalOut,
    permission=P.RETENTION_READ,
    description="The organisation's disposal runs.",
)


routes.one(
    "get_disposal",
    "/v1/disposals/{disposal_id}",
    queries.disposal,
    DisposalOut,
    permission=P.RETENTION_READ,
    description="One run: what would go, or how far it has come.",
)


routes.list(
    "list_disposal_items",
    "/v1/disposals/{disposal_id}/items",
    queries.disposal_items,
    DisposalItemOut,
    permission=P.RETENTION_READ,
    description="What the run lists, with what became of each, and what is due but held.",
    parent=queries.disposal,
)


@routes.get(
    "/v1/disposals/{disposal_id}/certificate",
    permission=P.RETENTION_READ,
    response_model=CertificateOut,
    refuses=(NotFound,),
)
async def get_disposal_certificate(disposal_id: UUID, read: Read) -> Response:
    """The signed certificate of a completed run; `attest verify` checks it offline."""
    body, _version = await read.body(queries.certificate, disposal_id)
    return await read.computed(CertificateOut.model_validate(json.loads(body)["document"]))


@routes.post(
    "/v1/disposals",
    permission=P.RETENTION_WRITE,
    status_code=201,
    response_model=DisposalOut,
    refuses=(actions.NothingDue, actions.RunOpen),
)
async def request_disposal(draft: DisposalRequest, write: Write) -> Response:
    """List the evidence whose time is over, at most 10,000 pieces: a preview that others look at and approve."""
    run = await actions.request(write.session, draft=draft, by=write.caller.actor, at=write.at)
    return await write.created(queries.disposal, run.id, f"/v1/disposals/{run.id}")


@routes.post(
    "/v1/disposals/{disposal_id}/approvals",
    permission=P.DISPOSALS_APPROVE,
    status_code=202,
    response_model=DisposalOut,
    refuses=(NotFound, actions.OverrideRequired, SeparationOfDuties),
)
async def approve_disposal(disposal_id: UUID, approval: DisposalApproval, write: Write) -> Response:
    """Let the run do away with what it lists; it begins within seconds of the last approval it needs.

    The approver is not the requester. A run above a tenth of the evidence needs two approvers and a reason.
    """
    await actions.approve(
        write.session,
        disposal_id,
        override_reason=approval.override_reason,
        by=write.caller.actor,
        at=write.at,
    )
    answer = await write.changed(queries.disposal, disposal_id)
    answer.status_code = 202
    return answer


@routes.post(
    "/v1/disposals/{disposal_id}/cancellations",
    permission=P.RETENTION_WRITE,
    response_model=DisposalOut,
    refuses=(NotFound,),
)
async def cancel_disposal(disposal_id: UUID, cancellation: DisposalCancellation, write: Write) -> Response:
    """Stop a run; what it has done by then stays done and is certified."""
    await actions.cancel(write.session, disposal_id, reason=cancellation.reason, by=write.caller.actor, at=write.at)
    return await write.changed(queries.disposal, disposal_id)
