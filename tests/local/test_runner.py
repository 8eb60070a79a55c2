"""A taken port, a second start, a damaged folder: one clear sentence each, and nothing is lost."""

import asyncio
import json
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path

import asyncpg
import httpx
import psutil
import pytest

from deploy.client import eventually
from deploy.local.command import Command, end, run_to_end, spawn
from deploy.local.errors import StackError
from deploy.local.ports import Ports
from deploy.local.running import Running, reset
from deploy.local.services import ROOT
from deploy.local.stack import Stack
from deploy.local.state import State
from tests.demo.__main__ import installation


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


def _forked(*words: str) -> Command:
    """A module of Python, run as the services are."""
    return Command([sys.executable, "-m", *words], {"SETTING": "its own"}, ROOT, forked=True)


async def test_a_fork_has_what_services_share_and_settings_of_its_own(tmp_path: Path) -> None:
    told = "import os, sys; print('shared.service' in sys.modules, sorted(os.environ))"
    child = await spawn(_forked("timeit", "-n1", "-r1", told), tmp_path / "log")
    assert await child.wait() == child.returncode == 0
    assert (tmp_path / "log").read_text().startswith("True ['SETTING']\n")


async def test_what_is_forked_from_has_no_thread() -> None:
    """A thread does not survive a fork, and what it was about to do would never be done."""
    count = "import os, deploy.local.preloaded; print(len(os.listdir('/proc/self/task')))"
    alone = await asyncio.create_subprocess_exec(sys.executable, "-c", count, stdout=asyncio.subprocess.PIPE, cwd=ROOT)
    told, _ = await alone.communicate()
    assert told == b"1\n"


async def test_how_a_fork_ends_is_told(tmp_path: Path) -> None:
    lasting = _forked("timeit", "-n1", "-r1", "import time; time.sleep(60)")
    child = await spawn(lasting, tmp_path / "log")
    assert child.returncode is None
    assert await end(child, lasting) == ""
    assert await child.wait() == child.returncode == -signal.SIGTERM
    with pytest.raises(ProcessLookupError):
        child.kill()
    state = State(tmp_path / "state")
    state.open()
    with pytest.raises(StackError, match="No module named no_such_module"):
        await run_to_end("wrong", _forked("no_such_module"), state)
    state.close()


async def test_a_fork_ends_with_a_runner_that_is_killed(tmp_path: Path) -> None:
    script = (
        "import asyncio, sys\n"
        "from pathlib import Path\n"
        "from deploy.local.command import Command, spawn\n"
        "async def main():\n"
        "    words = [sys.executable, '-m', 'timeit', '-n1', '-r1', 'import time; time.sleep(60)']\n"
        "    child = await spawn(Command(words, {}, Path.cwd(), forked=True), Path(sys.argv[1]))\n"
        "    print(child.pid, flush=True)\n"
        "    await asyncio.sleep(60)\n"
        "asyncio.run(main())\n"
    )
    runner = await asyncio.create_subprocess_exec(
        sys.executable, "-c", script, str(tmp_path / "log"), stdout=asyncio.subprocess.PIPE, cwd=ROOT
    )
    assert runner.stdout is not None
    child = int(await runner.stdout.readline())
    assert psutil.pid_exists(child)
    runner.send_signal(signal.SIGKILL)
    await runner.wait()

    async def gone() -> bool:
        return not psutil.pid_exists(child) or psutil.Process(child).status() == psutil.STATUS_ZOMBIE

    assert await eventually(gone)


async def test_a_stack_that_runs_is_found_and_not_reset(tmp_path: Path) -> None:
    state = tmp_path / "state"
    assert Running.find(state) is None
    assert reset(state) is False
    async with _servers_only(state) as stack:
        found = Running.find(state)
        assert found is not None
        assert found.operator() == stack.operator()
        with pytest.raises(StackError, match="running"):
            reset(state)
    assert Running.find(state) is None
    assert reset(state) is True
    assert not state.exists()
    state.mkdir()
    with pytest.raises(StackError, match="stays as it is"):
        reset(state)


async def test_a_named_origin_may_call_and_read_what_answers_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ATTEST_CORS_ORIGINS", "https://app.example.com, https://other.example.com")
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "Idempotency-Key"}
    async with _servers_only(tmp_path / "state") as stack, httpx.AsyncClient(base_url=stack.url) as page:
        for origin, allowed in (("https://app.example.com", True), ("https://stranger.example.com", False)):
            before = await page.options("/v1/controls", headers={"Origin": origin, **asked})
            assert before.headers.get("Access-Control-Allow-Origin") == (origin if allowed else None)
            answer = await page.get("/v1/controls", headers={"Origin": origin})
            assert answer.headers.get("Access-Control-Allow-Origin") == (origin if allowed else None)
            exposed = answer.headers.get("Access-Control-Expose-Headers", "").split(",")
            assert {"ETag", "Idempotency-Replayed", "Location", "X-Request-Id"} <= set(exposed)


async def test_the_demo_plays_on_the_stack_that_runs(
    stack: Stack, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ATTEST_STATE", str(stack.state.folder))
    found = Running.find(stack.state.folder)
    assert found is not None
    assert found.wiring.provisioning("risk") == stack.environment("risk")
    async with installation() as (url, client_id, _secret):
        assert url == stack.url
        assert client_id == stack.operator()["ATTEST_OPERATOR_CLIENT_ID"]
    assert stack.url in capsys.readouterr().out
