from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from services.audit.reporting.audit_reports.schemas import Sha256
from services.audit.reporting.report_assemblies.schemas import ReportKind
from shared.http.fields import Input, Prose

FORMAT = "attest.report/1"


class ReportIssue(Input):
    """That the PDF that was read is issued."""

    sha256: Sha256 = Field(description="That of the PDF that was read, as approved")


class ReportWithdrawal(Input):
    """Why a report that was issued does not stand any longer."""

    reason: Prose = Field(
        examples=["Facts became known that existed at the date of the report and that would have changed the opinion."]
    )


class ReportSignature(BaseModel):
    """What is signed of an issued report, with the signature over the rest of it in canonical form."""

    format: Annotated[Literal["attest.report/1"], Field(description="What kind of document this is")]
    report_id: UUID
    kind: ReportKind
    title: str
    sha256: Sha256 = Field(description="Of the PDF")
    size: int = Field(description="Of the PDF, in bytes")
    signed_as: str = Field(description="The firm in whose name the report is signed")
    firm_id: UUID
    report_date: date
    released_on: date
    signature: dict[str, Any] = Field(description="Ed25519, with the public key and its fingerprint")
