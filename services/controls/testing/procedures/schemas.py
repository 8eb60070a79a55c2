from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field

from services.controls.testing.procedures.models import Method, ProcedureStatus
from shared.http.fields import ActedBy, Code, Input, Prose, Title


def _weakest_first(methods: list[Method]) -> list[Method]:
    return [method for method in Method if method in methods]


Methods = Annotated[
    list[Method],
    Field(
        min_length=1,
        max_length=10,
        examples=[["inquiry", "inspection"]],
        description="From the weakest to the strongest. Inquiry alone never supports a conclusion: a test by it can"
        " neither pass nor fail",
    ),
    AfterValidator(_weakest_first),
]
Steps = Annotated[
    list[Prose],
    Field(min_length=1, max_length=100, examples=[["Take the list of leavers.", "Look up when each lost access."]]),
]


class ProcedureDraft(Input):
    """How a control is tested; it starts as a draft."""

    code: Code = Field(examples=["TP-AC-01"])
    title: Title = Field(examples=["Leavers lose their access within a day"])
    methods: Methods
    steps: Steps
    expected_result: Prose = Field(examples=["Every leaver lost every access within a day of leaving."])


class ProcedureRevision(Input):
    """What to change; members left out stay as they are. What was approved stays in force until this is."""

    title: Title | None = None
    methods: Methods | None = None
    steps: Steps | None = None
    expected_result: Prose | None = None


class ProcedureRetirement(Input):
    """Why a procedure is no longer followed."""

    reason: Prose


class _Followed(BaseModel):
    title: str
    methods: list[Method]
    supports_conclusion: bool = Field(description="False for inquiry alone")
    steps: list[str]
    expected_result: str
    author: ActedBy


class ProcedureOut(_Followed):
    id: UUID
    code: str
    status: ProcedureStatus
    approved_version_id: UUID | None = Field(description="The version that tests follow; null until one is approved")
    version: int
    created_at: datetime
    updated_at: datetime


class ProcedureVersionOut(_Followed):
    """A procedure as it was approved."""

    id: UUID
    procedure_id: UUID
    code: str
    number: int = Field(description="From 1, with each approval")
    approver: ActedBy
    version: int
    created_at: datetime = Field(description="When it was approved")
    updated_at: datetime
