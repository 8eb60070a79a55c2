from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field

from shared.http.fields import NamedThen
from shared.identity.callers import ActorKind


class TrailOf(StrEnum):
    """Whose trail an event stands in."""

    CLIENT = "client"
    AUDITORS = "auditors"


class ChronologyEvent(BaseModel):
    """Something that happened in an engagement, as the sealed trail has it, without what rows held before and after."""

    id: UUID
    trail: TrailOf
    type: str = Field(examples=["audit.sample.drawn"])
    subject: UUID
    version: int
    actor: ActorKind
    person: NamedThen | None
    firm: UUID | None = Field(description="The organisation of a person who acted in the engagement")
    reason: str | None
    occurred_at: datetime
    data: dict[str, Any]
    position: int | None = Field(description="Place in the organisation's chain; null until sealed")
    digest: str | None = Field(description="SHA-256 over the digest before it and this event, hexadecimal")
