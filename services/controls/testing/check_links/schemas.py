from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from services.controls.testing.check_links.models import CheckLinkStatus
from shared.http.fields import Code, Input, Prose, Title

CheckName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=600, pattern=r"^[^\x00-\x1f\x7f]*$"),
    Field(
        examples=["s3_bucket_public_access"],
        description="The whole name, as `check` of a reported check or `thing` of a fact has it",
    ),
]


class CheckLinkDraft(Input):
    """Which check tests which control, from now on."""

    control: Code = Field(description="The control's code or its id", examples=["CM-01"])
    source_id: UUID | None = Field(
        default=None, description="The registered source that reports the check, for what comes by webhook"
    )
    source: Title | None = Field(
        default=None, description="The name that result files are sent under", examples=["github-actions: acme/api"]
    )
    tool: Title | None = Field(default=None, description="Of which tool; of any when left out", examples=["Prowler"])
    check: CheckName
    valid_days: Annotated[int, Field(ge=1, le=400)] | None = Field(
        default=None,
        description="How many days a result counts as current: the control is at risk when no other has come by then",
    )


class CheckLinkRetirement(Input):
    """Why the check tests the control no longer."""

    reason: Prose


class CheckLinkOut(BaseModel):
    id: UUID
    control_id: UUID
    source_id: UUID | None
    source: str | None
    tool: str | None
    check: str
    valid_days: int | None
    status: CheckLinkStatus
    version: int
    created_at: datetime
    updated_at: datetime
