from uuid import UUID

from fastapi import Response

from services.risk.acceptances.acceptance_decisions.actions import NotOnTheLadder
from services.risk.days import day_of
from services.risk.register.lifecycles.actions import NotTheOwner
from services.risk.treatments.treatment_decisions import actions
from services.risk.treatments.treatments.queries import treatment
from services.risk.treatments.treatments.schemas import TreatmentDecision, TreatmentOut
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import NotFound, SeparationOfDuties

routes = Routes("treatment decisions")


@routes.post(
    "/v1/treatments/{treatment_id}/owner-decisions",
    permission=P.RISKS_OWN,
    response_model=TreatmentOut,
    refuses=(NotFound, SeparationOfDuties, NotTheOwner, actions.TreatmentOutdated),
)
async def decide_treatment_as_owner(treatment_id: UUID, draft: TreatmentDecision, write: Write) -> Response:
    """Approve a treatment as the owner of its risk, or return it. Within the owner's authority it is approved."""
    await actions.decide_as_owner(write.session, treatment_id, draft=draft, by=write.caller.actor, at=write.at)
    return await write.changed(treatment, treatment_id, as_of=day_of(write.at))


@routes.post(
    "/v1/treatments/{treatment_id}/approvals",
    permission=P.RISKS_APPROVE,
    response_model=TreatmentOut,
    refuses=(NotFound, SeparationOfDuties, NotOnTheLadder, actions.OwnerDecidesFirst, actions.TreatmentOutdated),
)
async def approve_treatment(treatment_id: UUID, draft: TreatmentDecision, write: Write) -> Response:
    """Approve a treatment above the authority of the risk's owner, or return it: for the roles the ladder names."""
    await actions.approve(write.session, treatment_id, draft=draft, by=write.caller.actor, at=write.at)
    return await write.changed(treatment, treatment_id, as_of=day_of(write.at))
