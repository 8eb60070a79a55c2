from uuid import UUID

from fastapi import Response

from services.controls.programmes.programmes.actions import NotAskedFor
from services.controls.programmes.security_objectives import actions, queries
from services.controls.programmes.security_objectives.schemas import (
    SecurityObjectiveDraft,
    SecurityObjectiveOut,
    SecurityObjectiveRevision,
    SecurityObjectiveWithdrawal,
)
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.http.preconditions import ExpectedVersion
from shared.identity.permissions import P
from shared.people.references import PERSON_REFUSALS
from shared.problems import NotFound

routes = Routes("security objectives")


routes.list(
    "list_security_objectives",
    "/v1/security-objectives",
    queries.objectives,
    SecurityObjectiveOut,
    permission=P.PROGRAMMES_READ,
    description="The information security objectives of ISO/IEC 27001 programmes, withdrawn ones included.",
)


routes.one(
    "get_security_objective",
    "/v1/security-objectives/{objective_id}",
    queries.objective,
    SecurityObjectiveOut,
    permission=P.PROGRAMMES_READ,
    description="One information security objective.",
)


@routes.post(
    "/v1/programmes/{programme_id}/security-objectives",
    permission=P.PROGRAMMES_WRITE,
    status_code=201,
    response_model=SecurityObjectiveOut,
    refuses=(NotFound, NotAskedFor, *PERSON_REFUSALS),
)
async def set_security_objective(programme_id: UUID, draft: SecurityObjectiveDraft, write: Write) -> Response:
    """Set an information security objective: measured by what, pursued how, by whom and until when."""
    objective = await actions.set_objective(
        write.session, programme_id, draft=draft, by=write.caller.actor, at=write.at
    )
    return await write.created(queries.objective, objective.id, f"/v1/security-objectives/{objective.id}")


@routes.patch(
    "/v1/security-objectives/{objective_id}",
    permission=P.PROGRAMMES_WRITE,
    response_model=SecurityObjectiveOut,
    refuses=(NotFound, *PERSON_REFUSALS),
)
async def revise_security_objective(
    objective_id: UUID, revision: SecurityObjectiveRevision, expected: ExpectedVersion, write: Write
) -> Response:
    """Change what is aimed at, how, by whom or until when."""
    await actions.revise(
        write.session, objective_id, revision=revision, expected=expected, by=write.caller.actor, at=write.at
    )
    return await write.changed(queries.objective, objective_id)


@routes.post(
    "/v1/security-objectives/{objective_id}/withdrawals",
    permission=P.PROGRAMMES_WRITE,
    response_model=SecurityObjectiveOut,
    refuses=(NotFound,),
)
async def withdraw_security_objective(
    objective_id: UUID, withdrawal: SecurityObjectiveWithdrawal, write: Write
) -> Response:
    """Say that it is no objective any longer, and why. It stays on record."""
    await actions.withdraw(write.session, objective_id, reason=withdrawal.reason, by=write.caller.actor, at=write.at)
    return await write.changed(queries.objective, objective_id)
