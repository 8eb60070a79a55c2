from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Column, Text
from sqlmodel import Field

from services.risk.base import Base


class ComplementaryControl(Base, table=True):
    """A complementary user entity control of a received report. It is answered by a control, or does not apply."""

    __tablename__ = "complementary_controls"

    report_id: UUID
    vendor_id: UUID
    text: str
    criteria: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    page: str | None = None
    control_id: UUID | None = None
    owner_id: UUID | None = None
    not_applicable_because: str | None = None

    def told(self) -> dict[str, Any]:
        """What every event about it says."""
        return self.model_dump(include={"report_id", "vendor_id", "text", "control_id", "owner_id"})
