from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlmodel import Field

from services.controls.base import Known
from shared.data.base import instant


class ItemState(StrEnum):
    """What the evidence service last said of an item: only what was accepted shows anything."""

    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    REPLACED = "replaced"


class KnownItem(Known, table=True):
    """An item of evidence as last heard of, with the time that it covers. `version` is the one that said so."""

    __tablename__ = "known_items"

    id: UUID = Field(primary_key=True)
    title: str
    state: str
    covers_from: datetime = instant()
    covers_until: datetime = instant()
    version: int
