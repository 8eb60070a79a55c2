from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, Field, HttpUrl, StringConstraints, ValidationError, WrapValidator

from services.controls.earlier import Dates
from services.controls.frameworks.crosswalks.models import Relation
from services.controls.testing.test_results.models import Review
from shared.events.catalogue.testing import Outcome, TestKind
from shared.http.batches import Answered
from shared.http.fields import ActedBy, Code, Input, Instant, Title
from shared.problems import Fault, words_of

LARGEST_PUSH = 1000

Notes = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=2000, pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"
    ),
]
Evidence = Annotated[list[UUID], Field(max_length=50, description="Items of evidence that show it", examples=[[]])]


class PushedResult(Input):
    """What a check of a source found in one of its runs. Source, run, check and control together are reported once."""

    control: Code = Field(description="The control's code or its id", examples=["CM-01"])
    source: Title = Field(examples=["github-actions"], description="Who reports")
    run_id: Title = Field(examples=["acme/api 7214"], description="The source's own name of this run")
    check: Title = Field(examples=["branch-protection"], description="What was looked at: the same in each run")
    outcome: Outcome = Field(description="Only pass and fail conclude; only a pass clears a failure")
    observed_at: Instant = Field(description="When it was found to be so; what was observed later counts")
    notes: Notes | None = None
    url: Annotated[HttpUrl, Field(max_length=2000)] | None = Field(
        default=None, description="Where the run can be seen"
    )
    evidence_ids: Evidence = Field(default=[])
    next_due_at: Instant | None = Field(
        default=None, description="By when the next result is due: the control is at risk when none has come by then"
    )


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A result that is not what it should be; the others of the push are none the worse for it."""

    faults: tuple[Fault, ...]


def _or_faults(value: Any, read: Callable[[Any], PushedResult]) -> PushedResult | Unreadable:
    try:
        return read(value)
    except ValidationError as error:
        return Unreadable(
            tuple(Fault("".join(f"/{part}" for part in fault["loc"]), words_of(fault)) for fault in error.errors())
        )


class Push(Input):
    """One result or many, each of which is answered by itself."""

    results: Annotated[
        list[Annotated[PushedResult, WrapValidator(_or_faults)]], Field(min_length=1, max_length=LARGEST_PUSH)
    ]


class PushStatus(StrEnum):
    """What became of a result: recorded now, known already with the same outcome, or refused for the reason given."""

    RECORDED = "recorded"
    ALREADY_KNOWN = "already_known"
    REFUSED = "refused"


class PushAnswer(Answered):
    status: PushStatus


class PushOut(BaseModel):
    push_id: UUID | None = Field(description="Names the push in its results and in the trail; null if none was new")
    recorded: int
    already_known: int
    refused: int
    results: list[PushAnswer] = Field(description="In the order in which they were sent")


class Followed(StrEnum):
    """What led from a reported check to a control: a link of the check, or a requirement that the check names."""

    CHECK = "check_link"
    REQUIREMENT = "requirement_link"


class ResultWay(BaseModel):
    """By which way a reported check reached the control."""

    link: Followed
    link_id: UUID
    named: str | None = Field(
        default=None, description="The requirement in the tool's words", examples=["NIST-800-53 CM-6(a)"]
    )
    requirement: str | None = Field(default=None, description="Which one that is", examples=["sp800-53:CM-6"])
    answers: str | None = Field(
        default=None,
        description="What the control's own text names: the same, or another that it is related to",
        examples=["soc2:CC7.1"],
    )
    relation: Relation | None = Field(
        default=None,
        description="Null where the control's own text names the requirement. Of the requirement to what the control"
        " answers; where it was adopted, of what the control answers to the requirement",
    )
    crosswalk: str | None = Field(default=None, description="The code of the crosswalk that relates the two")
    adopted: bool = Field(default=False, description="Whether it is by a mapping that the organisation adopted")


class ResultOut(BaseModel):
    id: UUID
    control_id: UUID
    standing_id: UUID = Field(description="What is tested, and how it stands with all its results")
    test_id: UUID | None = Field(
        description="The planned test that a person performed; null for what was pushed, or tested outside Attest"
    )
    retest_of: UUID | None = Field(description="The earlier result of the same test, which stays as it is")
    push_id: UUID | None
    definition_id: UUID | None = Field(description="The version of the control's definition that was tested")
    kind: TestKind
    automated: bool = Field(description="Reported by a source: nobody signs it off")
    source: str | None
    run_id: str | None
    check: str | None
    outcome: Outcome
    observed_at: datetime
    notes: str | None
    url: str | None
    via: ResultWay | None = Field(
        description="By which way a check that another system reported reached the control; null for what was pushed"
        " for the control by name, or tested by a person"
    )
    evidence_ids: list[UUID]
    tester: ActedBy = Field(description="Who performed it, or the client that reported it")
    review: Review
    reviewer: ActedBy | None
    reviewed_at: datetime | None
    review_reason: str | None
    dates: Dates = Field(description="When it was observed, and when that came into Attest")
    version: int
    created_at: datetime
    updated_at: datetime
