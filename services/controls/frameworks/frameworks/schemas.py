from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from services.controls.documents.contents import Origin
from services.controls.frameworks.frameworks.models import FrameworkStatus, Scheme
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
    status: FrameworkStatus
    shipped: bool = Field(description="Whether it comes with Attest; such a framework cannot be changed")
    version: int
    created_at: datetime
    updated_at: datetime


class FrameworkCategory(BaseModel):
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
    categories: list[FrameworkCategory]
    requirement_count: int = Field(description="How many can be assessed: headings and withdrawn ones do not count")
    media_type: str | None = Field(description="Of the document it was imported as; null when it comes with Attest")
    size: int | None = Field(description="Of the document, in bytes")
    sha256: str | None = Field(description="Of the document, hexadecimal")
    bases: list[UUID] = Field(description="The versions that a profile was resolved against")
    status: FrameworkStatus = Field(description="A withdrawn version has no requirements and no document any longer")
    version: int
    created_at: datetime
    updated_at: datetime


class Remark(BaseModel):
    """What is wrong with a document and changes no requirement, such as a link to an id that is not in it."""

    pointer: str = Field(examples=["/catalog/groups/0/controls/1/links/0/href"])
    detail: str


class FrameworkVersionDetails(FrameworkVersionOut):
    """A version, and what was noticed when it was imported."""

    remarks: list[Remark] = Field(description="The first thousand, with JSON pointers into the document")
