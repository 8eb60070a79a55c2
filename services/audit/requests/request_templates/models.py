from enum import StrEnum
from typing import Any

from sqlalchemy import ARRAY, Column, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.audit.base import Base


class TemplateStatus(StrEnum):
    """active → withdrawn. A withdrawn template stays on record."""

    ACTIVE = "active"
    WITHDRAWN = "withdrawn"


class RequestTemplate(Base, table=True):
    """A list of requests of a firm, for engagements of these kinds, or of any where there are none.

    Each line has `title`, `text`, and possibly `code`, `example`, `addressee` and `due_days`: how many days after the
    day of its draft a request is due.
    """

    __tablename__ = "request_templates"

    title: str
    engagement_kinds: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    lines: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    status: str = TemplateStatus.ACTIVE
