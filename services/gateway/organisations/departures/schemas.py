from datetime import date

from pydantic import Field

from shared.http.fields import Input, PersonRef, Prose


class Departure(Input):
    """That a person has left, and when their last day was: today, if it is left out."""

    on: date | None = Field(default=None, examples=["2026-09-30"])
    reason: Prose | None = None


class Return(Input):
    """Why a person is back."""

    reason: Prose | None = None


class Handover(Input):
    """Who takes over all that a person is responsible for, in every service, and why."""

    to: PersonRef
    reason: Prose
