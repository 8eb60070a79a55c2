from enum import StrEnum
from typing import Any

from sqlalchemy import ARRAY, Column, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.gateway.base import Base


class PeerReviewResult(StrEnum):
    """How a peer review ended (AICPA Standards for Performing and Reporting on Peer Reviews)."""

    PASS = "pass"  # noqa: S105 - the standard's own word
    PASS_WITH_DEFICIENCIES = "pass_with_deficiencies"  # noqa: S105
    FAIL = "fail"


class OfferedService(StrEnum):
    """What a firm does for others."""

    READINESS = "readiness"
    SOC1 = "soc1"
    SOC2 = "soc2"
    SOC3 = "soc3"
    ISO27001_CERTIFICATION = "iso27001_certification"
    ISO27001_INTERNAL_AUDIT = "iso27001_internal_audit"


class Firm(Base, table=True):
    """An audit firm. Its id is that of its organisation, whose members alone change it; all may read it once listed."""

    __tablename__ = "firms"

    name: str
    kind: str
    summary: str | None = None
    website: str | None = None
    regions: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    services: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    peer_review: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    listed: bool = False
