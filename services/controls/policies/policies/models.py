from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ARRAY, Column, Text, Uuid
from sqlmodel import Field

from services.controls.base import Base


class PolicyStatus(StrEnum):
    """draft → published → retired. A draft has no published version yet."""

    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"


class Policy(Base, table=True):
    """A policy. `review_told_for` is the due date of which a review was last announced as due."""

    __tablename__ = "policies"

    code: str
    title: str
    owner: str
    review_months: int
    control_ids: list[UUID] = Field(sa_column=Column(ARRAY(Uuid), nullable=False))
    requirements: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    status: str = PolicyStatus.DRAFT
    published_version_id: UUID | None = None
    reviewed_on: date | None = None
    review_due_on: date | None = None
    review_told_for: date | None = None
