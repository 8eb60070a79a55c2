from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlmodel import Field

from services.audit.base import Part
from shared.data.base import instant


class ReportStanding(StrEnum):
    """Whether an issued report stands: it does until another supersedes it, or it is withdrawn."""

    ISSUED = "issued"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


class IssuedReport(Part, table=True):
    """A PDF that was issued. The row is the platform's, and names no client."""

    __tablename__ = "issued_reports"

    sha256: str = Field(primary_key=True)
    report_id: UUID
    firm_id: UUID
    signed_as: str
    kind: str
    released_on: date
    standing: str = ReportStanding.ISSUED
    ended_at: datetime | None = instant(default=None)
