from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from services.evidence.keeping.retention.models import RetentionBasis
from shared.http.fields import Input, Prose


class Classification(Input):
    """To which class evidence belongs, and why."""

    class_id: UUID | None = Field(description="Null for whatever class is the default")
    reason: Prose


class RetentionOut(BaseModel):
    """For how long a piece of evidence is kept, as of now."""

    item_id: UUID
    class_id: UUID
    class_name: str
    assigned: bool = Field(description="False when it is in this class by default")
    basis: RetentionBasis
    years: int
    started_at: datetime | None = Field(description="When the fact happened that the years are counted from")
    retained_until: datetime | None = Field(description="The first instant at which it need not be kept; null: no end")
    because: str
    holds: list[UUID] = Field(description="Legal holds that stand on it; while there is one it is kept")
    disposed_at: datetime | None
    disposal_id: UUID | None = Field(description="The disposal run in whose certificate it stands")
    sha256: str | None = Field(description="Of what was disposed of, hexadecimal")
