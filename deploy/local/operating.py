"""What an operator does to a stack that another process runs, for `deploy/operate.sh`."""

import asyncio
import os
import signal
import sys
from pathlib import Path

from deploy.local import postgres
from deploy.local.errors import StackError
from deploy.local.running import Running
from deploy.local.services import NAMES, ROOT
from deploy.local.state import PATIENCE, identify


def found(folder: Path) -> Running:
    """The stack that is up on this folder; a StackError when there is none."""
    running = Running.find(folder)
    if running is None:
        raise StackError(f"Nothing is running on {folder}; start it with `make run`.")
    return running


def variables_within(running: Running, part: str) -> dict[str, str]:
    """The variables with which a command acts as a service, or as PostgreSQL's superuser."""
    wiring = running.wiring
    tools = {"PATH": os.pathsep.join([str(Path(sys.executable).parent), str(postgres.programs()), os.environ["PATH"]])}
    if part in NAMES:
        return tools | wiring.running(part) | {"ATTEST_OWN_PORT": str(wiring.ports.internal[part])}
    if part == "postgres":
        port = str(wiring.ports.internal["postgres"])
        return tools | {
            "PGHOST": "127.0.0.1",
            "PGPORT": port,
            "PGUSER": "postgres",
            "PGPASSWORD": wiring.secrets["postgres"],
        }
    raise StackError(f"There is no part {part!r}; there are: postgres, {', '.join(NAMES)}.")


def run_within(running: Running, part: str, words: list[str]) -> None:
    """Become the command, in the repository's folder and with the part's variables."""
    variables = dict(os.environ) | variables_within(running, part)
    os.chdir(ROOT)
    os.execvpe(words[0], words, variables)  # noqa: S606 - the operator's own words


async def restart(running: Running, part: str) -> None:
    """End a part as Ctrl-C would; its runner starts it again. Returns once it runs."""
    record = running.wiring.state.folder / "run" / f"{part}.json"
    before = identify(record)
    if before is None:
        raise StackError(f"{part} does not run.")
    before.send_signal(signal.SIGTERM)
    for _ in range(int(2 * PATIENCE / 0.1)):
        await asyncio.sleep(0.1)
        after = identify(record)
        if after is not None and after.pid != before.pid:
            return
    raise StackError(f"{part} was not started again.")
