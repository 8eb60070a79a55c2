from uuid import UUID

from fastapi import Response

from services.risk.register.risks import actions, queries
from services.risk.register.risks.schemas import RiskDraft, RiskOut, RiskRevision
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.http.preconditions import ExpectedVersion
from shared.identity.permissions import P
from shared.people.references import PERSON_REFUSALS
from shared.problems import CodeTaken, NotFound

routes = Routes("risks")


routes.list(
    "list_risks",
    "/v1/risks",
    queries.risks,
    RiskOut,
    permission=P.RISKS_READ,
    description="The organisation's risks, as rated now.",
    auditors=True,
)


routes.one(
    "get_risk",
    "/v1/risks/{risk_id}",
    queries.risk,
    RiskOut,
    permission=P.RISKS_READ,
    description="One risk: its ratings, how the current one was found, and where it stands among the limits.",
    auditors=True,
)


@routes.post(
    "/v1/risks",
    permission=P.RISKS_WRITE,
    status_code=201,
    response_model=RiskOut,
    refuses=(CodeTaken, *PERSON_REFUSALS),
)
async def identify_risk(draft: RiskDraft, write: Write) -> Response:
    """Write a risk down; it is rated at once by the method in force and the health of its controls.

    It is proposed until its owner agrees to answer for it.
    """
    risk = await actions.identify(write.session, draft=draft, by=write.caller.actor, at=write.at)
    return await write.created(queries.risk, risk.id, f"/v1/risks/{risk.id}")


@routes.patch(
    "/v1/risks/{risk_id}",
    permission=P.RISKS_WRITE,
    response_model=RiskOut,
    refuses=(NotFound, actions.RiskIsClosed, *PERSON_REFUSALS),
)
async def revise_risk(risk_id: UUID, revision: RiskRevision, expected: ExpectedVersion, write: Write) -> Response:
    """Change a risk; it is rated anew."""
    await actions.revise(
        write.session, risk_id, revision=revision, expected=expected, by=write.caller.actor, at=write.at
    )
    return await write.changed(queries.risk, risk_id)
