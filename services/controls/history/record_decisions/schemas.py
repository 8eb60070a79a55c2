from enum import StrEnum
from typing import Self
from uuid import UUID

from pydantic import BaseModel, Field, model_validator

from shared.http.batches import Answered
from shared.http.fields import Input, Prose

LARGEST_BATCH = 1000


class RecordDecision(StrEnum):
    """What another person makes of a historical record."""

    ACCEPTED = "accepted"
    REFUSED = "refused"


class DecisionOnRecord(Input):
    """Accept a historical record, which then has its effect, or refuse it with a reason, and it never has any."""

    decision: RecordDecision
    reason: Prose | None = Field(
        default=None, examples=["Compared with the minutes of 15 January."], description="Needed to refuse"
    )

    @model_validator(mode="after")
    def _says_why_it_is_refused(self) -> Self:
        if self.decision == RecordDecision.REFUSED and self.reason is None:
            raise ValueError("what is refused needs a reason")
        return self


class DecisionOnRecords(DecisionOnRecord):
    """One decision on many historical records, each of which is answered by itself: these, or all of an import."""

    records: list[UUID] | None = Field(default=None, min_length=1, max_length=LARGEST_BATCH)
    import_id: UUID | None = Field(
        default=None, description="All of this import that wait for a decision, in the order of their days"
    )

    @model_validator(mode="after")
    def _names_them_one_way(self) -> Self:
        if (self.records is None) == (self.import_id is None):
            raise ValueError("give either records or import_id")
        return self


class DecisionsOut(BaseModel):
    decided: int
    refused: int = Field(description="On how many nothing could be decided; `results` says why")
    results: list[Answered] = Field(
        description="In the order in which they were sent, those of an import by their days; `id` is the record's, or"
        " null where nothing could be decided"
    )
