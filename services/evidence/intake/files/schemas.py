from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from services.evidence.intake.files.models import Scan
from shared.http.fields import ActedBy


class FileOut(BaseModel):
    """An uploaded file. The same bytes are one file in an organisation, with the name they first came with."""

    id: UUID
    sha256: str = Field(description="Of the bytes as stored, hexadecimal")
    size: int = Field(description="In bytes")
    media_type: str = Field(description="As declared by whoever uploaded it", examples=["text/csv"])
    detected_type: str | None = Field(
        description="As found in the bytes, whatever they were declared as; null for what came before it was looked at",
        examples=["text/plain"],
    )
    name: str | None = Field(description="As in the upload's Content-Disposition, without folders")
    uploader: ActedBy
    scan: Scan = Field(
        description="Malware: `pending` until the scanner has answered; `quarantined` files are neither downloaded nor"
        " submitted; `unscanned` where this installation has no scanner"
    )
    finding: str | None = Field(description="The name of the malware found", examples=["Eicar-Test-Signature"])
    scanned_at: datetime | None
    disposed_at: datetime | None = Field(description="Since when the bytes are gone, and only this is left of them")
    version: int
    created_at: datetime
    updated_at: datetime
