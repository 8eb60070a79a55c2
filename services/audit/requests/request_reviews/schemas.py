from uuid import UUID

from pydantic import Field

from services.audit.requests.requests.models import UnavailabilityEffect
from shared.http.fields import Input, Prose


class Acceptance(Input):
    """That the answer is what was asked for."""

    remark: Prose | None = Field(default=None, description="Shown to the client as the reason")


class AnswerReturn(Input):
    """What is missing in the answer, in words that the client can act by."""

    lines: list[int] = Field(
        default_factory=list, max_length=500, description="The lines that are to be answered again; all when left out"
    )
    reason: Prose = Field(examples=["The export lacks the service accounts, and does not show its query."])


class UnavailabilityDecision(Input):
    """What follows from it that something is not available. To ask no longer, cancel the request.

    A deviation is put on record with the decision, with the reason as its nature.
    """

    effect: UnavailabilityEffect
    control_id: UUID | None = Field(
        default=None, description="Of which control it is a deviation, where the request is about several"
    )
    paper_id: UUID | None = Field(
        default=None, description="The paper that takes the deviation in; required where the control has papers"
    )
    reason: Prose = Field(examples=["No log of that month is left; the control cannot be tested for it."])
