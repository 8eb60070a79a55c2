from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from services.integrations.formats.contents import ResultFormat, ResultVerdict
from shared.http.fields import ActedBy


class ResultFileInput(BaseModel):
    """What is said of a file besides its bytes."""

    source: str
    run: str | None
    format: ResultFormat | None
    url: str | None
    covers: str | None = None


class ResultFileOut(BaseModel):
    """A file of results that was read."""

    id: UUID
    source: str = Field(description="Who reports, as it was given", examples=["github-actions: acme/api"])
    run: str = Field(description="The run that the file is of: as given, as the file says, or made of the SHA-256")
    format: ResultFormat
    tool: str = Field(examples=["Trivy"], description="The first tool that the file names")
    tool_version: str | None
    size: int = Field(description="Bytes")
    sha256: str = Field(description="Of the file, hexadecimal")
    observed_at: datetime = Field(description="When the run ended, as the file says; else when it came")
    url: str | None = Field(description="Where the run can be seen")
    covers: str | None = Field(description="What the run looked at whole, as it was given; null for a partial run")
    results: int
    verdicts: dict[ResultVerdict, int] = Field(description="How many results have which verdict")
    vulnerabilities: int = Field(description="How many of the results are vulnerabilities")
    checks: int = Field(description="How many checks the other results are of; each was announced once")
    sent_by: ActedBy
    version: int
    created_at: datetime
    updated_at: datetime
