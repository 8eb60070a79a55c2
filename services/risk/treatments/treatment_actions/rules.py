"""Which verb the state of an action allows. Pure functions."""

from collections.abc import Mapping
from enum import StrEnum

from services.risk.treatments.treatment_actions.models import TreatmentAction, TreatmentActionStatus
from shared.problems import not_allowed


class ActionVerb(StrEnum):
    """What people do with an action, as refusals name it."""

    REVISE = "revise"
    START = "start"
    COMPLETE = "complete"
    VERIFY = "verify"
    DROP = "drop"


_V = ActionVerb
ALLOWED: Mapping[TreatmentActionStatus, tuple[ActionVerb, ...]] = {
    TreatmentActionStatus.OPEN: (_V.REVISE, _V.START, _V.DROP),
    TreatmentActionStatus.IN_PROGRESS: (_V.REVISE, _V.COMPLETE, _V.DROP),
    TreatmentActionStatus.DONE: (_V.VERIFY,),
    TreatmentActionStatus.VERIFIED: (),
    TreatmentActionStatus.DROPPED: (),
}


def require_allowed(verb: ActionVerb, action: TreatmentAction) -> None:
    """`Conflict` names what the state of an action allows in the place of this verb."""
    allowed = ALLOWED[TreatmentActionStatus(action.status)]
    if verb not in allowed:
        raise not_allowed(verb, action.status, allowed)
