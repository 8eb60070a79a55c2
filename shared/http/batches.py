"""What became of each of many that were sent at once: the same words, whatever they are."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from pydantic import BaseModel, Field

from shared.http.problems import FaultSchema
from shared.problems import MOST_FAULTS, Fault, Invalid, Problem


class Refusal(BaseModel):
    """Why one of a batch was refused, as a problem of its own (RFC 9457)."""

    type: str = Field(examples=["/problems/invalid"])
    title: str
    status: int
    detail: str
    errors: list[FaultSchema] = Field(max_length=MOST_FAULTS, description="Pointers into the whole body")
    more_errors: int = Field(description="How many there are besides those in `errors`")

    @classmethod
    def of(cls, problem: Problem) -> "Refusal":
        """The refusal that this problem is, its pointers being into the whole body already."""
        return cls(
            type=f"/problems/{problem.slug}",
            title=problem.title,
            status=problem.status,
            detail=problem.detail,
            errors=[FaultSchema(pointer=fault.pointer, detail=fault.detail) for fault in problem.faults],
            more_errors=problem.more_faults,
        )


class Answered(BaseModel):
    """One of a batch: taken, with its id, or refused, with the problem."""

    index: int = Field(description="Its place among those that were sent, from 0")
    id: UUID | None = Field(description="The thing, where there is one")
    problem: Refusal | None


def answers(became: Sequence[UUID | list[Fault]], *, refusal: str) -> list[Answered]:
    """An answer for each, in order: its id, or what is wrong with it; `refusal` says what could not be done."""
    answered = [
        Answered(index=index, id=outcome, problem=None)
        if isinstance(outcome, UUID)
        else Answered(index=index, id=None, problem=Refusal.of(Invalid(refusal, faults=outcome)))
        for index, outcome in enumerate(became)
    ]
    shorten([answer.problem for answer in answered])
    return answered


def shorten(refusals: Iterable[Refusal | None]) -> None:
    """Let the refusals of one batch list the first fault of each and a hundred others in all, and count the rest."""
    left = MOST_FAULTS
    for refusal in refusals:
        if refusal is None:
            continue
        kept = refusal.errors[: 1 + left]
        left -= max(0, len(kept) - 1)
        refusal.more_errors += len(refusal.errors) - len(kept)
        refusal.errors = kept
