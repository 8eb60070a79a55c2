from datetime import datetime
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, Field

from services.risk.questionnaires.questionnaires.models import QuestionnaireStatus
from services.risk.vendors.vendors.models import VendorTier
from shared.http.fields import ActedBy, Code, Input, Prose


class QuestionnaireDraft(Input):
    """Which questions a vendor is to be asked."""

    template_id: UUID
    prefill: bool = Field(
        default=True,
        description="Begin with the answers of the vendor's last accepted questionnaire, where a question has the same"
        " code and text; each is marked until it is saved anew",
    )


class AnswerVerdict(StrEnum):
    """What is decided on the answers."""

    ACCEPT = "accept"
    RETURN = "return"


class QuestionnaireDecision(Input):
    """Accept the answers or return them, and why."""

    decision: AnswerVerdict
    reason: Prose = Field(examples=["The answers on access say nothing of contractors."])


class ClarificationRequest(Input):
    """What is asked back about one answer."""

    code: Code = Field(description="That of the question")
    text: Prose = Field(examples=["Does this include contractors?"])


class QuestionnaireReason(Input):
    """Why."""

    reason: Prose = Field(examples=["We do not go on with this vendor."])


class QuestionnaireOut(BaseModel):
    id: UUID
    vendor_id: UUID
    vendor_name: str
    template_id: UUID
    title: str
    tier: VendorTier = Field(description="That the questions were chosen by")
    prefill: bool
    prefilled_from: UUID | None = Field(description="The earlier questionnaire whose answers it began with")
    questions: int = Field(description="How many there are; 0 until it is sent")
    answered: int = Field(description="How many have an answer, prefilled ones included")
    clarifications_open: int
    status: QuestionnaireStatus
    expires_at: datetime | None = Field(description="When its links run out")
    sent_at: datetime | None
    submitted_at: datetime | None
    signed_by: str | None
    signer_role: str | None
    decided_by: ActedBy | None
    decided_at: datetime | None
    status_reason: str | None = Field(description="Why it was accepted, returned or cancelled")
    prepared_by: ActedBy
    version: int
    created_at: datetime
    updated_at: datetime
