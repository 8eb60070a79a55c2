from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ARRAY, Column, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.integrations.base import Base
from shared.data.base import instant


class MappingStatus(StrEnum):
    """draft → tried → in force → replaced; a draft that is not wanted is discarded."""

    DRAFT = "draft"
    TRIED = "tried"
    IN_FORCE = "in_force"
    REPLACED = "replaced"
    DISCARDED = "discarded"


class MappingVersion(Base, table=True):
    """A version of the organisation's own rules for one kind of sender, in full. At most one of a kind is in force.

    Its rules go before the shipped ones for the events that they name. They never change once they are in force: facts
    name the version by its `number`. `trial` counts what the version last gave.
    """

    __tablename__ = "mapping_versions"

    kind: str
    number: int
    rules: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    no_facts: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    reason: str | None = None
    status: str = MappingStatus.DRAFT
    authored_by: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    trial: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    tried_at: datetime | None = instant(default=None)
    put_in_force_by: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    put_in_force_at: datetime | None = instant(default=None)
    replaced_at: datetime | None = instant(default=None)
