from datetime import datetime
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, Field

from services.controls.programmes.programme_lacks.schemas import Missing
from services.controls.programmes.programmes.models import ReportType
from shared.events.catalogue.controls import ReasonCode


class Aspect(StrEnum):
    """What a report can ask of the controls that answer a requirement."""

    DESIGNED = "designed"
    IMPLEMENTED = "implemented"
    OPERATING = "operating"
    EVIDENCED = "evidenced"


class ReadinessExtent(StrEnum):
    """Whether all of the controls that count have it, some, or none."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"


class State(StrEnum):
    """How ready a requirement is, or the whole programme."""

    READY = "ready"
    PARTLY = "partly"
    NOT_READY = "not_ready"
    NOT_RELEVANT = "not_relevant"


# What a requirement can lack, in the order in which it is usually put right.
LACKS = (
    ReasonCode.NO_CONTROL,
    ReasonCode.NOT_APPROVED,
    ReasonCode.ANSWERED_IN_PART,
    ReasonCode.DESIGN_FAILED,
    ReasonCode.DESIGN_NOT_TESTED,
    ReasonCode.NOT_IN_OPERATION,
    ReasonCode.SERIOUS_ISSUE_OPEN,
    ReasonCode.OCCURRENCE_MISSED,
    ReasonCode.OPERATION_FAILED,
    ReasonCode.OPERATION_NOT_TESTED,
    ReasonCode.EVIDENCE_NOT_FRESH,
)


class RequirementReadiness(BaseModel):
    ref: str = Field(examples=["CC6.1"])
    title: str
    group_ref: str = Field(examples=["CC6"])
    state: State
    designed: ReadinessExtent
    implemented: ReadinessExtent
    operating: ReadinessExtent
    evidenced: ReadinessExtent
    controls: int = Field(description="How many approved or implemented controls answer it")
    in_part: int = Field(
        description="How many of these answer a part of it: by an adopted mapping whose entry is neither equal to the"
        " requirement nor covers it"
    )
    drafts: int = Field(description="How many drafts do; they count for nothing yet")
    waived: list[str] = Field(
        description="Codes of the controls that answer all of it and are waived now. A waiver alone takes no lack away"
    )
    commitments: list[UUID] = Field(
        description="In a SOC 2 the service commitments and system requirements that it judges: what is at stake when"
        " it is not met"
    )
    lacks: list[ReasonCode] = Field(description="What is missing, for programs")
    reasons: list[str] = Field(
        examples=[["No test of the operation has been concluded: AC-01, AC-02."]],
        description="Why, in words; of many controls the first five by code are named",
    )


class ReadinessTotals(BaseModel):
    requirements: int
    ready: int
    partly: int
    not_ready: int
    not_relevant: int


class ReadinessOut(BaseModel):
    """How far a programme is. Evidence is judged as of the instant; everything else is as it stands now."""

    programme_id: UUID
    as_of: datetime
    report_type: ReportType
    asks: list[Aspect] = Field(description="What this kind of report asks of each relevant requirement")
    state: State = Field(description="Ready when every relevant requirement is, and nothing is `missing`")
    missing: list[Missing] = Field(
        description="What the programme itself lacks of what its standard asks, such as commitments of a SOC 2"
    )
    totals: ReadinessTotals
    requirements: list[RequirementReadiness]
