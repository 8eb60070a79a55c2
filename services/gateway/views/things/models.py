from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Column, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.gateway.base import Known
from shared.data.base import instant


class Thing(Known, table=True):
    """A thing of any service as its events tell it; its columns are worked out from `facts`.

    `facts` has each field with the version of the thing that told it, so that the order of events does not matter.
    `about` is the code of the control, risk or policy that a thing is about. `control_ids`, `engagement_id` and the
    half-open time that it covers decide whether a token for an engagement shows it.

    `task` is what somebody has to do about it: one of `waits_for`, or whoever has the permission `waits_on` when nobody
    is named; never the person `waits_without`, who did the first half. `automated` is whether a program made it.
    """

    __tablename__ = "things"

    kind: str = Field(primary_key=True)
    id: UUID = Field(primary_key=True)
    facts: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    code: str | None
    title: str | None
    about: str | None
    status: str | None
    control_ids: list[UUID] = Field(sa_column=Column(ARRAY(Uuid), nullable=False))
    engagement_id: UUID | None
    covers_from: datetime | None = instant(default=None)
    covers_until: datetime | None = instant(default=None)
    task: str | None
    waits_for: list[UUID] = Field(sa_column=Column(ARRAY(Uuid), nullable=False))
    waits_on: str | None
    waits_without: UUID | None
    due_at: datetime | None = instant(default=None)
    automated: bool | None
    told_at: datetime = instant()


class Word(Known, table=True):
    """A word in the code or title of a thing, or in the code of what it is about."""

    __tablename__ = "thing_words"

    kind: str = Field(primary_key=True)
    id: UUID = Field(primary_key=True)
    word: str = Field(sa_column=Column(Text, primary_key=True))
