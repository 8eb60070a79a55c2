"""A taken port, a second start, a damaged folder: one clear sentence each, and nothing is lost."""

import asyncio
import json
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path

import asyncpg
import pytest

from deploy.client import eventually
from deploy.local.errors import StackError
from deploy.local.ports import Ports
from deploy.local.services import ROOT
from deploy.local.stack import Stack


def _servers_only(state: Path, ports: Ports | None = None) -> Stack:
    """PostgreSQL, NATS and Traefik, without the services: what the runner itself looks after."""
    return Stack(state=state, ports=ports or Ports.free(), with_services=())


async def _refused(stack: Stack) -> str:
    with pytest.raises(StackError) as refused:
        await stack.up()
    sentence = str(refused.value)
    assert "\n" not in sentence
    assert "Traceback" not in sentence
    return sentence


async def test_a_second_start_says_who_is_there(tmp_path: Path) -> None:
    async with _servers_only(tmp_path / "state"):
        assert "already running" in await _refused(_servers_only(tmp_path / "state"))


async def test_a_taken_port_is_named_with_the_way_out(tmp_path: Path) -> None:
    ports = Ports.free()
    with socket.socket() as other:
        other.bind(("127.0.0.1", ports.edge))
        other.listen()
        sentence = await _refused(_servers_only(tmp_path / "state", ports))
    assert str(ports.edge) in sentence
    assert "ATTEST_PORT=" in sentence


def _break_secrets(state: Path) -> None:
    (state / "secrets.json").write_text("{")


def _lose_secrets(state: Path) -> None:
    (state / "secrets.json").unlink()


def _break_database(state: Path) -> None:
    (state / "postgres" / "PG_VERSION").write_text("16\n")


@pytest.mark.parametrize("damage", [_break_secrets, _lose_secrets, _break_database])
async def test_a_damaged_folder_is_left_as_it_is(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    state = tmp_path / "state"
    async with _servers_only(state):
        pass
    damage(state)
    before = sorted(path.name for path in (state / "postgres").iterdir())
    assert str(state) in await _refused(_servers_only(state))
    assert sorted(path.name for path in (state / "postgres").iterdir()) == before


async def test_what_is_killed_comes_back_with_its_data(tmp_path: Path) -> None:
    async with _servers_only(tmp_path / "state") as stack:
        password = json.loads((tmp_path / "state" / "secrets.json").read_text())["postgres"]
        address = f"postgresql://postgres:{password}@127.0.0.1:{stack.ports.internal['postgres']}/postgres"
        connection = await asyncpg.connect(address)
        await connection.execute("create table kept as select 1 as one")
        killed = stack.processes["postgres"].pid
        stack.processes["postgres"].kill()

        async def answers() -> int | None:
            if stack.processes["postgres"].pid == killed:
                return None
            try:
                again = await asyncpg.connect(address)
            except (OSError, asyncpg.PostgresError):
                return None
            one: int = await again.fetchval("select one from kept")
            await again.close()
            return one

        assert await eventually(answers, within=30) == 1
        connection.terminate()


async def test_a_killed_runner_leaves_nothing_behind_and_starts_again(tmp_path: Path) -> None:
    state = tmp_path / "state"
    script = (
        "import asyncio, sys\n"
        "from pathlib import Path\n"
        "from deploy.local.ports import Ports\n"
        "from deploy.local.stack import Stack\n"
        "async def main():\n"
        "    async with Stack(state=Path(sys.argv[1]), ports=Ports.free(), with_services=()):\n"
        "        print('up', flush=True)\n"
        "        await asyncio.sleep(60)\n"
        "asyncio.run(main())\n"
    )
    runner = await asyncio.create_subprocess_exec(
        sys.executable, "-c", script, str(state), stdout=asyncio.subprocess.PIPE, cwd=ROOT
    )
    assert runner.stdout is not None
    assert await runner.stdout.readline() == b"up\n"
    runner.send_signal(signal.SIGKILL)
    await runner.wait()
    async with _servers_only(state) as stack:
        assert all(process.alive for process in stack.processes.values())
