from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field

from services.evidence.base import Base
from shared.data.base import instant


class Bundle(Base, table=True):
    """What an archive holds: evidence for these controls in this period that had been accepted when it was assembled.

    Accepted evidence does not change, so the archive is made anew whenever it is asked for, and is the same.
    """

    __tablename__ = "bundles"

    title: str
    control_ids: list[UUID] = Field(sa_column=Column(ARRAY(Uuid), nullable=False))
    covers_from: datetime = instant()
    covers_until: datetime = instant()
    assembled_by: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
