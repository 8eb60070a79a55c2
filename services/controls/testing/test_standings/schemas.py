from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from shared.events.catalogue.testing import Outcome, TestKind
from shared.http.fields import Input, Prose


class StandingWithdrawal(Input):
    """Why something is no longer tested."""

    reason: Prose = Field(examples=["The host was taken out of service."])


class StandingOut(BaseModel):
    """How one thing that is tested of a control stands: a procedure that people follow, or a check of a source."""

    id: UUID
    control_id: UUID
    control_code: str = Field(examples=["CM-01"])
    kind: TestKind
    title: str = Field(examples=["branch-protection (github-actions)"])
    procedure_id: UUID | None
    source: str | None = Field(examples=["github-actions"])
    check: str | None = Field(examples=["branch-protection"])
    concluded: Literal[Outcome.PASS, Outcome.FAIL] | None = Field(
        description="The last conclusive result; an error, or what was inconclusive, clears no failure"
    )
    since: datetime | None = Field(description="From when on it has been that")
    concluded_at: datetime | None
    concluded_by: UUID | None = Field(description="The test result that said so")
    latest: Outcome | None
    latest_at: datetime | None
    latest_by: UUID | None
    due_at: datetime | None = Field(description="By when its source says that the next result is due")
    withdrawn_at: datetime | None = Field(description="Since when it has not been tested any longer, and not counted")
    version: int
    created_at: datetime
    updated_at: datetime
