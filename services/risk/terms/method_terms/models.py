from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ARRAY, Column, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.risk.base import Base
from shared.data.base import instant


class MethodStatus(StrEnum):
    """draft → previewed → in force → replaced; a draft that is not wanted is discarded."""

    DRAFT = "draft"
    PREVIEWED = "previewed"
    IN_FORCE = "in_force"
    REPLACED = "replaced"
    DISCARDED = "discarded"


class Method(Base, table=True):
    """A version of how the organisation rates risk, in full. At most one is in force.

    `terms` is a `MethodTerms`, which never changes once the method is in force: ratings name it by its `number`.
    `preview` counts what the method would change, and `preview_digest` is of each risk's rating by it.
    """

    __tablename__ = "methods"

    number: int
    title: str
    preset: str | None = None
    terms: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    warnings: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    status: str = MethodStatus.DRAFT
    authored_by: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    preview: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    preview_digest: str | None = None
    previewed_at: datetime | None = instant(default=None)
    put_in_force_by: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    put_in_force_at: datetime | None = instant(default=None)
    replaced_at: datetime | None = instant(default=None)
