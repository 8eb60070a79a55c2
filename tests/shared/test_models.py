"""The models say of each table what its DDL says: the same columns, of the same types, with the same nulls and keys."""

from importlib import import_module

import asyncpg
import pytest
from sqlalchemy import Column, MetaData
from sqlalchemy.dialects import postgresql

from deploy.local.services import NAMES
from deploy.local.stack import Stack
from shared.data import tables

_COLUMNS = """
    select c.relname as table, a.attname as column, format_type(a.atttypid, a.atttypmod) as type,
           not a.attnotnull as nullable, coalesce(a.attnum = any (k.conkey), false) as key
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    left join pg_constraint k on k.conrelid = c.oid and k.contype = 'p'
    where n.nspname = 'public' and c.relkind in ('r', 'p') and c.relname <> 'alembic_version'
"""
# The words of SQLAlchemy for types that PostgreSQL spells otherwise. Every string is `text`: its bounds are in schemas.
_TYPES = {
    "VARCHAR": "text",
    "TIMESTAMP WITH TIME ZONE": "timestamp with time zone",
    "FLOAT": "double precision",
}

# Services that import sheets of people's own, and remember what was said of their headings.
_KEEP_HEADINGS = {"controls", "risk"}

Columns = dict[tuple[str, str], tuple[str, bool, bool]]


@pytest.mark.parametrize("service", NAMES)
async def test_models_and_ddl_say_the_same(stack: Stack, service: str) -> None:
    app = import_module(f"services.{service}.app")  # which imports every model of the service
    models: MetaData = import_module(f"services.{service}.base").Base.metadata
    declared = _declared(models) | _declared(tables.metadata)
    if not app.SERVICE.duties:  # nobody answers for anything there, so it knows no people
        declared = {at: column for at, column in declared.items() if at[0] != tables.known_people.name}
    if not app.SERVICE.jobs:
        without = {tables.jobs.name, tables.job_inputs.name}
        declared = {at: column for at, column in declared.items() if at[0] not in without}
    if service not in _KEEP_HEADINGS:
        declared = {at: column for at, column in declared.items() if at[0] != tables.kept_headings.name}
    provisioned = await _provisioned(stack, service)
    assert declared.keys() == provisioned.keys()
    assert {at: (declared[at], provisioned[at]) for at in declared if declared[at] != provisioned[at]} == {}


def _declared(metadata: MetaData) -> Columns:
    return {(table.name, column.name): _described(column) for table in metadata.sorted_tables for column in table.c}


def _described(column: Column[object]) -> tuple[str, bool, bool]:
    words = column.type.compile(dialect=postgresql.dialect())  # type: ignore[no-untyped-call]
    base, array, _ = words.partition("[]")
    return _TYPES.get(base, base.lower()) + array, bool(column.nullable), column.primary_key


async def _provisioned(stack: Stack, service: str) -> Columns:
    connection = await asyncpg.connect(stack.environment(service)["ATTEST_OWNER_DATABASE_URL"])
    try:
        rows = await connection.fetch(_COLUMNS)
    finally:
        await connection.close()
    return {(row["table"], row["column"]): (row["type"], row["nullable"], row["key"]) for row in rows}
