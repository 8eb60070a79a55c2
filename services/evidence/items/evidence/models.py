from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Column, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.evidence.base import Base, Part
from shared.data.base import WITHHELD, Touches, instant


class ReviewStatus(StrEnum):
    """submitted → accepted or returned, or replaced by a corrected version before either.

    Says nothing of freshness, which is found from dates.
    """

    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    REPLACED = "replaced"


class ReviewDecision(StrEnum):
    """What a reviewer can conclude."""

    ACCEPTED = "accepted"
    RETURNED = "returned"


class Item(Base, table=True):
    """One piece of proof; what it is never changes once it is submitted, and a renewal is a new item.

    A correction is a new item too, the next number of the same series.

    The period it covers is of instants and half-open: `covers_until` is the first instant not covered. Instants and not
    dates, because the snapshot of a configuration or a run in CI shows a moment, and a date would lend it a whole day.
    It is apart from `collected_at`, when it was taken, and from `created_at`, when it was handed in. The
    trail tells what it says by its digest only: when it is disposed of, the row and the trail stay, and what it said is
    gone.
    """

    __tablename__ = "evidence_items"
    __touches__ = Touches("id", when=frozenset({"title", "source", "statement", "attestor_role", "url", "record"}))

    title: str
    kind: str
    file_id: UUID | None = None
    url: str | None = Field(default=None, sa_column=Column(Text, info=WITHHELD))
    record: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True), info=WITHHELD))
    statement: str | None = Field(default=None, sa_column=Column(Text, info=WITHHELD))
    attestor_role: str | None = None
    record_schema_ids: list[UUID] = Field(default_factory=list, sa_column=Column(ARRAY(Uuid), nullable=False))
    source: str
    collected_at: datetime = instant()
    covers_from: datetime = instant()
    covers_until: datetime = instant()
    status: str = ReviewStatus.SUBMITTED
    submitter: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    reviewer: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    reviewed_at: datetime | None = instant(default=None)
    review_reason: str | None = None
    series_id: UUID
    number: int = 1
    replaces_id: UUID | None = None
    replaced_by_id: UUID | None = None
    retention_class_id: UUID | None = None
    disposed_at: datetime | None = instant(default=None)


class Tag(Part, table=True):
    """An item has a tag. It changes under the lock of the item."""

    __tablename__ = "evidence_tags"
    __touches__ = Touches("item_id")

    item_id: UUID = Field(primary_key=True)
    tag: str = Field(primary_key=True)
