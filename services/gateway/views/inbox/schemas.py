from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from services.gateway.views.lags.schemas import LagOut
from services.gateway.views.tasks.rules import Task


class WaitingOut(BaseModel):
    """Something that the caller has to do. `href` is the thing that it is about, as its service answers it."""

    task: Task
    kind: str = Field(examples=["collection"])
    id: UUID
    code: str | None = Field(examples=["PBC-12"])
    title: str | None = Field(examples=["Access review of the fourth quarter"])
    about: str | None = Field(description="The code of the control, risk or policy that it is about")
    status: str | None
    due_at: datetime | None = Field(description="When it is overdue; what is due on a day is so from the next, in UTC")
    overdue: bool
    named: bool = Field(description="Whether it waits for the caller by name, and not for whoever may do it")
    since: datetime = Field(description="When something last happened to it")
    href: str = Field(examples=["/v1/collections/0192f3d0-7a3b-7c52-9d2e-6f1f5d6f0001"])


class CountOut(BaseModel):
    """How much waits of one kind of work."""

    task: Task
    kind: str
    waiting: int
    overdue: int


class InboxOut(BaseModel):
    as_of: datetime
    waiting: int
    overdue: int
    counts: list[CountOut] = Field(description="Of all that waits and was asked for, however many items are answered")
    items: list[WaitingOut] = Field(description="What is due first comes first, what has no due date last")
    more: bool = Field(description="Whether more waits than items were asked for")
    lagging: list[LagOut] = Field(description="Services whose latest news may be missing")
