"""What every table row has. A service makes one base of its own: `class Base(Record, registry=registry())`.

SQLModel has one global registry; two services with a table of the same name would collide in one process.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, Table
from sqlalchemy.orm import declared_attr
from sqlmodel import Field, SQLModel

from shared.clock import new_id


class Owned(SQLModel):
    """A row of one organisation; row-level security shows it to no other."""

    org_id: UUID


class Replicated(Owned):
    """What is known of a thing of another service; `shared.events.replicas` keeps it."""

    org_id: UUID = Field(primary_key=True)


class Record(Owned):
    """A mutable row. `version` counts its changes and is its ETag; times are UTC."""

    id: UUID = Field(default_factory=new_id, primary_key=True)
    version: int = Field(default=1, nullable=False)
    created_at: datetime = Field(sa_type=DateTime(timezone=True))
    updated_at: datetime = Field(sa_type=DateTime(timezone=True))

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805 - SQLAlchemy calls it on the class
        """Let SQLAlchemy refuse to update a row of another version; `shared.data.transactions` raises it."""
        table = getattr(cls, "__table__", None)
        return {} if table is None else {"version_id_col": table.c.version, "version_id_generator": False}


@dataclass(frozen=True, slots=True)
class Touches:
    """What is recomputed when a row changes: the things whose ids are in the column `named_in`, one or a list.

    Only changes of the columns `when` count; without any, every change does. A model says so as `__touches__`, and a
    transaction that changes such a row and does not call `touched` fails (`shared.data.transactions`).
    """

    named_in: str
    when: frozenset[str] = frozenset()


# A column whose value the trail tells by its digest: it may have to be forgotten, and the trail never forgets.
WITHHELD = {"withheld": True}


def table_of(model: type[SQLModel]) -> Table:
    """The table of a `table=True` model, for building statements."""
    table: Table = model.__table__  # type: ignore[attr-defined]
    return table


def instant(**options: Any) -> Any:
    """A column of an instant: `timestamptz`."""
    return Field(sa_type=DateTime(timezone=True), **options)
