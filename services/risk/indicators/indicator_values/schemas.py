from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, Field, ValidationError, WrapValidator

from services.risk.indicators.indicators.schemas import Measure
from shared.http.batches import Answered
from shared.http.fields import ActedBy, Code, Input, Instant, Title
from shared.problems import Fault, words_of

LARGEST_PUSH = 1000


class PushedValue(Input):
    """What was measured. Indicator, source and reading together are recorded once, however often they are sent."""

    indicator: Code = Field(description="The indicator's code or its id", examples=["KRI-01"])
    source: Title = Field(examples=["vulnerability-scanner"], description="Who measures")
    reading: Title = Field(examples=["2026-03-01"], description="The source's own name of this value, for retries")
    measured_at: Instant = Field(description="When it was so; what was measured before the newest value is history")
    value: Measure


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A value that is not what it should be; the others of the push are none the worse for it."""

    faults: tuple[Fault, ...]


def _or_faults(value: Any, read: Callable[[Any], PushedValue]) -> PushedValue | Unreadable:
    try:
        return read(value)
    except ValidationError as error:
        return Unreadable(
            tuple(Fault("".join(f"/{part}" for part in fault["loc"]), words_of(fault)) for fault in error.errors())
        )


class ValuePush(Input):
    """One value or many, each of which is answered by itself."""

    values: Annotated[
        list[Annotated[PushedValue, WrapValidator(_or_faults)]], Field(min_length=1, max_length=LARGEST_PUSH)
    ]


class ValueStatus(StrEnum):
    """What became of a value: recorded, recorded as history because a newer one is known, known already, refused."""

    RECORDED = "recorded"
    RECORDED_LATE = "recorded_late"
    ALREADY_KNOWN = "already_known"
    REFUSED = "refused"


class ValueAnswer(Answered):
    status: ValueStatus


class ValuePushOut(BaseModel):
    recorded: int = Field(description="Late ones too")
    already_known: int
    refused: int
    values: list[ValueAnswer] = Field(description="In the order in which they were sent")


class IndicatorValueOut(BaseModel):
    id: UUID
    indicator_id: UUID
    value: float
    measured_at: datetime
    recorded_at: datetime
    recorded_by: ActedBy
    source: str = Field(description="`attest` for what was counted")
    reading: str
    late: bool = Field(description="A newer one was known when it came: it changed no state")
