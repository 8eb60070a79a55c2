"""`python -m shared.provision <service>`: the database, its roles and its tables, as often as you like.

With a superuser's address it makes the database and the roles; without, they must be there. The roles: the owner runs
migrations; the application is fenced by row-level security; the worker reads the trail of every organisation; the
auditor reads what the scope of one engagement shows.
"""

import asyncio
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

import asyncpg
from alembic import command
from alembic.config import Config
from pydantic import SecretStr

from shared.settings import ProvisionSettings, dsn

_ROOT = Path(__file__).parent.parent
_MIGRATIONS_LOCK = "attest-migrations"
_CONNECT_SECONDS = 10
_POWERLESS = "nosuperuser nocreatedb nocreaterole nobypassrls noreplication"
_LARGE_OBJECT_FUNCTIONS = """
    select oid::regprocedure::text as signature from pg_proc
    where pronamespace = 'pg_catalog'::regnamespace and proname ~ '^lo(_|read$|write$)'
    and has_function_privilege('public', oid, 'execute')
"""


def main() -> None:
    """Provision the services named on the command line."""
    verb, *rest = sys.argv[1:] or ["--help"]
    if verb == "revision":
        service, message = rest
        command.revision(alembic_config(service, ""), message=message)
    elif not verb.startswith("-"):
        provision(verb, ProvisionSettings())
    else:
        raise SystemExit("usage: python -m shared.provision <service> | revision <service> <message>")


def provision(service: str, settings: ProvisionSettings) -> None:
    """Make what is missing, then migrate to the newest version."""
    if settings.superuser_database_url is not None:
        asyncio.run(_make_roles_and_database(settings))
    asyncio.run(_limit_roles(settings))
    command.upgrade(alembic_config(service, dsn(settings.owner_database_url)), "head")


def alembic_config(service: str, owner_url: str) -> Config:
    """Alembic's configuration for a service; there is no ini file to keep in step."""
    config = Config()
    config.set_main_option("script_location", str(_ROOT / "shared" / "data" / "migrations").replace("%", "%%"))
    config.set_main_option("version_locations", str(_ROOT / "services" / service / "migrations").replace("%", "%%"))
    config.set_main_option("path_separator", "newline")
    config.attributes["owner_url"] = owner_url
    return config


async def _make_roles_and_database(settings: ProvisionSettings) -> None:
    assert settings.superuser_database_url is not None
    connection = await asyncpg.connect(dsn(settings.superuser_database_url), timeout=_CONNECT_SECONDS)
    try:
        async with connection.transaction():
            # Services are provisioned side by side, and roles belong to the whole server.
            await connection.execute("select pg_advisory_xact_lock(hashtext($1))", _MIGRATIONS_LOCK)
            for url in (settings.owner_database_url, *_at_work(settings)):
                address = urlsplit(dsn(url))
                await _make_role(connection, unquote(address.username or ""), unquote(address.password or ""))
            # Everyone may connect to these by default, and from there look at what the server shows of itself.
            await connection.execute("revoke all on database postgres, template1 from public")
        owner = urlsplit(dsn(settings.owner_database_url))
        database, role = owner.path.lstrip("/"), unquote(owner.username or "")
        if not await connection.fetchval("select true from pg_database where datname = $1", database):
            await _quoted(connection, "create database %I owner %I", database, role)
        await _quoted(connection, "revoke all on database %I from public", database)
        for url in _at_work(settings):
            await _quoted(
                connection,
                "grant connect on database %I to %I",
                database,
                unquote(urlsplit(dsn(url)).username or ""),
            )
    finally:
        await connection.close()
    superuser = urlsplit(dsn(settings.superuser_database_url))
    await _forbid_large_objects(urlunsplit(superuser._replace(path=f"/{database}")))


async def _forbid_large_objects(address: str) -> None:
    """Take from everyone but superusers what every role may do by default: keep bytes outside of all tables."""
    connection = await asyncpg.connect(address, timeout=_CONNECT_SECONDS)
    try:
        async with connection.transaction():
            await connection.execute("select pg_advisory_xact_lock(hashtext($1))", _MIGRATIONS_LOCK)
            for row in await connection.fetch(_LARGE_OBJECT_FUNCTIONS):
                await connection.execute(f"revoke execute on function {row['signature']} from public")
    finally:
        await connection.close()


def _at_work(settings: ProvisionSettings) -> tuple[SecretStr, ...]:
    """The addresses of the roles that a service works as."""
    return settings.database_url, settings.worker_database_url, settings.auditor_database_url


async def _make_role(connection: asyncpg.Connection, name: str, password: str) -> None:
    if not await connection.fetchval("select true from pg_roles where rolname = $1", name):
        await _quoted(connection, "create role %I", name)
    await _quoted(connection, f"alter role %I {_POWERLESS} login password %L", name, password)


async def _limit_roles(settings: ProvisionSettings) -> None:
    """Give each role its limits in time, which it may set itself; a session that needs longer says so itself."""
    idle = {"lock_timeout": settings.lock_seconds, "idle_in_transaction_session_timeout": settings.idle_seconds}
    limits = (
        (settings.database_url, {"statement_timeout": settings.statement_seconds, **idle}),
        (settings.auditor_database_url, {"statement_timeout": settings.statement_seconds, **idle}),
        (settings.worker_database_url, {"statement_timeout": settings.worker_statement_seconds, **idle}),
        (settings.owner_database_url, {"lock_timeout": settings.migration_lock_seconds}),
    )
    for url, seconds in limits:
        connection = await asyncpg.connect(dsn(url), timeout=_CONNECT_SECONDS)
        try:
            for name, value in seconds.items():
                await _quoted(connection, "alter role current_user set %I = %L", name, str(round(value * 1000)))
        finally:
            await connection.close()


async def _quoted(connection: asyncpg.Connection, statement: str, *names: str) -> None:
    """Run a statement that takes no parameters, with the server quoting the names in it."""
    places = ", ".join(f"${n}::text" for n in range(2, len(names) + 2))
    await connection.execute(await connection.fetchval(f"select format($1, {places})", statement, *names))


if __name__ == "__main__":
    main()
