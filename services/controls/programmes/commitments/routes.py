from uuid import UUID

from fastapi import Response

from services.controls.programmes.commitments import actions, queries
from services.controls.programmes.commitments.schemas import (
    CommitmentDraft,
    CommitmentOut,
    CommitmentRevision,
    CommitmentWithdrawal,
)
from services.controls.programmes.programmes.actions import NotAskedFor
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.http.preconditions import ExpectedVersion
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("commitments")


routes.list(
    "list_commitments",
    "/v1/commitments",
    queries.commitments,
    CommitmentOut,
    permission=P.PROGRAMMES_READ,
    description="The service commitments and system requirements of SOC 2 programmes, withdrawn ones included.",
)


routes.one(
    "get_commitment",
    "/v1/commitments/{commitment_id}",
    queries.commitment,
    CommitmentOut,
    permission=P.PROGRAMMES_READ,
    description="One commitment.",
)


@routes.post(
    "/v1/programmes/{programme_id}/commitments",
    permission=P.PROGRAMMES_WRITE,
    status_code=201,
    response_model=CommitmentOut,
    refuses=(NotFound, NotAskedFor),
)
async def record_commitment(programme_id: UUID, draft: CommitmentDraft, write: Write) -> Response:
    """Record a principal service commitment or system requirement of a SOC 2, with the criteria it belongs to."""
    commitment = await actions.record(write.session, programme_id, draft=draft, by=write.caller.actor, at=write.at)
    return await write.created(queries.commitment, commitment.id, f"/v1/commitments/{commitment.id}")


@routes.patch(
    "/v1/commitments/{commitment_id}",
    permission=P.PROGRAMMES_WRITE,
    response_model=CommitmentOut,
    refuses=(NotFound,),
)
async def revise_commitment(
    commitment_id: UUID, revision: CommitmentRevision, expected: ExpectedVersion, write: Write
) -> Response:
    """Change what is promised, where that stands, or the criteria it belongs to."""
    await actions.revise(
        write.session, commitment_id, revision=revision, expected=expected, by=write.caller.actor, at=write.at
    )
    return await write.changed(queries.commitment, commitment_id)


@routes.post(
    "/v1/commitments/{commitment_id}/withdrawals",
    permission=P.PROGRAMMES_WRITE,
    response_model=CommitmentOut,
    refuses=(NotFound,),
)
async def withdraw_commitment(commitment_id: UUID, withdrawal: CommitmentWithdrawal, write: Write) -> Response:
    """Take a commitment back. It stays on record, and belongs to no criterion any longer."""
    await actions.withdraw(write.session, commitment_id, reason=withdrawal.reason, by=write.caller.actor, at=write.at)
    return await write.changed(queries.commitment, commitment_id)
