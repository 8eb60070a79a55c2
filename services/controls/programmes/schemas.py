from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field

from services.controls.criteria import Category, with_security
from services.controls.programmes.models import ReportType
from shared.http.fields import Input, Owner, Prose, Title

Names = Annotated[list[Title], Field(max_length=200)]


class SystemBoundary(Input):
    """What the report is about: services, and the infrastructure, people and data behind them (DC 200, DC3)."""

    services: Names = Field(min_length=1, examples=[["Example Cloud"]])
    systems: Names = Field(default=[], examples=[["production cluster", "identity provider"]])
    locations: Names = Field(default=[], examples=[["Frankfurt"]])
    people: Names = Field(default=[], examples=[["platform team"]])
    data: Names = Field(default=[], examples=[["customer records"]])


class ProgrammeDraft(Input):
    title: Title = Field(examples=["SOC 2 Type 2, 2026"])
    report_type: ReportType
    categories: Annotated[list[Category], Field(max_length=5), AfterValidator(with_security)] = Field(
        default=[Category.SECURITY],
        description="Trust Services Categories in scope; security is in every SOC 2",
    )
    system: SystemBoundary
    commitments: Prose = Field(
        examples=["The service is available 99.9 % of each month."],
        description="Principal service commitments and system requirements (DC 200, DC2)",
    )
    owner: Owner
    target_date: date = Field(ge=date(2000, 1, 1), lt=date(2200, 1, 1))


class ProgrammeOut(BaseModel):
    id: UUID
    title: str
    report_type: ReportType
    categories: list[Category]
    criteria_in_scope: int = Field(description="Security alone has 33 criteria; all five categories have 61")
    system: SystemBoundary
    commitments: str
    owner: str
    target_date: date
    version: int
    created_at: datetime
    updated_at: datetime
