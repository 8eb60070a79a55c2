from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlmodel import Field

from services.integrations.base import Base, Part
from shared.clock import new_id
from shared.data.base import instant


class WebhookState(StrEnum):
    """waiting → sending → delivered; back to waiting after a failure, or failed when no attempt is left.

    `withheld`: who answers for the endpoint may no longer read it. A replay makes it waiting again.
    """

    WAITING = "waiting"
    SENDING = "sending"
    DELIVERED = "delivered"
    FAILED = "failed"
    WITHHELD = "withheld"


class WebhookDelivery(Base, table=True):
    """One message to one endpoint.

    `due_at` is when a sender may take it: a waiting one from then on, a sending one when its lease has run out; null
    when it is over. `tries` counts the attempts of this round, which a replay begins anew.
    """

    __tablename__ = "webhook_deliveries"

    endpoint_id: UUID
    message_id: UUID
    type: str
    subject: UUID
    subject_version: int
    occurred_at: datetime = instant()
    is_test: bool
    state: str = WebhookState.WAITING
    tries: int = 0
    attempts: int = 0
    due_at: datetime | None = instant(default=None)
    last_status: int | None = None
    last_code: str | None = None
    delivered_at: datetime | None = instant(default=None)


class Attempt(Part, table=True):
    """One request for a delivery, and what came of it: a status, or a code when there was no answer.

    `excerpt` is the beginning of the answer, as text. `signed` are the schemes of the signatures that were sent.
    """

    __tablename__ = "webhook_attempts"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    endpoint_id: UUID
    delivery_id: UUID
    number: int
    started_at: datetime = instant()
    milliseconds: int
    status: int | None = None
    code: str | None = None
    excerpt: str
    signed: str
    retry_at: datetime | None = instant(default=None)


class Queue(Part, table=True):
    """What a sender has to know of an endpoint: whether something is due, and whether it may be sent now.

    `due_at` is when something may be sent at the earliest, null when nothing waits. `paid_until` is the instant until
    which its rate is used up. `breaker_until` and `trips` are of the circuit breaker, `window_*` of what it counts.
    `failing_since` is the first failure since the last success, `failures` how many there have been, `told_days` of how
    many days of failure people were told.
    """

    __tablename__ = "webhook_queues"

    endpoint_id: UUID = Field(primary_key=True)
    due_at: datetime | None = instant(default=None)
    paid_until: datetime | None = instant(default=None)
    throttled_until: datetime | None = instant(default=None)
    breaker_until: datetime | None = instant(default=None)
    trips: int = 0
    window_from: datetime | None = instant(default=None)
    window_attempts: int = 0
    window_failures: int = 0
    failing_since: datetime | None = instant(default=None)
    failures: int = 0
    told_days: int = 0
    last_milliseconds: int = 0
    last_delivered_at: datetime | None = instant(default=None)
    last_failed_at: datetime | None = instant(default=None)
