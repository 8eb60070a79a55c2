from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from shared.http.fields import Input

TypePattern = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z]+(\.[a-z_]+){0,2}$", max_length=120),
    Field(examples=["controls.health"]),
]


class Wanted(Input):
    """What a stream is asked for; what is left out does not filter."""

    type: TypePattern | None = Field(
        default=None, description="A service, `service.noun` or whole type of events: `controls.health.failing`"
    )
    subject: UUID | None = Field(default=None, description="Only events about this thing")


class StreamTicketOut(BaseModel):
    """An address that opens one stream, once. A browser that reconnects needs another one."""

    path: str = Field(description="Give it to EventSource, with `?last_event_id=` to go on from there")
    expires_at: datetime
