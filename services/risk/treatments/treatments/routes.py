from uuid import UUID

from fastapi import Response

from services.risk.acceptances.acceptances.actions import RiskNotOpen
from services.risk.days import day_of
from services.risk.register.risks.actions import RiskIsClosed
from services.risk.treatments.treatments import actions, queries
from services.risk.treatments.treatments.schemas import (
    TreatmentDraft,
    TreatmentOut,
    TreatmentProposal,
    TreatmentRevision,
)
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.http.preconditions import ExpectedVersion
from shared.identity.permissions import P
from shared.people.references import PERSON_REFUSALS
from shared.problems import NotFound

routes = Routes("treatments")


routes.list(
    "list_treatments",
    "/v1/treatments",
    queries.treatments,
    TreatmentOut,
    permission=P.RISKS_READ,
    description="Treatments of risks, also those that have ended. An auditor sees those that were proposed.",
    auditors=True,
)


routes.one(
    "get_treatment",
    "/v1/treatments/{treatment_id}",
    queries.treatment,
    TreatmentOut,
    permission=P.RISKS_READ,
    description="One treatment: what is done about a risk, who decided on it, what it costs, and how far it is.",
    auditors=True,
)


@routes.post(
    "/v1/treatments",
    permission=P.RISKS_WRITE,
    status_code=201,
    response_model=TreatmentOut,
    refuses=(NotFound, RiskIsClosed, *PERSON_REFUSALS),
)
async def plan_treatment(draft: TreatmentDraft, write: Write) -> Response:
    """Plan to mitigate, avoid or transfer a risk. To retain one, propose an acceptance."""
    treatment = await actions.plan_treatment(write.session, draft=draft, by=write.caller.actor, at=write.at)
    location = f"/v1/treatments/{treatment.id}"
    return await write.created(queries.treatment, treatment.id, location, as_of=day_of(write.at))


@routes.patch(
    "/v1/treatments/{treatment_id}",
    permission=P.RISKS_WRITE,
    response_model=TreatmentOut,
    refuses=(NotFound, actions.TreatmentFixed, *PERSON_REFUSALS),
)
async def revise_treatment(
    treatment_id: UUID, revision: TreatmentRevision, expected: ExpectedVersion, write: Write
) -> Response:
    """Change a draft. Of an approved treatment only title, owner and treatment return change."""
    await actions.revise(
        write.session, treatment_id, revision=revision, expected=expected, by=write.caller.actor, at=write.at
    )
    return await write.changed(queries.treatment, treatment_id, as_of=day_of(write.at))


@routes.post(
    "/v1/treatments/{treatment_id}/proposals",
    permission=P.RISKS_WRITE,
    response_model=TreatmentOut,
    refuses=(NotFound, RiskNotOpen, actions.TreatmentIncomplete),
)
async def propose_treatment(treatment_id: UUID, proposal: TreatmentProposal, write: Write) -> Response:
    """Propose a draft for the risk as it is now. Its owner decides, and above their authority whom the ladder names."""
    await actions.propose(write.session, treatment_id, note=proposal.note, by=write.caller.actor, at=write.at)
    return await write.changed(queries.treatment, treatment_id, as_of=day_of(write.at))
