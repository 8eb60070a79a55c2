from uuid import UUID

from fastapi import Response

from services.risk.days import day_of
from services.risk.treatments.treatment_progress import actions
from services.risk.treatments.treatment_progress.schemas import (
    TreatmentCancellation,
    TreatmentClosing,
    TreatmentCompletion,
    TreatmentRescheduling,
    TreatmentVerification,
)
from services.risk.treatments.treatments.queries import treatment
from services.risk.treatments.treatments.schemas import TreatmentOut
from services.risk.vendors.known_evidence.queries import UnusableEvidence
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import NotFound, SeparationOfDuties

routes = Routes("treatment progress")


@routes.post(
    "/v1/treatments/{treatment_id}/starts",
    permission=P.RISKS_OWN,
    response_model=TreatmentOut,
    refuses=(NotFound, actions.NotTheTreatmentsOwner),
)
async def start_treatment(treatment_id: UUID, write: Write) -> Response:
    """Begin to carry out an approved treatment, as its owner."""
    await actions.start(write.session, treatment_id, by=write.caller.actor, at=write.at)
    return await write.changed(treatment, treatment_id, as_of=day_of(write.at))


@routes.post(
    "/v1/treatments/{treatment_id}/completions",
    permission=P.RISKS_OWN,
    response_model=TreatmentOut,
    refuses=(NotFound, actions.NotTheTreatmentsOwner, actions.ActionsUndone),
)
async def complete_treatment(treatment_id: UUID, completion: TreatmentCompletion, write: Write) -> Response:
    """Say that a treatment is done, as its owner. The controls that it planned answer the risk from then on."""
    await actions.complete(write.session, treatment_id, note=completion.note, by=write.caller.actor, at=write.at)
    return await write.changed(treatment, treatment_id, as_of=day_of(write.at))


@routes.post(
    "/v1/treatments/{treatment_id}/verifications",
    permission=P.RISKS_WRITE,
    response_model=TreatmentOut,
    refuses=(NotFound, SeparationOfDuties, actions.EffectNotShown, UnusableEvidence),
)
async def verify_treatment(treatment_id: UUID, verification: TreatmentVerification, write: Write) -> Response:
    """Verify that a treatment has its effect, or return it; for none who carried it out.

    Its controls are healthy, the risk's level is not above the target's, and its actions are verified.
    """
    await actions.verify(write.session, treatment_id, verification=verification, by=write.caller.actor, at=write.at)
    return await write.changed(treatment, treatment_id, as_of=day_of(write.at))


@routes.post(
    "/v1/treatments/{treatment_id}/closings",
    permission=P.RISKS_WRITE,
    response_model=TreatmentOut,
    refuses=(NotFound, SeparationOfDuties),
)
async def close_treatment(treatment_id: UUID, closing: TreatmentClosing, write: Write) -> Response:
    """Close a verified treatment; for none who carried it out."""
    await actions.close(write.session, treatment_id, note=closing.note, by=write.caller.actor, at=write.at)
    return await write.changed(treatment, treatment_id, as_of=day_of(write.at))


@routes.post(
    "/v1/treatments/{treatment_id}/cancellations",
    permission=P.RISKS_WRITE,
    response_model=TreatmentOut,
    refuses=(NotFound,),
)
async def cancel_treatment(treatment_id: UUID, cancellation: TreatmentCancellation, write: Write) -> Response:
    """End a treatment, or a plan of one, before it is closed."""
    await actions.cancel(write.session, treatment_id, reason=cancellation.reason, by=write.caller.actor, at=write.at)
    return await write.changed(treatment, treatment_id, as_of=day_of(write.at))


@routes.post(
    "/v1/treatments/{treatment_id}/due-dates",
    permission=P.RISKS_WRITE,
    response_model=TreatmentOut,
    refuses=(NotFound, SeparationOfDuties),
)
async def reschedule_treatment(treatment_id: UUID, rescheduling: TreatmentRescheduling, write: Write) -> Response:
    """Have an approved treatment due on another day; its owner cannot."""
    await actions.reschedule(write.session, treatment_id, rescheduling=rescheduling, by=write.caller.actor, at=write.at)
    return await write.changed(treatment, treatment_id, as_of=day_of(write.at))
