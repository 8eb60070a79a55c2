from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Column, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.integrations.base import Base
from shared.data.base import WITHHELD


class EndpointStatus(StrEnum):
    """pending → active, once a test was answered → disabled → pending, when it is activated again. Any → retired.

    Deliveries for a pending or disabled endpoint wait until it is active.
    """

    PENDING = "pending"
    ACTIVE = "active"
    DISABLED = "disabled"
    RETIRED = "retired"


class DisabledFor(StrEnum):
    """Why an endpoint is disabled: a person did it, it answered 410, or it failed for five days."""

    BY_HAND = "by_hand"
    GONE = "gone"
    FAILING = "failing"


class Endpoint(Base, table=True):
    """One address that webhooks are delivered to.

    `types` are patterns of event types. `conditions` are fields of events, each with the values that are wanted.
    `may_read` are the permissions of whoever set it up last: it is told nothing that they, or its owner, may not read.
    `ordered`: about one subject, nothing is sent before what came earlier is over.
    """

    __tablename__ = "webhook_endpoints"

    title: str
    url: str = Field(sa_column_kwargs={"info": WITHHELD})
    owner_id: UUID
    types: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    conditions: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    may_read: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    ordered: bool
    rate: int
    concurrency: int
    status: str = EndpointStatus.PENDING
    disabled_for: str | None = None
