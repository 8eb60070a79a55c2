from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from services.controls.frameworks.crosswalks.models import CrosswalkStatus
from shared.http.fields import Code, Input, Prose, Title


class CrosswalkDraft(Input):
    """A crosswalk of the organisation's own; its entries follow."""

    code: Code = Field(examples=["acme-to-iso"])
    title: Title = Field(examples=["Control objectives of the payroll service to ISO/IEC 27001"])
    source: Code = Field(examples=["acme-objectives"], description="Code of the framework that its entries lead from")
    target: Code = Field(examples=["iso27001"], description="Code of the framework that they lead to")
    origin: Prose = Field(examples=["Workshop of compliance and engineering, reviewed by Example CPA LLP."])


class CrosswalkRevision(Input):
    """What to change; members left out stay as they are."""

    title: Title | None = None
    origin: Prose | None = None


class CrosswalkOut(BaseModel):
    id: UUID
    code: str
    title: str
    source: str = Field(examples=["soc2"], description="Code of a framework; an entry can be read both ways")
    target: str = Field(examples=["iso27001"])
    origin: str = Field(description="Who says that these requirements speak of the same, and on what ground")
    shipped: bool = Field(description="Whether it comes with Attest; such a crosswalk cannot be changed")
    entries: int = Field(description="How many entries it has, without those withdrawn")
    status: CrosswalkStatus
    version: int
    created_at: datetime
    updated_at: datetime
