from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field

from services.audit.base import Base


class FindingStatus(StrEnum):
    """drafted → communicated → responded → concluded; concluded also without a response. Each but the last → withdrawn.

    A response takes the place of the last one until the finding is concluded.
    """

    DRAFTED = "drafted"
    COMMUNICATED = "communicated"
    RESPONDED = "responded"
    CONCLUDED = "concluded"
    WITHDRAWN = "withdrawn"


class ResponsePosition(StrEnum):
    """Whether management agrees with a finding."""

    AGREES = "agrees"
    DISAGREES = "disagrees"


class Finding(Base, table=True):
    """A control deficiency, the firm's row. `client_id` is the organisation that sees it once it is communicated.

    `deviation_ids`, `compensating` and `conclusion` stay the firm's: they are judgements in the making. `compensating`
    names the papers of controls that compensate. The other columns of JSON are as the schemas have them.
    """

    __tablename__ = "findings"

    engagement_id: UUID
    client_id: UUID
    control_id: UUID
    control_code: str
    title: str
    text: str = Field(sa_column=Column(Text, nullable=False))
    criteria: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    deviation_ids: list[UUID] = Field(sa_column=Column(ARRAY(Uuid), nullable=False))
    compensating: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    status: str = FindingStatus.DRAFTED
    drafted_by: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    communicated: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    response: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    conclusion: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    withdrawal: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
