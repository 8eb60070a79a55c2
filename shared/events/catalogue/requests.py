"""What the audit service announces of an auditor's requests, their answers and threads.

A request is the auditing firm's, and an answer the client's. What both may see is announced in the trails of both: the
events of a draft stand in the firm's alone. `client_id` tells a listener which of the two it hears.
"""

from datetime import date
from typing import ClassVar
from uuid import UUID

from shared.events.event import Event


class RequestEvent(Event):
    """Every event about a request says of which engagement, between whom, and how it stands."""

    engagement_id: UUID
    firm_id: UUID
    client_id: UUID
    code: str
    title: str
    status: str
    due_on: date | None
    owner_id: UUID | None


class RequestDrafted(RequestEvent):
    """The firm drafted a request, which the client does not see yet."""

    name: ClassVar[str] = "audit.request.drafted"


class RequestRevised(RequestEvent):
    """The firm revised a draft."""

    name: ClassVar[str] = "audit.request.revised"


class RequestReleased(RequestEvent):
    """The firm released a request: from now on the client is asked for it."""

    name: ClassVar[str] = "audit.request.released"

    text: str
    example: str | None
    control_ids: list[UUID]


class RequestRescheduled(RequestEvent):
    """A request is due on another day; the reason says why."""

    name: ClassVar[str] = "audit.request.rescheduled"


class RequestAssigned(RequestEvent):
    """Another person of the client answers for the request, or nobody."""

    name: ClassVar[str] = "audit.request.assigned"


class RequestSubmitted(RequestEvent):
    """The client answered the request, and the firm is to look at the answer."""

    name: ClassVar[str] = "audit.request.submitted"


class RequestPartlyAnswered(RequestEvent):
    """The client answered some of the things that the request asks for one by one."""

    name: ClassVar[str] = "audit.request.partly_answered"


class RequestDeclaredUnavailable(RequestEvent):
    """The client said that what is asked for is not available; the reason says why."""

    name: ClassVar[str] = "audit.request.declared_unavailable"


class RequestReturned(RequestEvent):
    """The firm returned the answer; the reason says what is missing."""

    name: ClassVar[str] = "audit.request.returned"


class RequestAccepted(RequestEvent):
    """The firm accepted the answer."""

    name: ClassVar[str] = "audit.request.accepted"


class RequestUnavailable(RequestEvent):
    """The firm decided what follows from it that something is not available; the reason says why."""

    name: ClassVar[str] = "audit.request.unavailable"

    effect: str


class RequestCancelled(RequestEvent):
    """The firm asks for it no longer; the reason says why."""

    name: ClassVar[str] = "audit.request.cancelled"


class RequestOverdue(RequestEvent):
    """The day on which a request was due has passed without an answer."""

    name: ClassVar[str] = "audit.request.overdue"


# What may be said of a request that the client sees.
RELEASED_EVENTS: tuple[type[RequestEvent], ...] = (
    RequestReleased,
    RequestRescheduled,
    RequestAssigned,
    RequestPartlyAnswered,
    RequestSubmitted,
    RequestDeclaredUnavailable,
    RequestReturned,
    RequestAccepted,
    RequestUnavailable,
    RequestCancelled,
)


class RequestAnswered(Event):
    """The client gave an answer to a request; `number` counts those of a request. It stands in the client's trail."""

    name: ClassVar[str] = "audit.request_answer.given"

    engagement_id: UUID
    firm_id: UUID
    client_id: UUID
    request_id: UUID
    number: int
    evidence_ids: list[UUID]
    unavailable: bool


class RequestCommented(Event):
    """Somebody of either party wrote to a request; `mentions` are the people whom they mean."""

    name: ClassVar[str] = "audit.request_comment.written"

    engagement_id: UUID
    firm_id: UUID
    client_id: UUID
    request_id: UUID
    by_firm: bool
    mentions: list[UUID]


class _Template(Event):
    """Every event about a template says how it is called, and how many requests it has."""

    title: str
    lines: int


class RequestTemplateDefined(_Template):
    """The firm has a list of requests that its engagements may begin with."""

    name: ClassVar[str] = "audit.request_template.defined"


class RequestTemplateRevised(_Template):
    """The list has other requests; what was drafted from it stays as it is."""

    name: ClassVar[str] = "audit.request_template.revised"


class RequestTemplateWithdrawn(_Template):
    """Nothing more is drafted from the list."""

    name: ClassVar[str] = "audit.request_template.withdrawn"
