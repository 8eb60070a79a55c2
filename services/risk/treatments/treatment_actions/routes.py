from uuid import UUID

from fastapi import Response

from services.risk.days import day_of
from services.risk.treatments.treatment_actions import actions, queries
from services.risk.treatments.treatment_actions.schemas import (
    TreatmentActionCompletion,
    TreatmentActionDraft,
    TreatmentActionDropping,
    TreatmentActionOut,
    TreatmentActionRevision,
    TreatmentActionVerification,
)
from services.risk.vendors.known_evidence.queries import UnusableEvidence
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.http.preconditions import ExpectedVersion
from shared.identity.permissions import P
from shared.people.references import PERSON_REFUSALS
from shared.problems import NotFound, SeparationOfDuties

routes = Routes("treatment actions")


routes.list(
    "list_treatment_actions",
    "/v1/treatment-actions",
    queries.treatment_actions,
    TreatmentActionOut,
    permission=P.RISKS_READ,
    description="The actions of treatments, those due first. An auditor sees those of treatments that were proposed.",
    auditors=True,
)


routes.one(
    "get_treatment_action",
    "/v1/treatment-actions/{action_id}",
    queries.treatment_action,
    TreatmentActionOut,
    permission=P.RISKS_READ,
    description="One action: what is done, by whom, by when, what it costs, and who verified it.",
    auditors=True,
)


@routes.post(
    "/v1/treatments/{treatment_id}/actions",
    permission=P.RISKS_WRITE,
    status_code=201,
    response_model=TreatmentActionOut,
    refuses=(NotFound, *PERSON_REFUSALS),
)
async def plan_treatment_action(treatment_id: UUID, draft: TreatmentActionDraft, write: Write) -> Response:
    """Add an action to a treatment that is a draft, approved or in progress."""
    action = await actions.plan(write.session, treatment_id, draft=draft, by=write.caller.actor, at=write.at)
    location = f"/v1/treatment-actions/{action.id}"
    return await write.created(queries.treatment_action, action.id, location, as_of=day_of(write.at))


@routes.patch(
    "/v1/treatment-actions/{action_id}",
    permission=P.RISKS_WRITE,
    response_model=TreatmentActionOut,
    refuses=(NotFound, SeparationOfDuties, *PERSON_REFUSALS),
)
async def revise_treatment_action(
    action_id: UUID, revision: TreatmentActionRevision, expected: ExpectedVersion, write: Write
) -> Response:
    """Change an action that is not done. Of an approved treatment, another than its owner moves its due day."""
    await actions.revise(
        write.session, action_id, revision=revision, expected=expected, by=write.caller.actor, at=write.at
    )
    return await write.changed(queries.treatment_action, action_id, as_of=day_of(write.at))


@routes.post(
    "/v1/treatment-actions/{action_id}/starts",
    permission=P.RISKS_OWN,
    response_model=TreatmentActionOut,
    refuses=(NotFound, actions.NotTheActionsOwner),
)
async def start_treatment_action(action_id: UUID, write: Write) -> Response:
    """Begin with an action, as its owner, once the treatment is in progress."""
    await actions.start(write.session, action_id, by=write.caller.actor, at=write.at)
    return await write.changed(queries.treatment_action, action_id, as_of=day_of(write.at))


@routes.post(
    "/v1/treatment-actions/{action_id}/completions",
    permission=P.RISKS_OWN,
    response_model=TreatmentActionOut,
    refuses=(NotFound, actions.NotTheActionsOwner, UnusableEvidence),
)
async def complete_treatment_action(action_id: UUID, completion: TreatmentActionCompletion, write: Write) -> Response:
    """Say that an action is done, as its owner, what shows it, and what it cost."""
    await actions.complete(write.session, action_id, completion=completion, by=write.caller.actor, at=write.at)
    return await write.changed(queries.treatment_action, action_id, as_of=day_of(write.at))


@routes.post(
    "/v1/treatment-actions/{action_id}/verifications",
    permission=P.RISKS_WRITE,
    response_model=TreatmentActionOut,
    refuses=(NotFound, SeparationOfDuties),
)
async def verify_treatment_action(action_id: UUID, verification: TreatmentActionVerification, write: Write) -> Response:
    """Verify that an action is done, or return it; for another person than who did it and whose it is."""
    await actions.verify(write.session, action_id, verification=verification, by=write.caller.actor, at=write.at)
    return await write.changed(queries.treatment_action, action_id, as_of=day_of(write.at))


@routes.post(
    "/v1/treatment-actions/{action_id}/droppings",
    permission=P.RISKS_WRITE,
    response_model=TreatmentActionOut,
    refuses=(NotFound, SeparationOfDuties),
)
async def drop_treatment_action(action_id: UUID, dropping: TreatmentActionDropping, write: Write) -> Response:
    """Have an action not done any more, and say why; its owner cannot."""
    await actions.drop(write.session, action_id, reason=dropping.reason, by=write.caller.actor, at=write.at)
    return await write.changed(queries.treatment_action, action_id, as_of=day_of(write.at))
