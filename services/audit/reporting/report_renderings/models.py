from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, Table, Text, Uuid
from sqlmodel import Field

from services.audit.base import Part
from shared.data.base import instant


class ReportForm(StrEnum):
    """How a report is written. The PDF is what is issued and signed; the other forms say the same."""

    PDF = "pdf"
    DOCX = "docx"
    HTML = "html"
    JSON = "json"


class ReportFile(Part, table=True):
    """A report in one form, as it was rendered last. `size` is in bytes."""

    __tablename__ = "report_files"

    report_id: UUID = Field(primary_key=True)
    form: str = Field(primary_key=True)
    client_id: UUID
    sha256: str
    size: int = Field(sa_column=Column(BigInteger, nullable=False))
    rendered_at: datetime = instant()


report_file_parts = Table(
    "report_file_parts",
    Part.metadata,
    Column("org_id", Uuid, nullable=False),
    Column("client_id", Uuid, nullable=False),
    Column("report_id", Uuid, primary_key=True),
    Column("form", Text, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("content", LargeBinary, nullable=False),
)
