from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field

from services.audit.base import Base


class OpinionStatus(StrEnum):
    """decided → replaced by a later decision, or voided because something below it changed."""

    DECIDED = "decided"
    REPLACED = "replaced"
    VOIDED = "voided"


class Opinion(Base, table=True):
    """The opinion as it was decided, the firm's row. `kind` is the gravest of its subject matters.

    `decided_by` is the person, `signed_as` the firm in whose name the report is signed, with city and state: the two
    are apart. `rests_on` are the conclusions on the subject matters. `subjects` and `proposed` map each subject matter
    to the kind that was decided and proposed.
    """

    __tablename__ = "opinions"

    engagement_id: UUID
    kind: str
    subjects: dict[str, str] = Field(sa_column=Column(JSONB, nullable=False))
    proposed: dict[str, str] = Field(sa_column=Column(JSONB, nullable=False))
    reason: str = Field(sa_column=Column(Text, nullable=False))
    departure: str | None = Field(default=None, sa_column=Column(Text))
    signed_as: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    rests_on: list[UUID] = Field(sa_column=Column(ARRAY(Uuid), nullable=False))
    status: str = OpinionStatus.DECIDED
    decided_by: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
