from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field

from services.audit.requests.requests.schemas import MOST_AT_ONCE
from shared.http.fields import Day, Input, Prose, once_each


class Release(Input):
    """Show a draft to the client."""

    due_on: Day | None = Field(default=None, description="When it is due, where the draft has no day of its own")


class ReleaseBatch(Input):
    """The drafts to release as one list, all of them or none."""

    request_ids: Annotated[list[UUID], AfterValidator(once_each)] = Field(min_length=1, max_length=MOST_AT_ONCE)
    due_on: Day | None = Field(default=None, description="When those are due that have no day of their own")


class Rescheduling(Input):
    """Another day on which a released request is due."""

    due_on: Day
    reason: Prose = Field(examples=["The export is not possible before the migration has ended."])
