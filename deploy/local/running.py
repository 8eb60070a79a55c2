"""A stack that another process runs on a state folder: whether there is one, and how to reach it."""

import fcntl
import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from deploy.local.errors import StackError
from deploy.local.ports import Ports
from deploy.local.secrets import Secrets, read
from deploy.local.services import Wiring
from deploy.local.state import State

_NOTE = "running.json"


@dataclass(frozen=True)
class Running:
    """Where a stack that is up answers, by which process, and all that its services' environments are made of."""

    pid: int
    wiring: Wiring

    @classmethod
    def find(cls, folder: Path) -> Self | None:
        """The stack that is up on this folder; None while there is none, or none that is ready."""
        state = State(folder)
        if not is_held(state.folder):
            return None
        try:
            noted = json.loads((state.folder / _NOTE).read_text())
        except (FileNotFoundError, ValueError):
            return None
        ports = Ports(edge=noted["edge"], internal=noted["ports"])
        return cls(noted["pid"], Wiring(state, Secrets(read(state.secrets)), ports, noted["url"]))

    def operator(self) -> dict[str, str]:
        """The variables with which one acts as the operator of the stack."""
        return {"ATTEST_URL": self.wiring.url, **self.wiring.operator()}


def note(wiring: Wiring, pid: int) -> None:
    """Write down that a stack is ready, for `Running.find`."""
    noted = {"pid": pid, "url": wiring.url, "edge": wiring.ports.edge, "ports": wiring.ports.internal}
    draft = wiring.state.folder / f"{_NOTE}.new"
    draft.write_text(json.dumps(noted))
    draft.replace(wiring.state.folder / _NOTE)


def cross_out(state: State) -> None:
    """Forget that a stack was ready: it stops."""
    (state.folder / _NOTE).unlink(missing_ok=True)


def is_held(folder: Path) -> bool:
    """Whether a process has taken the folder; its lock ends with it, however it ends."""
    try:
        with (folder / "lock").open() as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def reset(folder: Path) -> bool:
    """Remove all that a local stack keeps in this folder; False when there is nothing."""
    state = State(folder)
    if not state.folder.exists():
        return False
    if not (state.folder / "lock").exists():
        raise StackError(f"{state.folder} is not a folder in which Attest keeps its state; it stays as it is.")
    if is_held(state.folder):
        raise StackError(f"Attest is running on {state.folder}; stop it with Ctrl-C first.")
    shutil.rmtree(state.folder)
    return True
