from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, Integer
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.audit.base import Base
from shared.data.base import WITHHELD, instant


class ReportDownload(Base, table=True):
    """That a person of either party was given a report: the row of their organisation, which the auditing party sees.

    `for_party` is who receives it, `agreed` whether the person agreed to pass it on to nobody whom its restriction of
    use excludes. The file may be fetched until `expires_at`. `size` is in bytes.
    """

    __tablename__ = "report_downloads"

    report_id: UUID
    engagement_id: UUID
    firm_id: UUID
    client_id: UUID
    form: str
    sha256: str
    size: int = Field(sa_column=Column(BigInteger, nullable=False))
    report_version: int = Field(sa_column=Column(Integer, nullable=False))
    for_party: str = Field(sa_column_kwargs={"info": WITHHELD})
    purpose: str = Field(sa_column_kwargs={"info": WITHHELD})
    agreed: bool
    person_id: UUID | None = None
    downloaded_by: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    expires_at: datetime = instant()
