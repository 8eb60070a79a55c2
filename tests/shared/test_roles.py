"""What the roles of a service may do in PostgreSQL: read and write its own tables, and nothing else on the server."""

import asyncpg
import pytest

from deploy.local.services import NAMES
from deploy.local.stack import Stack

ROLES = ("ATTEST_DATABASE_URL", "ATTEST_WORKER_DATABASE_URL", "ATTEST_AUDITOR_DATABASE_URL")
FORBIDDEN = [
    "select lo_create(0)",
    "select lo_creat(-1)",
    "select lo_from_bytea(0, 'x')",
    "select lo_put(1, 0, 'x')",
    "select lo_open(1, 131072)",
    "select lowrite(1, 'x')",
    "select lo_import('/etc/hostname')",
    "create temporary table scratch (id int)",
    "create table scratch (id int)",
    "create schema scratch",
    "create function scratch() returns int language sql as 'select 1'",
    "create role scratch",
    "create database scratch",
    "create extension pg_trgm",
    "alter role current_user superuser",
    "alter system set fsync = off",
    "set session_replication_role = replica",
    "set role postgres",
    "copy (select 1) to program 'true'",
    "copy (select 1) to '/tmp/scratch'",
    "select pg_read_file('/etc/hostname')",
    "select pg_ls_dir('.')",
]


@pytest.mark.parametrize("service", NAMES)
async def test_a_role_reaches_the_database_of_its_service_only(stack: Stack, service: str) -> None:
    environment = stack.environment(service)
    for role in (*ROLES, "ATTEST_OWNER_DATABASE_URL"):
        server, _, own = environment[role].rpartition("/")
        for database in ({*NAMES} - {own}) | {"postgres", "template1"}:
            assert await _refusal(f"{server}/{database}") == f'permission denied for database "{database}"', role


@pytest.mark.parametrize("service", NAMES)
async def test_a_role_makes_nothing_outside_of_its_tables(stack: Stack, service: str) -> None:
    for role in ROLES:
        connection = await asyncpg.connect(stack.environment(service)[role])
        allowed = []
        for statement in FORBIDDEN:
            try:
                await connection.execute(statement)
            except asyncpg.InsufficientPrivilegeError:
                continue
            allowed.append(statement)
        await connection.close()
        assert allowed == [], role


async def _refusal(address: str) -> str:
    try:
        connection = await asyncpg.connect(address)
    except asyncpg.InsufficientPrivilegeError as error:
        return str(error).splitlines()[0]
    await connection.close()
    return "none"
