from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field

from shared.http.fields import Day, Input, Prose, Title, once_each

_DueOn = Annotated[Day | None, Field(description="When those drafts are due that have no day of their own")]
_PLACES = "`{code}` and `{title}` stand for those of the control"


class FromTemplate(Input):
    """The lines of a template of the firm."""

    source: Literal["template"]
    template_id: UUID
    due_on: _DueOn = None


class FromPreviousEngagement(Input):
    """The requests of an earlier engagement of the same client, as they were asked for then."""

    source: Literal["previous_engagement"]
    engagement_id: UUID | None = Field(default=None, description="The last one of this client when left out")
    due_on: _DueOn = None


class FromControls(Input):
    """One request for each control."""

    source: Literal["controls"]
    control_ids: Annotated[list[UUID], AfterValidator(once_each)] | None = Field(
        default=None, min_length=1, max_length=2000, description="Controls in scope; all of them when left out"
    )
    title: Title = Field(examples=["{code}: evidence of operation"], description=_PLACES)
    text: Prose = Field(examples=["What shows that '{title}' was operated in the period."], description=_PLACES)
    example: Prose | None = None
    addressee: Title | None = None
    due_on: _DueOn = None


class FromSample(Input):
    """One request for the items of a released sample that were not asked for yet, each a line of it."""

    source: Literal["sample"]
    sample_id: UUID
    title: Title = Field(examples=["Approvals of the selected changes"])
    text: Prose = Field(examples=["For each change the ticket with its approval before deployment."])
    example: Prose | None = None
    addressee: Title | None = None
    due_on: _DueOn = None


Compilation = Annotated[
    FromTemplate | FromPreviousEngagement | FromControls | FromSample, Field(discriminator="source")
]


class CompilationOut(BaseModel):
    """What was drafted. A code that a request of the engagement has already is left out: it was drafted before."""

    drafted: int
    request_ids: list[UUID] = Field(description="Of the drafts, in the order of what they were made from")
    left_out: list[str] = Field(description="The codes of what was drafted before")
