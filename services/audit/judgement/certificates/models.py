from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.audit.base import Base


class CertificateStatus(StrEnum):
    """granted → suspended → granted; each → withdrawn. A decision may also refuse or defer. Expiry is computed."""

    GRANTED = "granted"
    REFUSED = "refused"
    DEFERRED = "deferred"
    SUSPENDED = "suspended"
    WITHDRAWN = "withdrawn"


class Certificate(Base, table=True):
    """A certification decision and its certificate, the certification body's row; `client_id` sees it.

    Days are UTC. `valid_until` is the last day of three years from the decision, `surveillance_by` the day by which the
    first surveillance audit is done: twelve months from the decision. Both are null where nothing was granted.
    """

    __tablename__ = "certificates"

    engagement_id: UUID
    client_id: UUID
    status: str
    scope: str = Field(sa_column=Column(Text, nullable=False))
    soa_version: str
    decided_on: date
    valid_until: date | None = None
    surveillance_by: date | None = None
    decided_by: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    history: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
