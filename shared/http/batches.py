"""What became of each of many that were sent at once: the same words, whatever they are."""

from collections.abc import Sequence
from uuid import UUID

from pydantic import BaseModel, Field

from shared.http.problems import FaultSchema
from shared.problems import Fault, Invalid, Problem


class Refusal(BaseModel):
    """Why one of a batch was refused, as a problem of its own (RFC 9457)."""

    type: str = Field(examples=["/problems/invalid"])
    title: str
    status: int
    detail: str
    errors: list[FaultSchema] = Field(description="Pointers into the whole body")

    @classmethod
    def of(cls, problem: Problem) -> "Refusal":
        """The refusal that this problem is, its pointers being into the whole body already."""
        return cls(
            type=f"/problems/{problem.slug}",
            title=problem.title,
            status=problem.status,
            detail=problem.detail,
            errors=[FaultSchema(pointer=each.pointer, detail=each.detail) for each in problem.faults],
        )


class Answered(BaseModel):
    """One of a batch: taken, with its id, or refused, with the problem."""

    index: int = Field(description="Its place among those that were sent, from 0")
    id: UUID | None = Field(description="The thing, where there is one")
    problem: Refusal | None


def answers(became: Sequence[UUID | list[Fault]], *, refusal: str) -> list[Answered]:
    """An answer for each, in order: its id, or what is wrong with it; `refusal` says what could not be done."""
    return [
        Answered(index=index, id=each, problem=None)
        if isinstance(each, UUID)
        else Answered(index=index, id=None, problem=Refusal.of(Invalid(refusal, faults=each)))
        for index, each in enumerate(became)
    ]
