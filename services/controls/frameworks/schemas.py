from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from services.controls.frameworks.models import Origin, Scheme
from shared.http.fields import Code, Input, Title


class FrameworkDraft(Input):
    """A framework of the organisation's own: its requirements come with its versions."""

    code: Code = Field(examples=["acme-objectives"], description="As in `acme-objectives:CO-1`")
    title: Title = Field(examples=["Control objectives of the payroll service"])
    publisher: Title = Field(examples=["Example Payroll Ltd"])
    scheme: Scheme = Field(description="`soc1` for control objectives written by the organisation (AT-C 320)")


class FrameworkOut(BaseModel):
    id: UUID
    code: str
    title: str
    publisher: str
    scheme: Scheme
    shipped: bool = Field(description="Whether it comes with Attest; such a framework cannot be changed")
    version: int
    created_at: datetime
    updated_at: datetime


class Category(BaseModel):
    """A part of a framework that a programme may choose, as the Trust Services Categories or NIST's baselines."""

    code: str = Field(examples=["availability"])
    title: str = Field(examples=["Availability"])
    always: bool = Field(description="Whether no programme may leave it out, as security in every SOC 2")


class FrameworkVersionOut(BaseModel):
    id: UUID
    framework_id: UUID
    framework_code: str
    label: str = Field(examples=["2017 (rev. 2022)"])
    origin: Origin
    categories: list[Category]
    requirement_count: int = Field(description="How many can be assessed: headings and withdrawn ones do not count")
    version: int
    created_at: datetime
    updated_at: datetime
