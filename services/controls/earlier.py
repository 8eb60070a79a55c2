"""What was done outside Attest on an earlier day, and the two days by which everything tells it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import JSON, ColumnElement, case, cast, null

from shared.data.reads import json_object
from shared.identity.callers import ActorKind
from shared.people.known import named


@dataclass(frozen=True, slots=True)
class Earlier:
    """An act outside Attest, as an accepted historical record tells of it, for the verb that lets it take effect.

    `at` is the first instant of the day, where the control is performed; `by` is who did it then and `recorded_by` who
    told of it, as rows keep them.
    """

    record_id: UUID
    on: date
    at: datetime
    by: Mapping[str, Any]
    recorded_by: Mapping[str, Any]

    @property
    def reason(self) -> str:
        """Why an event tells of an earlier day, for the trail."""
        return f"Done outside Attest on {self.on}, as historical record {self.record_id} tells."


class Dates(BaseModel):
    """When something was done, and when it came into Attest: two facts, and neither is written over the other."""

    effective: datetime = Field(
        description="When it was done or from when it is in force. Of what was done outside Attest the day is known: it"
        " is the first instant of that day, where the control is performed"
    )
    recorded: datetime = Field(
        description="When it came into Attest: the same instant as `effective` for what was done here and then"
    )
    historical_record_id: UUID | None = Field(
        description="The accepted record of what was done outside Attest; null for what was done in it"
    )


class Performer(BaseModel):
    """Whoever did something, with their present name."""

    id: UUID | None = Field(description="Null for a person whom the directory never had: only the name is known")
    name: str = Field(examples=["Dana Duarte"])


def dates(
    effective: ColumnElement[Any], recorded: ColumnElement[Any], record_id: ColumnElement[Any]
) -> ColumnElement[Any]:
    """The columns of an act as `Dates` has them; null while it has not been done. Label it."""
    told = json_object(effective=effective, recorded=recorded, historical_record_id=record_id)
    return case((recorded.is_(None), null()), else_=told)


def performer(person_id: ColumnElement[Any], name: ColumnElement[Any]) -> ColumnElement[Any]:
    """Whoever did something as `Performer` has them. Label it."""
    return case((person_id.is_(None), cast(json_object(id=null(), name=name), JSON)), else_=named(person_id))


def whoever(person_id: UUID | None, name: str | None) -> dict[str, Any]:
    """A person who did something, as rows keep them; without an id where the directory never had them."""
    person = {"id": str(person_id) if person_id else None, "name": name}
    return {"kind": str(ActorKind.PERSON), "person": person, "client": None}
