from typing import Any
from uuid import UUID

from sqlalchemy import Column, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.audit.base import Base


class ScopeChange(Base, table=True):
    """A change of what an engagement examines, the firm's row; `client_id` sees it. It never changes itself.

    `before` and `after` have the members that changed; `voided` says how many signed papers, conclusions and reports
    count no longer.
    """

    __tablename__ = "scope_changes"

    engagement_id: UUID
    client_id: UUID
    before: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    after: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    justification: str = Field(sa_column=Column(Text, nullable=False))
    voided: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    changed_by: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
