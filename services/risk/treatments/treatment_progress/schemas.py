from enum import StrEnum

from pydantic import Field

from services.risk.vendors.vendors.schemas import EvidenceIds
from shared.http.fields import Day, Input, Prose


class TreatmentCompletion(Input):
    """What was done."""

    note: Prose = Field(examples=["Access ends with employment since 1 March."])


class TreatmentEffect(StrEnum):
    """What somebody finds of a treatment that is done."""

    VERIFY = "verify"
    RETURN = "return"


class TreatmentVerification(Input):
    """Whether a treatment has its effect, and what shows it."""

    decision: TreatmentEffect
    note: Prose = Field(examples=["No leaver of March kept access; the risk is at its target."])
    evidence_ids: EvidenceIds = Field(default=[])


class TreatmentClosing(Input):
    """What remains to be said of a treatment that is over."""

    note: Prose = Field(examples=["The effect was shown; the control is tested each quarter."])


class TreatmentCancellation(Input):
    """Why a treatment is not carried out, or not any more."""

    reason: Prose = Field(examples=["The product is taken off the market."])


class TreatmentRescheduling(Input):
    """Another due day, and why."""

    due_on: Day
    reason: Prose = Field(examples=["The supplier delivers in March."])
