from enum import StrEnum
from uuid import UUID

from sqlalchemy import ARRAY, Column, Text
from sqlmodel import Field

from services.controls.base import Base


class CommitmentKind(StrEnum):
    """What is promised to customers, or what the system has to do to keep such promises (DC 200, DC2)."""

    SERVICE_COMMITMENT = "service_commitment"
    SYSTEM_REQUIREMENT = "system_requirement"


class CommitmentSource(StrEnum):
    """What it comes from."""

    CONTRACT = "contract"
    SLA = "sla"
    TERMS = "terms"
    LAW = "law"
    INTERNAL_POLICY = "internal_policy"


class CommitmentStatus(StrEnum):
    """in force → withdrawn. A withdrawn one stays on record, for what refers to it."""

    IN_FORCE = "in_force"
    WITHDRAWN = "withdrawn"


class Commitment(Base, table=True):
    """A service commitment or system requirement. `criteria` are references within the framework, in its order."""

    __tablename__ = "commitments"

    programme_id: UUID
    kind: str
    text: str
    source: str
    source_reference: str | None = None
    criteria: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    status: str = CommitmentStatus.IN_FORCE
