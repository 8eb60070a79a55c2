from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field

from services.controls.programmes.programmes.models import ProgrammeStatus, ReportType
from shared.http.fields import Code, Day, Input, NamedPerson, PersonRef, Prose, Title, once_each

Names = Annotated[list[Title], Field(max_length=200)]


class SystemBoundary(Input):
    """What a SOC report is about: services, and the infrastructure, people and data behind them (DC 200, DC3)."""

    services: Names = Field(min_length=1, examples=[["Example Cloud"]])
    systems: Names = Field(default=[], examples=[["production cluster", "identity provider"]])
    locations: Names = Field(default=[], examples=[["Frankfurt"]])
    people: Names = Field(default=[], examples=[["platform team"]])
    data: Names = Field(default=[], examples=[["customer records"]])


class IsmsInterface(Input):
    """What others do that the management system depends on, or what it does for them (ISO/IEC 27001, 4.3 c)."""

    party: Title = Field(examples=["Example Hosting Ltd"])
    activities: Prose = Field(examples=["It runs the data centres that production is in."])


class IsmsExclusion(Input):
    """What of the organisation is outside the scope, and why."""

    what: Title = Field(examples=["Sales office Lyon"])
    reason: Prose = Field(examples=["It has no access to customer data or to production."])


class IsmsScope(Input):
    """The scope of the information security management system, as the certificate will name it (ISO/IEC 27001, 4.3)."""

    boundaries: Prose = Field(
        examples=["Development, operation and support of Example Cloud by Example Ltd."],
        description="Which activities, parts of the organisation and technology are inside",
    )
    locations: Names = Field(min_length=1, examples=[["Frankfurt"]])
    interfaces: list[IsmsInterface] = Field(
        default=[], max_length=200, description="Interfaces and dependencies with what others do"
    )
    exclusions: list[IsmsExclusion] = Field(
        default=[],
        max_length=200,
        description="Locations or activities outside; controls are left out by scope decisions",
    )


Categories = Annotated[
    list[Code],
    Field(
        max_length=50,
        examples=[["security", "availability"]],
        description="Which of the framework's categories are in scope: security is in every SOC 2; none chosen, where"
        " the framework insists on none, is all of it",
    ),
]
# Which of the two a programme has follows from the scheme of its framework; the rules say how.
System = Annotated[
    SystemBoundary | None,
    Field(description="Required against SOC 2 and SOC 1, refused against ISO/IEC 27001, and optional otherwise"),
]
Isms = Annotated[IsmsScope | None, Field(description="Required against ISO/IEC 27001, and refused otherwise")]


AssetIds = Annotated[
    list[UUID],
    AfterValidator(once_each),
    Field(max_length=2000, description="The assets in scope, of the organisation's inventory (`/v1/assets`)"),
]

AsOfDate = Annotated[
    Day | None, Field(examples=["2026-12-31"], description="Type 1 only: the day of which the report speaks")
]
PeriodStart = Annotated[
    Day | None,
    Field(
        examples=["2026-01-01"],
        description="The first day of the period over which controls have to operate, included: needed for Type 2, not"
        " for Type 1. For a certification or a self-assessment, whose standards fix none, it may be left out",
    ),
]
PeriodEnd = Annotated[Day | None, Field(examples=["2026-12-31"], description="The last day of the period, included")]


class ProgrammeDraft(Input):
    """What an organisation goes for: Type 1 on a date, Type 2 over a period."""

    title: Title = Field(examples=["SOC 2 Type 2, 2026"])
    framework: Code = Field(examples=["soc2"], description="The framework's code")
    framework_version: Title | None = Field(
        default=None,
        examples=["2017 (rev. 2022)"],
        description="The label of the version to pin; the newest when left out. It stays pinned until it is upgraded",
    )
    report_type: ReportType
    categories: Categories = Field(default=[])
    system: System = None
    isms_scope: Isms = None
    asset_ids: AssetIds = Field(default=[], examples=[[]])
    owner: PersonRef
    target_date: Day
    as_of_date: AsOfDate = None
    period_start: PeriodStart = None
    period_end: PeriodEnd = None


class ProgrammeRevision(Input):
    """What to change; members left out stay as they are. The framework's version is pinned, and is upgraded apart.

    A date or period that the new kind of report does not have is taken away by null.
    """

    title: Title | None = None
    report_type: ReportType | None = None
    categories: Categories | None = None
    system: System = None
    isms_scope: Isms = None
    asset_ids: AssetIds | None = Field(default=None, description="In place of those before", examples=[[]])
    owner: PersonRef | None = None
    target_date: Day | None = None
    as_of_date: AsOfDate = None
    period_start: PeriodStart = None
    period_end: PeriodEnd = None


class ProgrammeClosure(Input):
    """How a programme ended, and why."""

    outcome: Literal[ProgrammeStatus.COMPLETED, ProgrammeStatus.WITHDRAWN]
    reason: Prose = Field(examples=["The report was issued on 2027-02-12."])


class ScopedAsset(BaseModel):
    """An asset in scope, as last heard of."""

    id: UUID
    code: str
    title: str
    kind: str = Field(examples=["application"])
    retired: bool


class ProgrammeOut(BaseModel):
    id: UUID
    title: str
    framework: str = Field(examples=["soc2"])
    framework_version: str = Field(examples=["2017 (rev. 2022)"])
    framework_version_id: UUID
    report_type: ReportType
    categories: list[str] = Field(examples=[["security", "availability"]])
    requirements_in_scope: int = Field(
        description="How many its categories have: in SOC 2, 33 criteria for security alone, 61 for all five"
    )
    system: SystemBoundary | None
    isms_scope: IsmsScope | None
    assets: list[ScopedAsset] = Field(description="The assets in scope, by their codes")
    owner: NamedPerson
    target_date: date
    as_of_date: date | None = Field(description="Type 1 only: the day of which the report speaks")
    period_start: date | None = Field(description="The first day of the period, included; null where there is none")
    period_end: date | None = Field(description="The last day of the period, included")
    status: ProgrammeStatus
    closed_at: datetime | None
    closed_because: str | None
    version: int
    created_at: datetime
    updated_at: datetime
