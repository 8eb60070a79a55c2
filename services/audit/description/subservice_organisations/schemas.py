from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from services.audit.description.described_engagements.schemas import Criteria
from services.audit.description.subservice_organisations.models import SubserviceMethod, SubserviceStatus
from shared.http.fields import Day, Input, Prose, Title

Name = Annotated[Title, Field(examples=["Example Hosting Ltd"])]
Services = Annotated[
    Prose, Field(examples=["Data centres and virtual machines."], description="What it does for the system")
]

VendorId = Annotated[
    UUID | None, Field(description="The vendor of `/v1/vendors` that it is, with its reviews and assurance reports")
]


class SubserviceControl(Input):
    """A complementary subservice organisation control (CSOC): assumed of a carved-out subservice organisation."""

    text: Prose = Field(examples=["Access to the data centres is limited to authorised people."])
    criteria: Criteria
    monitoring: Prose = Field(
        examples=["Its SOC 2 Type 2 report is read every year, with the exceptions in it."],
        description="How management monitors that the control works",
    )
    monitored_by: Title = Field(examples=["Vendor management"], description="The role or team that monitors it")


class AssertionAgreement(Input):
    """That a subservice organisation agreed to make an assertion of its own, which the inclusive method needs."""

    agreed_on: Day
    reference: Title = Field(examples=["Letter of 12 January 2026"], description="Where the agreement is found")


Controls = Annotated[
    list[SubserviceControl], Field(max_length=100, description="Carved-out ones only: the controls assumed of it")
]
Agreement = Annotated[
    AssertionAgreement | None, Field(description="Inclusive method only: null while it has not agreed to assert")
]


class SubserviceOrganisationDraft(Input):
    """A subservice organisation of the system (DC 200, DC7)."""

    name: Name
    vendor_id: VendorId = None
    services: Services
    method: SubserviceMethod
    controls: Controls = Field(default=[])
    agreement: Agreement = None


class SubserviceOrganisationRevision(Input):
    """What to change; members left out stay as they are. Another method drops what belonged to the one before."""

    name: Name | None = None
    vendor_id: VendorId = None
    services: Services | None = None
    method: SubserviceMethod | None = None
    controls: Controls | None = None
    agreement: Agreement = None


class SubserviceEnding(Input):
    """That it is used no longer, and why."""

    ended_on: Day = Field(description="The last UTC day on which it was used")
    reason: Prose = Field(examples=["Hosting moved to another provider."])


class NamedVendor(BaseModel):
    """A vendor of the client."""

    id: UUID
    code: str
    title: str


class SubserviceOrganisationOut(BaseModel):
    id: UUID
    engagement_id: UUID
    name: str
    vendor: NamedVendor | None = Field(description="The vendor that it is, where management tied it to one")
    services: str
    method: SubserviceMethod
    controls: Controls
    agreement: Agreement
    status: SubserviceStatus
    ended_on: date | None = Field(description="The last UTC day on which it was used")
    version: int
    created_at: datetime
    updated_at: datetime
