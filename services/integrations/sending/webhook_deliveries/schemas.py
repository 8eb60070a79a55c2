from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from services.integrations.sending.webhook_deliveries.models import WebhookState


class WebhookDeliveryOut(BaseModel):
    """One message to one endpoint, and what became of it."""

    id: UUID
    endpoint_id: UUID
    message_id: UUID = Field(description="`webhook-id`: the id of the event, the same in every attempt and replay")
    type: str = Field(examples=["controls.health.failing"])
    subject: UUID = Field(description="What the event is about")
    subject_version: int = Field(description="Of the subject, after the change: a receiver drops what is older")
    occurred_at: datetime
    is_test: bool
    state: WebhookState
    attempts: int = Field(description="How often it was sent, or begun to be sent")
    due_at: datetime | None = Field(description="When it is sent at the earliest; null when it is over")
    last_status: int | None = Field(description="What the endpoint last answered")
    last_code: str | None = Field(description="Why there was no answer, last time")
    delivered_at: datetime | None
    version: int
    created_at: datetime
    updated_at: datetime


class WebhookAttemptOut(BaseModel):
    """One request, and what came of it."""

    id: UUID
    number: int
    started_at: datetime
    milliseconds: int = Field(description="Until the answer was complete, or the attempt given up")
    status: int | None = Field(description="HTTP status of the answer")
    code: str | None = Field(
        description="Why there was no usable answer: `address_not_allowed`, `not_reachable`, `answer_too_large`,"
        " `too_slow`, or `interrupted` when the sender ended before it knew",
        examples=["too_slow"],
    )
    excerpt: str = Field(description="The first 4,096 characters of the answer")
    signed: str = Field(description="Schemes of the signatures sent", examples=["v1 v1a"])
    retry_at: datetime | None = Field(description="When it was to be tried again; null when it was not")


class WebhookMessageOut(BaseModel):
    """The bytes of a delivery, as every attempt sends them."""

    id: UUID
    body: str = Field(description="CloudEvents 1.0 in structured mode")
    version: int
