from datetime import datetime

from pydantic import BaseModel, Field


class LagOut(BaseModel):
    """A service that is not ready: what it has done since then may be missing here."""

    service: str = Field(examples=["risk"])
    since: datetime
