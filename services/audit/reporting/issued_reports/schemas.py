from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from services.audit.reporting.issued_reports.models import ReportStanding

Digest = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9a-f]{64}$"),
    Field(examples=["ab" * 32], description="The SHA-256 of a PDF, hexadecimal"),
]


class IssuedReportOut(BaseModel):
    """That a report was issued, by whom, and whether it stands."""

    sha256: Digest
    signed_as: str = Field(examples=["Hale & Partners LLP"], description="The firm in whose name it was signed")
    released_on: date = Field(description="The UTC day on which it was issued")
    standing: ReportStanding
    ended_at: datetime | None = Field(description="Since when it does not stand any longer")
