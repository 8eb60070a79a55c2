"""`make run`: the stack, a demo organisation in it, a way to the first request, a clean end by Ctrl-C."""

import asyncio
import os
import shlex
import signal
import sys
from collections.abc import Coroutine
from pathlib import Path

from rich.console import Console
from rich.text import Text

from deploy.local.command import Command, run_to_end
from deploy.local.errors import StackError
from deploy.local.ports import Ports
from deploy.local.screen import Screen
from deploy.local.services import ROOT
from deploy.local.stack import Stack


async def run(state: Path, console: Console) -> int:
    """Run until told to stop; return the exit code."""
    screen, stopping = Screen(console), asyncio.Event()
    for hangup in hangups():
        asyncio.get_running_loop().add_signal_handler(hangup, ask_to_stop, stopping, screen)
    try:
        stack = Stack(state=state, ports=Ports.fixed(), report=screen)
        return await live(stack, screen, stopping)
    except StackError as error:
        screen.say(Text.assemble(("✗ ", "red"), str(error)))
        return 1


def hangups() -> list[signal.Signals]:
    """List the signals that end the run; under nohup, which ignores it, a closed terminal is none of them."""
    heeded = [] if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN else [signal.SIGHUP]
    return [signal.SIGINT, signal.SIGTERM, *heeded]


def ask_to_stop(stopping: asyncio.Event, screen: Screen) -> None:
    """Begin to stop; asking again changes nothing, since stopping has its own time limits."""
    again = stopping.is_set()
    stopping.set()
    screen.say("Still stopping; the database is being closed." if again else "Stopping …")


async def live(stack: Stack, screen: Screen, stopping: asyncio.Event) -> int:
    """Bring the stack up, welcome the user, wait, and bring it down whatever happens."""
    screen.begin()
    try:
        started = await cancel_when(stopping, stack.up())
    finally:
        screen.finish()
    try:
        if started and await cancel_when(stopping, seed(stack, screen)):
            welcome(stack, screen)
            await cancel_when(stopping, stack.failed())
    finally:
        await stack.down()
    screen.say(f"Stopped cleanly; everything is kept in {stack.state.folder}.")
    return 0


async def cancel_when(stopping: asyncio.Event, work: Coroutine[object, object, None]) -> bool:
    """Do the work unless asked to stop meanwhile, which cancels it; tell whether it was done."""
    task, stop = asyncio.ensure_future(work), asyncio.ensure_future(stopping.wait())
    await asyncio.wait([task, stop], return_when=asyncio.FIRST_COMPLETED)
    stop.cancel()
    if task.done():
        await task
        return True
    task.cancel()
    await asyncio.wait([task])
    return False


async def seed(stack: Stack, screen: Screen) -> None:
    """Load the demo organisation, which changes nothing when it is there already."""
    if not (ROOT / "deploy" / "seed.py").exists():
        return
    variables = dict(os.environ) | stack.operator() | {"ATTEST_DEMO_FILE": str(demo_file(stack))}
    command = Command([sys.executable, "-m", "deploy.seed"], variables, ROOT)
    await run_to_end("seed", command, stack.state)
    screen.say(Text(stack.state.log("seed").read_text().rstrip()))


def demo_file(stack: Stack) -> Path:
    """Return the file in which the seed leaves the demo's credentials."""
    return stack.state.folder / "demo.json"


def welcome(stack: Stack, screen: Screen) -> None:
    """Say where everything is and how to make the first request."""
    screen.say(
        Text.assemble(
            ("\nAttest is running at ", "bold"),
            f"{stack.url}\n",
            f"  documentation  {stack.url}/docs\n",
            f"  logs           {stack.state.folder / 'logs'} (make logs)\n\n",
            "A token for the demo organisation, and a first request with it:\n\n",
            first_request(stack),
            "\n\nCtrl-C stops everything.\n",
        )
    )


def first_request(stack: Stack) -> str:
    """Write commands to paste, which read the credentials out of their file so that none is shown."""
    read = "import json, sys; d = json.load(open(sys.argv[1])); print(d['client_id'] + ':' + d['client_secret'])"
    take = "import json, sys; print(json.load(sys.stdin)['access_token'])"
    return (
        f"  TOKEN=$(curl -s {stack.url}/v1/oauth/token -d grant_type=client_credentials \\\n"
        f'    -u "$(python3 -c "{read}" {shlex.quote(str(demo_file(stack)))})" \\\n'
        f'    | python3 -c "{take}")\n'
        f'  curl -s {stack.url}/v1/controls -H "Authorization: Bearer $TOKEN"'
    )
