"""The state folder: who uses it, what is in it, and what a run that was killed left behind."""

import asyncio
import contextlib
import fcntl
import json
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import psutil

from deploy.local.errors import StackError

PATIENCE = 15.0
FOLDERS = ("logs", "run", "nats", "store")


@dataclass
class State:
    """One folder holds everything a local stack keeps: database, stream, files, secrets and logs."""

    folder: Path
    lock: IO[str] | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self.folder = self.folder.resolve()

    @property
    def postgres(self) -> Path:
        """PostgreSQL's data folder."""
        return self.folder / "postgres"

    @property
    def secrets(self) -> Path:
        """The file of secrets."""
        return self.folder / "secrets.json"

    def open(self) -> None:
        """Make the folder if it is not there, and take it for this process alone."""
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.require_ours()
            self.folder.chmod(0o700)
            self.take()
            for name in FOLDERS:
                (self.folder / name).mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise StackError(
                f"The state folder {self.folder} cannot be used ({error.strerror}): name another with ATTEST_STATE."
            ) from error

    def require_ours(self) -> None:
        """Complain about another user's folder, even as root, whose files that user could not read later."""
        owner = self.folder.stat().st_uid
        if owner != os.geteuid():
            raise StackError(
                f"The state folder {self.folder} belongs to another user (number {owner}): start as that user, "
                "or name another folder with ATTEST_STATE."
            )

    def take(self) -> None:
        """Take the lock, which the kernel gives back whenever this process ends, however it ends."""
        lock = (self.folder / "lock").open("a+")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            owner = lock.read().strip() or "unknown"
            lock.close()
            raise StackError(
                f"Attest is already running on {self.folder} (process {owner}); stop that one first."
            ) from None
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        self.lock = lock

    def close(self) -> None:
        """Let another process use the folder."""
        if self.lock:
            self.lock.close()
            self.lock = None

    def log(self, name: str) -> Path:
        """Return the log file of a part."""
        return self.folder / "logs" / f"{name}.log"

    def rotate(self, name: str) -> Path:
        """Begin a new log for this run and keep the last run's beside it."""
        log = self.log(name)
        if log.exists():
            log.replace(log.with_suffix(".log.1"))
        return log

    def remember(self, name: str, pid: int) -> None:
        """Write down a process, with its start time: a number alone may be another program's by tomorrow."""
        record = {"pid": pid, "started": psutil.Process(pid).create_time()}
        (self.folder / "run" / f"{name}.json").write_text(json.dumps(record))

    def forget(self, name: str) -> None:
        """Cross out a process that has ended."""
        (self.folder / "run" / f"{name}.json").unlink(missing_ok=True)

    def leftovers(self) -> dict[str, psutil.Process]:
        """Find the processes of an earlier run that still live."""
        found = {}
        for record in (self.folder / "run").glob("*.json"):
            process = identify(record)
            if process:
                found[record.stem] = process
            else:
                record.unlink()
        return found

    async def clear(self, say: Callable[[str, int], None]) -> None:
        """Wait until the processes of a run that was killed are gone; hurry those that take too long.

        The kernel told them to end when their runner died, so that mostly there is nothing to do but wait.
        """
        for name, process in self.leftovers().items():
            say(name, process.pid)
            for hurry in (None, signal.SIGTERM, signal.SIGKILL):
                if hurry:
                    with contextlib.suppress(psutil.NoSuchProcess):
                        process.send_signal(hurry)
                if await gone(process):
                    break
            self.forget(name)


def identify(record: Path) -> psutil.Process | None:
    """Return the process in a record if it lives and is the very same one."""
    try:
        noted = json.loads(record.read_text())
        process = psutil.Process(noted["pid"])
        same = abs(process.create_time() - noted["started"]) < 1.0
        return process if same and process.status() != psutil.STATUS_ZOMBIE else None
    except (ValueError, KeyError, TypeError, psutil.NoSuchProcess):
        return None


async def gone(process: psutil.Process) -> bool:
    """Wait for a process that is not our child to end, for as long as a clean stop may take."""
    for _ in range(int(PATIENCE / 0.05)):
        try:
            if not process.is_running() or process.status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
        await asyncio.sleep(0.05)
    return False
