from typing import Any
from uuid import UUID

from sqlalchemy import Column
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.audit.base import Base


class RequestComment(Base, table=True):
    """What somebody wrote to a released request. It is the row of the writer's organisation, and never changes.

    `mentions` are the people whom it means, with their names of then.
    """

    __tablename__ = "request_comments"

    request_id: UUID
    engagement_id: UUID
    firm_id: UUID
    client_id: UUID
    by_firm: bool
    text: str
    mentions: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    written_by: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
