from datetime import date
from uuid import UUID

from sqlmodel import Field

from services.integrations.base import Known


class TicketSubject(Known, table=True):
    """An issue, finding, request or action as last heard of. `is_over`: nothing is to be done about it any more."""

    __tablename__ = "ticket_subjects"

    id: UUID = Field(primary_key=True)
    kind: str
    title: str
    status: str
    due_on: date | None = None
    severity: str | None = None
    is_over: bool
    version: int
