from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from services.integrations.formats.contents import ResultSeverity, ResultVerdict
from shared.events.catalogue.facts import NamedRequirement


class ReportedCheckOut(BaseModel):
    """What a check came to in one run."""

    id: UUID
    file_id: UUID
    source: str
    run: str
    tool: str = Field(examples=["Prowler"])
    check: str = Field(examples=["s3_bucket_public_access"])
    title: str | None
    verdict: ResultVerdict = Field(
        description="The worst of its results: fail, error, inconclusive, pass, not_applicable"
    )
    verdicts: dict[ResultVerdict, int] = Field(
        description="How many of its results have which verdict; none is left out"
    )
    requirements: list[NamedRequirement] = Field(description="What the tool says that it tests, in the tool's words")
    severity: ResultSeverity | None = Field(description="Of the worst result")
    detail: str | None = Field(description="What the tool says of the worst result")
    url: str | None
    observed_at: datetime
    recorded_at: datetime
