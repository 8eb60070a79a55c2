"""Many changed rows of one table are written by one statement, and not by one statement each.

SQLAlchemy updates rows one by one where each has a version to compare. A sweep, an import or a change of the risk
method changes hundreds of rows in one transaction.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import JSON, LargeBinary, inspect
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.exc import StaleDataError
from sqlalchemy.sql import ClauseElement

from shared.data.base import Record, table_of
from shared.data.bulk import document, updating

_FEW = 5

_Group = dict[tuple[type[Record], tuple[str, ...]], list[tuple[Record, int]]]


def write_many(session: Session) -> None:
    """Write the changed rows of which there are many with the same columns changed; a flush writes the rest."""
    groups: _Group = defaultdict(list)
    for row in session.dirty:
        if isinstance(row, Record):
            changed = _changed_columns(row)
            if "version" in changed:
                groups[type(row), tuple(changed)].append((row, changed["version"]))
    for (model, names), rows in groups.items():
        if len(rows) > _FEW and all(_travels(row, name) for row, _ in rows for name in names):
            _write(session, model, names, rows)


def _changed_columns(row: Record) -> dict[str, Any]:
    """The columns that differ from what the database has, and what it has."""
    state = inspect(row)
    histories = {attribute.key: state.attrs[attribute.key].history for attribute in state.mapper.column_attrs}
    return {key: history.deleted[0] for key, history in histories.items() if history.has_changes() and history.deleted}


def _travels(row: Record, name: str) -> bool:
    """Whether a value is the same after a journey as JSON: no expression, no bytes, and no JSON null."""
    value, kind = getattr(row, name), table_of(type(row)).c[name].type
    return (
        not isinstance(value, ClauseElement)
        and not isinstance(kind, LargeBinary)
        and (value is not None or not isinstance(kind, JSON))
    )


def _write(session: Session, model: type[Record], names: tuple[str, ...], rows: Sequence[tuple[Record, int]]) -> None:
    values = [{"id": row.id, "was": was} | {name: getattr(row, name) for name in names} for row, was in rows]
    written = session.connection().execute(updating(table_of(model), names), document(values)).rowcount
    if written != len(rows):
        raise StaleDataError(f"{len(rows) - written} rows of {table_of(model).name} were changed by others meanwhile")
    for row, _ in rows:
        for name in names:
            set_committed_value(row, name, getattr(row, name))
