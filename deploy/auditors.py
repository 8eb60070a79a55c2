"""What whoever has a token for one engagement reads, table by table, as the migrations of each service grant it."""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

from alembic.migration import MigrationContext
from alembic.operations import Operations

from services.audit.fences import CLIENT, FOLLOWED, OURS, READABLE, SCOPE
from shared.data.platform import IN_ENGAGEMENT, IN_FIRM, of_engagement

_POLICY = re.compile(r"create policy engagement on (\w+) for select to \w+_auditor using \((.*)\)\Z", re.DOTALL)
_GRANT = re.compile(r"grant select(?: \(([^)]*)\))? on (\w+) to \w+_auditor\Z")
# The longest first: some are part of others.
_WORDS = {
    SCOPE: "the scope",
    f"{of_engagement('control_ids')}::uuid[]": "the scope",
    CLIENT: "the client",
    of_engagement("org_id"): "the client",
    of_engagement("covers_from"): "the period's start",
    of_engagement("covers_until"): "the period's end",
    of_engagement("id"): "the engagement while readable",
    READABLE: "the engagement while readable",
    FOLLOWED: "the engagement before",
    IN_FIRM: "the firm",
    OURS: "the transaction's organisation",
    IN_ENGAGEMENT: "the engagement",
    "'00000000-0000-7000-8000-000000000000'::uuid": "Attest",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A table of a service of which an auditor reads rows: which columns (None for all) of which rows, in words."""

    service: str
    table: str
    columns: str | None
    rows: str


def shown_to_auditors(service: str, folder: Path) -> Iterator[Shown]:
    """The tables that the migrations in a folder let auditors read, in the order of their names."""
    columns: dict[str, str | None] = {}
    rows: dict[str, str] = {}
    for statement in _statements(folder):
        if granted := _GRANT.match(statement):
            columns[granted[2]] = granted[1]
        elif policy := _POLICY.match(statement):
            rows[policy[1]] = _in_words(policy[2])
    for table in sorted(rows):
        yield Shown(service, table, columns[table], rows[table])


def _statements(folder: Path) -> Iterator[str]:
    """The statements of all migrations, as Alembic would print them for a database that it does not have."""
    printed = io.StringIO()
    context = MigrationContext.configure(
        dialect_name="postgresql", opts={"as_sql": True, "output_buffer": printed, "literal_binds": True}
    )
    with Operations.context(context):
        for path in sorted(folder.glob("[0-9]*.py")):
            spec = spec_from_file_location(f"migration_{path.stem}", path)
            assert spec is not None
            assert spec.loader is not None
            migration = module_from_spec(spec)
            spec.loader.exec_module(migration)
            migration.upgrade()
    for statement in printed.getvalue().split(";\n\n"):
        yield statement.strip()


def _in_words(condition: str) -> str:
    words = " ".join(condition.split())
    for sql in sorted(_WORDS, key=len, reverse=True):
        words = words.replace(" ".join(sql.split()), _WORDS[sql])
    return words
