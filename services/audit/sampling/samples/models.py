from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field

from services.audit.base import Base, Part
from shared.data.base import WITHHELD, instant, table_of


class SampleStatus(StrEnum):
    """designed → drawn → released → testing → evaluated; each → voided. An extension changes no status."""

    DESIGNED = "designed"
    DRAWN = "drawn"
    RELEASED = "released"
    TESTING = "testing"
    EVALUATED = "evaluated"
    VOIDED = "voided"


class ItemStatus(StrEnum):
    """pending → passed, deviation, not_applicable or unavailable.

    An item that the procedure does not apply to is replaced by the next one in the order. One for which neither the
    procedure nor an alternative can be done is a deviation (AU-C 530; ISA 530).
    """

    PENDING = "pending"
    PASSED = "passed"
    DEVIATION = "deviation"
    NOT_APPLICABLE = "not_applicable"
    UNAVAILABLE = "unavailable"


class ItemOrigin(StrEnum):
    """Whether an item was selected at first, took the place of another, or came with the extension."""

    SELECTED = "selected"
    REPLACEMENT = "replacement"
    EXTENSION = "extension"


class SeedOrigin(StrEnum):
    """The service made the seed; a person typed one and said where it is from; or it is that of another sample."""

    SERVICE = "service"
    TYPED = "typed"
    CARRIED = "carried"


class Sample(Base, table=True):
    """A sample of a frozen population, the firm's row. `draw_number` counts the seeds of one control and population.

    `size` is without the extension. `design`, `attributes`, `extension`, `evaluation` and `voided` are as the schemas
    have them. `picks` are keys of the client's items, which the trail tells by their digest.
    """

    __tablename__ = "samples"

    engagement_id: UUID
    population_id: UUID
    series_id: UUID
    control_id: UUID
    title: str
    method: str
    size: int
    planned_size: int | None = None
    planned_deviations: int | None = None
    size_reason: str | None = Field(default=None, sa_column=Column(Text))
    design: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    stratum_column: str | None = None
    strata: dict[str, int] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True), info=WITHHELD))
    picks: list[str] | None = Field(default=None, sa_column=Column(ARRAY(Text), info=WITHHELD))
    selection_reason: str | None = Field(default=None, sa_column=Column(Text))
    attributes: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    status: str = SampleStatus.DESIGNED
    seed: str | None = None
    seed_origin: str | None = None
    seed_source: str | None = None
    seeded_at: datetime | None = instant(default=None)
    draw_number: int | None = None
    frame_sha256: str | None = None
    drawn_by: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    drawn_at: datetime | None = instant(default=None)
    released_by: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    released_at: datetime | None = instant(default=None)
    extension: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    evaluation: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    voided: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))


class SampleItem(Base, table=True):
    """An item of a sample. `place` is its place in the order, the first being 1; `row` its row in the frame.

    `cells` is the item as the file has it, by headings: the client's data, which the trail tells by their digest, as it
    does the key. `ticket` is null where no seed selected the item.
    """

    __tablename__ = "sample_items"

    engagement_id: UUID
    sample_id: UUID
    place: int
    origin: str
    replaces_id: UUID | None = None
    key: str = Field(sa_column=Column(Text, nullable=False, info=WITHHELD))
    row: int
    day: date | None = None
    stratum: str | None = Field(default=None, sa_column=Column(Text, info=WITHHELD))
    ticket: str | None = None
    cells: dict[str, str] = Field(sa_column=Column(JSONB, nullable=False, info=WITHHELD))
    status: str = ItemStatus.PENDING
    reason: str | None = Field(default=None, sa_column=Column(Text, info=WITHHELD))
    alternatives: str | None = Field(default=None, sa_column=Column(Text, info=WITHHELD))
    attributes: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    decided_by: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    decided_at: datetime | None = instant(default=None)


class SampleReserve(Part, table=True):
    """An item that follows a sample in its order, as far as these are kept: for replacements and an extension."""

    __tablename__ = "sample_reserves"

    sample_id: UUID = Field(primary_key=True)
    place: int = Field(primary_key=True)
    engagement_id: UUID
    key: str
    row: int
    day: date | None = None
    stratum: str | None = None
    ticket: str | None = None
    cells: dict[str, str] = Field(sa_column=Column(JSONB, nullable=False))


sample_reserves = table_of(SampleReserve)
