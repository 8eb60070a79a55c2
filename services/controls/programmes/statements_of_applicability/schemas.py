from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from services.controls.frameworks.crosswalks.models import Relation
from services.controls.programmes.scope_decisions.models import Ground
from services.controls.programmes.scope_decisions.schemas import Ref
from services.controls.programmes.statements_of_applicability.models import ImplementationStatus, StatementStatus
from services.controls.register.controls.models import ControlStatus
from shared.http.fields import ActedBy, Input, Prose


class StatementDraft(Input):
    """A new version, written from the scope decisions in force and the controls as they are now."""

    programme_id: UUID
    inclusion_reason: Prose = Field(
        examples=["Needed to treat the risks of the risk assessment."],
        description="Why an Annex A control is included, where no scope decision gives a reason of its own",
    )


class LineApprovals(Input):
    """Which lines of a draft are approved as they are."""

    refs: list[Ref] | None = Field(
        default=None,
        min_length=1,
        max_length=200,
        examples=[["A.5.15", "A.5.18"]],
        description="The Annex A controls whose lines these are; all that await approval when left out",
    )


class LineControl(BaseModel):
    """A control that answers the Annex A control, and through what."""

    code: str = Field(examples=["AC-01"])
    title: str
    status: ControlStatus
    relation: Relation | None = Field(
        description="How `via` stood to the Annex A control when the mapping was adopted: `equal` and `superset_of`"
        " answer all of it, others a part. Null where the control itself names it, and so answers all of it"
    )
    via: str | None = Field(examples=["soc2:CC6.3"], description="Through which requirement that the control answers")
    crosswalk: str | None = Field(examples=["soc2-iso27001"], description="Through an entry of which crosswalk")


class Line(BaseModel):
    """One Annex A control."""

    ref: str = Field(examples=["A.5.15"])
    title: str
    applicable: bool
    included_because: str | None = Field(description="Null when it is excluded")
    grounds: list[Ground]
    risks: list[str] = Field(description="Codes of the risks that it helps to treat")
    implementation: ImplementationStatus | None = Field(description="Null when it is excluded")
    controls: list[LineControl] = Field(description="Through which controls, by code; at most 200 are named")
    control_count: int
    excluded_because: str | None = Field(description="Null when it is applicable")


class ApprovedLine(Line):
    """A line, and who approved it."""

    approver: ActedBy | None = Field(description="Null until somebody other than the author has approved it")
    approved_at: datetime | None


class StatementOut(BaseModel):
    id: UUID
    programme_id: UUID
    number: int = Field(description="Counts the programme's statements, from 1")
    framework_version: str = Field(examples=["2022 (Amd 1:2024)"])
    as_of: datetime = Field(description="Its lines tell how things were then")
    inclusion_reason: str
    applicable: int = Field(examples=[91])
    excluded: int = Field(examples=[2])
    implemented: int = Field(description="How many of the applicable ones are implemented")
    partly: int = Field(description="How many of them are implemented in part")
    lines_approved: int = Field(description="How many lines somebody other than the author has approved")
    status: StatementStatus
    author: ActedBy = Field(description="Who had it written; someone else approves it")
    approver: ActedBy | None
    approved_at: datetime | None
    version: int
    created_at: datetime
    updated_at: datetime


class StatementDocument(BaseModel):
    """The whole statement: what it is, and a line for each Annex A control."""

    id: UUID
    programme: str = Field(description="The programme's title")
    number: int
    framework_version: str
    as_of: datetime
    status: StatementStatus
    author: ActedBy
    approver: ActedBy | None
    approved_at: datetime | None
    lines: list[ApprovedLine]
    version: int
