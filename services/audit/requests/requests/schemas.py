from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field

from services.audit.requests.requests.models import RequestOrigin, RequestStatus, UnavailabilityEffect
from shared.http.fields import ActedBy, Code, Day, Input, NamedThen, Prose, Title, once_each

MOST_AT_ONCE = 500
MOST_LINES = 500

RequestText = Annotated[
    Prose, Field(examples=["All accounts of the production systems, with roles, as of the period's end."])
]
Example = Annotated[
    Prose | None,
    Field(
        examples=["An export of the identity provider that shows the query, the system and the time."],
        description="What the firm would take for an answer",
    ),
]
Addressee = Annotated[
    Title | None,
    Field(examples=["Head of infrastructure"], description="Whom of the client the firm thinks of, in words"),
]
Controls = Annotated[
    list[UUID], AfterValidator(once_each), Field(max_length=200, description="Controls in scope that it is about")
]


class RequestLineDraft(Input):
    """One of the things that a request asks for one by one."""

    key: Title = Field(examples=["CHG-0002"], description="What the client knows it by")
    text: Prose | None = Field(default=None, examples=["Change of the firewall, 12 March"])


Lines = Annotated[
    list[RequestLineDraft],
    Field(max_length=MOST_LINES, description="Things that are asked for one by one, each answered by itself"),
]


class RequestDraft(Input):
    """What the firm wants to see. The client sees it once it is released, which needs the day on which it is due."""

    code: Code | None = Field(default=None, examples=["CC6.1-01"], description="Numbered (`R-001`) when left out")
    title: Title = Field(examples=["List of all user accounts"])
    text: RequestText
    example: Example = None
    addressee: Addressee = None
    control_ids: Controls = Field(default=[])
    lines: Lines = Field(default=[])
    due_on: Day | None = None


class RequestLineOut(BaseModel):
    number: int
    key: str
    text: str | None
    item_id: UUID | None = Field(description="The item of the sample that it is, where it is one")
    answered: bool


class RequestBatch(Input):
    """Many drafts, in the order of their codes where these are left out; all of them or none."""

    requests: list[RequestDraft] = Field(min_length=1, max_length=MOST_AT_ONCE)


class RequestRevision(Input):
    """What to change of a draft; members left out stay as they are, and null takes away what may be missing."""

    title: Title | None = None
    text: RequestText | None = None
    example: Example = None
    addressee: Addressee = None
    control_ids: Controls | None = None
    lines: Lines | None = None
    due_on: Day | None = None


class Cancellation(Input):
    """Why it is asked for no longer."""

    reason: Prose


class RequestOut(BaseModel):
    """A request, the same to both parties."""

    id: UUID
    engagement_id: UUID
    code: str
    title: str
    text: str
    example: str | None
    addressee: str | None
    control_ids: list[UUID]
    due_on: date | None
    origin: RequestOrigin
    status: RequestStatus
    overdue: bool = Field(description="Whether no answer had come by the end of the day on which it is due")
    owner: NamedThen | None = Field(description="Who answers for it on the client's side, with the name of then")
    released_at: datetime | None
    line_count: int = Field(description="How many things it asks for one by one; which ones, the request itself says")
    lines_answered: int
    answers: int = Field(description="How many answers the client gave; they are at /answers")
    answered_at: datetime | None = Field(description="When the last answer was given")
    effect: UnavailabilityEffect | None = Field(description="What follows from it that it is unavailable")
    reason: str | None = Field(description="Why it was last returned, decided on or cancelled")
    decided_by: ActedBy | None = Field(description="Who accepted, returned, decided on or cancelled it last")
    decided_at: datetime | None
    version: int
    created_at: datetime
    updated_at: datetime


class RequestWithLinesOut(RequestOut):
    """A request with the things that it asks for one by one."""

    lines: list[RequestLineOut]


class RequestBatchOut(BaseModel):
    """The requests of a batch, in its order."""

    request_ids: list[UUID]
