from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Column, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.controls.base import Base


class Scheme(StrEnum):
    """What is reported against it: an attestation (SOC), a certificate (ISO/IEC 27001), or neither."""

    SOC2 = "soc2"
    SOC1 = "soc1"
    ISO27001 = "iso27001"
    OTHER = "other"


class FrameworkStatus(StrEnum):
    """active → withdrawn, of a framework or a version. A withdrawn one stays listed; its code or label is free."""

    ACTIVE = "active"
    WITHDRAWN = "withdrawn"


class Framework(Base, table=True):
    """A catalogue. What comes with Attest belongs to the platform, and every organisation reads it."""

    __tablename__ = "frameworks"

    code: str
    title: str
    publisher: str
    scheme: str
    status: str = FrameworkStatus.ACTIVE


class FrameworkVersion(Base, table=True):
    """One edition of a framework. Its contents never change, so that whoever pins it knows what they pinned.

    What was imported has its document, `size` bytes of `media_type`; `bases` are what a profile was resolved against.
    """

    __tablename__ = "framework_versions"

    framework_id: UUID
    label: str
    origin: str
    categories: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    requirement_count: int
    media_type: str | None = None
    size: int | None = None
    sha256: str | None = None
    bases: list[UUID] = Field(default=[], sa_column=Column(ARRAY(Uuid), nullable=False))
    remarks: list[dict[str, str]] = Field(default=[], sa_column=Column(JSONB, nullable=False))
    status: str = FrameworkStatus.ACTIVE
