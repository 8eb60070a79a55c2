from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Self


class FieldResult(StrEnum):
    """How a field stands.

    `in_step`: as its direction says. `altered`: the system made something else of what was written. `refused`: it
    took it not at all. `capped`: written no more for now. `conflict`: changed on both sides. `unmapped`: the state
    there means nothing that is known here.
    """

    IN_STEP = "in_step"
    ALTERED = "altered"
    REFUSED = "refused"
    CAPPED = "capped"
    CONFLICT = "conflict"
    UNMAPPED = "unmapped"


@dataclass(frozen=True, slots=True)
class FieldState:
    """What is remembered of a field: what of ours they agreed on, what of theirs, and theirs as last looked at."""

    sent: str | None
    seen: str | None
    theirs: str | None
    result: FieldResult = FieldResult.IN_STEP
    detail: str | None = None

    @classmethod
    def of(cls, kept: dict[str, Any]) -> Self:
        """As a row keeps it."""
        return cls(kept["sent"], kept["seen"], kept["theirs"], FieldResult(kept["result"]), kept["detail"])

    def as_kept(self) -> dict[str, Any]:
        """As a row keeps it."""
        return {
            "sent": self.sent,
            "seen": self.seen,
            "theirs": self.theirs,
            "result": self.result.value,
            "detail": self.detail,
        }

    def standing(self, result: FieldResult, detail: str | None = None) -> "FieldState":
        """The same, with another result."""
        return replace(self, result=result, detail=detail)
