from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.audit.base import Base
from shared.data.base import instant


class RequestAnswer(Base, table=True):
    """An answer of the client to a request, which `number` counts. It is the client's row, and never changes.

    It has evidence, each item with its version and title as it was then, or words, or both; or it says why what is
    asked for is not available. `lines` say the same of things that the request asks for one by one.
    """

    __tablename__ = "request_answers"

    request_id: UUID
    engagement_id: UUID
    firm_id: UUID
    number: int
    evidence: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    lines: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    text: str | None = None
    unavailable_because: str | None = None
    given_by: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    given_at: datetime = instant()
