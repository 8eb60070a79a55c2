from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from services.gateway.views.lags.schemas import LagOut


class FoundOut(BaseModel):
    """A thing that was found. `href` is where it is read, with all that is known of it."""

    kind: str = Field(examples=["control"])
    id: UUID
    code: str | None = Field(examples=["LG-01"])
    title: str | None = Field(examples=["Logs are kept for a year"])
    about: str | None = Field(description="The code of the control, risk or policy that it is about")
    status: str | None = Field(description="Where it stands, or what last happened to it")
    changed_at: datetime
    href: str = Field(examples=["/v1/controls/0192f3d0-7a3b-7c52-9d2e-6f1f5d6f0001"])


class SearchOut(BaseModel):
    items: list[FoundOut] = Field(description="The best first: the same code, codes and titles that begin so, others")
    more: bool = Field(description="Whether more was found than asked for")
    lagging: list[LagOut] = Field(description="Services whose latest things may not be found yet")
