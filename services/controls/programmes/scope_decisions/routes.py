from uuid import UUID

from fastapi import Response

from services.controls.programmes.scope_decisions import actions, queries
from services.controls.programmes.scope_decisions.schemas import (
    DecisionBatch,
    DecisionBatchOut,
    DecisionDraft,
    DecisionOut,
    DecisionRevision,
)
from shared.http.batches import answers
from shared.http.doors import Write
from shared.http.fields import Input, Prose
from shared.http.operations import Routes
from shared.http.preconditions import ExpectedVersion
from shared.identity.permissions import P
from shared.problems import NotFound, SeparationOfDuties

routes = Routes("scope decisions")


class DecisionWithdrawal(Input):
    """Why a proposal is turned down, or a decision taken back."""

    reason: Prose


routes.list(
    "list_scope_decisions",
    "/v1/scope-decisions",
    queries.decisions,
    DecisionOut,
    permission=P.PROGRAMMES_READ,
    description="What was decided on the requirements of programmes, and what awaits approval.",
)


routes.one(
    "get_scope_decision",
    "/v1/scope-decisions/{decision_id}",
    queries.decision,
    DecisionOut,
    permission=P.PROGRAMMES_READ,
    description="One scope decision.",
)


@routes.post(
    "/v1/scope-decisions",
    permission=P.PROGRAMMES_WRITE,
    status_code=201,
    response_model=DecisionOut,
    refuses=(NotFound,),
)
async def decide_on_scope(draft: DecisionDraft, write: Write) -> Response:
    """Say whether a requirement of a programme is relevant, and why; that it is not has to be approved by another."""
    decision_id = await actions.write(write.session, draft=draft, by=write.caller.actor, at=write.at)
    return await write.created(queries.decision, decision_id, f"/v1/scope-decisions/{decision_id}")


@routes.post(
    "/v1/scope-decisions/batch",
    permission=P.PROGRAMMES_WRITE,
    response_model=DecisionBatchOut,
    refuses=(NotFound,),
)
async def decide_on_scope_at_once(batch: DecisionBatch, write: Write) -> DecisionBatchOut:
    """Decide on up to 1,000 requirements at once; each is answered for itself, in the order of the batch."""
    became = await actions.write_all(write.session, batch=batch, by=write.caller.actor, at=write.at)
    results = answers(became, refusal="The scope decision is not valid.")
    written = sum(result.id is not None for result in results)
    return DecisionBatchOut(written=written, refused=len(results) - written, results=results)


@routes.patch(
    "/v1/scope-decisions/{decision_id}",
    permission=P.PROGRAMMES_WRITE,
    response_model=DecisionOut,
    refuses=(NotFound,),
)
async def revise_scope_decision(
    decision_id: UUID, revision: DecisionRevision, expected: ExpectedVersion, write: Write
) -> Response:
    """Change why; what was approved has to be approved again."""
    await actions.revise(
        write.session, decision_id, revision=revision, expected=expected, by=write.caller.actor, at=write.at
    )
    return await write.changed(queries.decision, decision_id)


@routes.post(
    "/v1/scope-decisions/{decision_id}/approvals",
    permission=P.PROGRAMMES_APPROVE,
    response_model=DecisionOut,
    refuses=(NotFound, SeparationOfDuties),
)
async def approve_scope_decision(decision_id: UUID, write: Write) -> Response:
    """Approve that a requirement is not relevant. The approver is not the author."""
    await actions.approve(write.session, decision_id, by=write.caller.actor, at=write.at)
    return await write.changed(queries.decision, decision_id)


@routes.post(
    "/v1/scope-decisions/{decision_id}/withdrawals",
    permission=P.PROGRAMMES_WRITE,
    response_model=DecisionOut,
    refuses=(NotFound,),
)
async def withdraw_scope_decision(decision_id: UUID, withdrawal: DecisionWithdrawal, write: Write) -> Response:
    """Turn a proposal down, or take a decision back; the requirement is in scope as before."""
    await actions.withdraw(write.session, decision_id, reason=withdrawal.reason, by=write.caller.actor, at=write.at)
    return await write.changed(queries.decision, decision_id)
