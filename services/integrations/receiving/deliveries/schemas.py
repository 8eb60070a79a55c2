from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, Field

from services.integrations.receiving.deliveries.models import DeliveryState, TallyCode


class DeliveryOut(BaseModel):
    """One request of a source, without its body."""

    id: UUID
    source_id: UUID
    event: str = Field(description="The sender's name of the event", examples=["check_run.completed"])
    key: str = Field(description="The sender's id of the delivery, or else the SHA-256 of its body")
    received_at: datetime
    sha256: str = Field(description="Of the body as it came, hexadecimal")
    size: int = Field(description="Bytes of the body as it is kept")
    redacted: bool = Field(description="Whether a secret was taken out of the body before it was kept")
    state: DeliveryState
    detail: str | None = Field(description="Why it is unmapped or failed")
    facts: int = Field(description="How many facts it has brought")
    mapped_at: datetime | None
    version: int
    created_at: datetime
    updated_at: datetime


class DeliveryBodyOut(BaseModel):
    """What was kept of a request."""

    id: UUID
    headers: dict[str, str] = Field(description="Those that say what it is; never one that holds a secret")
    body: str = Field(description="As text; what is no UTF-8 is replaced")
    version: int


class TallyOut(BaseModel):
    """How many requests came to this on a day (UTC), and were not kept."""

    id: UUID = Field(description="Of the source")
    day: date
    code: TallyCode
    count: int
    last_at: datetime
