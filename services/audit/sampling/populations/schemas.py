from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from services.audit.sampling.population_hints.schemas import PopulationHints
from services.audit.sampling.populations.models import PopulationStatus, ProvenanceKind
from shared.http.fields import ActedBy, Day, Input, Instant, Prose, Title
from shared.http.problems import FaultSchema
from shared.tables.formats import TableFormat


def _known_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError("is no time zone of the IANA database")
    return name


TimeZone = Annotated[
    str, StringConstraints(max_length=60), AfterValidator(_known_zone), Field(examples=["Europe/Berlin"])
]


class Provenance(Input):
    """Where the information comes from: what is known of it as information produced by the entity (IPE)."""

    kind: ProvenanceKind
    source_system: Title = Field(examples=["Jira"])
    query: Prose = Field(
        description="The query, or the name of the report", examples=["project = CHG AND status = Deployed"]
    )
    parameters: Prose | None = Field(
        default=None, description="Parameters and filters that it was run with", examples=["2026-01-01 to 2026-06-30"]
    )
    run_by: Title = Field(description="Who ran it", examples=["Dana Duarte"])
    run_at: Instant
    time_zone: TimeZone = Field(description="In which the source has its days and times")
    rows_in_system: int | None = Field(
        default=None, ge=0, le=1_000_000_000, description="How many the system itself shows, as seen there"
    )


class PopulationDraft(Input):
    """What the firm asks for. The period is the engagement's, or the part of it that the control was in operation."""

    control_id: UUID | None = Field(default=None, description="The control whose items these are, where it is one")
    title: Title = Field(examples=["Changes deployed to production"])
    description: Prose = Field(
        description="What belongs to the population, so that who lists it can tell",
        examples=["Every change ticket whose change was deployed to production in the period."],
    )
    first_day: Day | None = Field(default=None, description="Included; the engagement's own when left out")
    last_day: Day | None = Field(default=None, description="Included; the engagement's own when left out")
    provenance: Provenance | None = None


class PopulationRevision(Input):
    """What to change before the file is there; members left out stay as they are."""

    title: Title | None = None
    description: Prose | None = None
    first_day: Day | None = None
    last_day: Day | None = None
    provenance: Provenance | None = None


class PopulationVersionDraft(Input):
    """Why another version is needed."""

    reason: Prose = Field(examples=["The report left out the tickets of the mobile team."])


class ReliabilityProcedure(StrEnum):
    """What was done to evaluate completeness and accuracy.

    trace_to_system traces rows of the list to the system, which shows that they are accurate; trace_from_system traces
    items of the system to the list, which shows that it is complete.
    """

    INSPECT_QUERY = "inspect_query"
    OBSERVE_RUN = "observe_run"
    RECOUNT = "recount"
    TRACE_TO_SYSTEM = "trace_to_system"
    TRACE_FROM_SYSTEM = "trace_from_system"
    CHECK_SEQUENCE = "check_sequence"


class ProcedureDone(Input):
    """A procedure, with what it showed."""

    procedure: ReliabilityProcedure
    items: int | None = Field(default=None, ge=1, le=10_000, description="How many were traced")
    result: Prose = Field(examples=["25 of 25 tickets were found in Jira with the same dates and approver."])
    evidence: Prose | None = Field(default=None, description="Where what shows it is kept")


class ReliabilityDraft(Input):
    """The conclusion on completeness, accuracy and precision (AT-C 205), with what it rests on."""

    reliable: bool
    procedures: list[ProcedureDone] = Field(max_length=20)
    conclusion: Prose = Field(examples=["The list is complete and accurate for the period."])


class ReliabilityOut(BaseModel):
    reliable: bool
    procedures: list[ProcedureDone]
    conclusion: str


class PopulationOut(BaseModel):
    id: UUID
    engagement_id: UUID
    series_id: UUID = Field(description="The id of the first version")
    number: int = Field(description="Of the version; the first is 1")
    control_id: UUID | None
    title: str
    description: str
    first_day: date
    last_day: date
    provenance: Provenance | None
    status: PopulationStatus
    file_format: TableFormat | None
    file_size: int | None = Field(description="Bytes")
    file_sha256: str | None = Field(description="Of the bytes as given; of a rejected file nothing else is kept")
    key_column: str | None = Field(description="Null: the items are called by their rows, `row:1` and so on")
    day_column: str | None
    columns: list[str] | None = Field(description="The headings of the file")
    row_count: int | None
    frame_sha256: str | None = Field(description="Of the frame, which samples are drawn from")
    faults: list[FaultSchema] | None = Field(description="Why it was rejected: the first hundred")
    more_faults: int
    hints: PopulationHints | None
    frozen_by: ActedBy | None
    frozen_at: datetime | None
    reliability: ReliabilityOut | None
    concluded_by: ActedBy | None
    concluded_at: datetime | None
    version: int
    created_at: datetime
    updated_at: datetime
