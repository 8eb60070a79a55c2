"""The command line of the local runner: `python -m deploy.local run`, `logs`, `reset`, and what operators do."""

import asyncio
import os
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from deploy.local import operating, running
from deploy.local.errors import StackError
from deploy.local.run import run as run_until_stopped
from deploy.local.state import identify

app = typer.Typer(add_completion=False, help="Attest on this machine: real servers as local processes, no containers.")

StateFolder = Annotated[Path, typer.Option(envvar="ATTEST_STATE", help="The folder that keeps everything.")]


@app.command()
def run(state: StateFolder = Path(".attest")) -> None:
    """Start everything, load the demo organisation, and run until Ctrl-C."""
    raise typer.Exit(asyncio.run(run_until_stopped(state, Console())))


@app.command()
def logs(
    name: Annotated[str, typer.Argument(help="A part, such as controls or postgres; all of them if left out.")] = "",
    state: StateFolder = Path(".attest"),
) -> None:
    """Follow the logs."""
    found = sorted(str(log) for log in (state / "logs").glob(f"{name or '*'}.log"))
    if not found:
        there = ", ".join(sorted(log.stem for log in (state / "logs").glob("*.log"))) or "none yet"
        typer.echo(f"There is no log {name!r} in {state / 'logs'}; there are: {there}.", err=True)
        raise typer.Exit(1)
    os.execvp("tail", ["tail", "-n", "20", "-F", *found])  # noqa: S606, S607 - tail is what follows a log best.


@app.command()
def operator(state: StateFolder = Path(".attest")) -> None:
    """Print the variables with which one acts as the operator of the stack that runs, for a shell to take."""
    with told():
        for name, value in operating.found(state).operator().items():
            typer.echo(f"export {name}={shlex.quote(value)}")


@app.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
def within(
    part: Annotated[str, typer.Argument(help="A service, or postgres.")],
    words: Annotated[list[str], typer.Argument(help="The command.")],
    state: StateFolder = Path(".attest"),
) -> None:
    """Run a command with the variables of a part of the stack that runs."""
    with told():
        operating.run_within(operating.found(state), part, words)


@app.command()
def restart(part: str, state: StateFolder = Path(".attest")) -> None:
    """End a part of the stack that runs, which its runner starts again."""
    with told():
        asyncio.run(operating.restart(operating.found(state), part))


@app.command()
def parts(state: StateFolder = Path(".attest")) -> None:
    """List the parts of the stack, each with its process."""
    for record in sorted((state / "run").glob("*.json")):
        process = identify(record)
        typer.echo(f"{record.stem:12} {'down' if process is None else f'process {process.pid}'}")


@contextmanager
def told() -> Iterator[None]:
    """Say what is wrong with a stack, and exit with 1."""
    try:
        yield
    except StackError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error


@app.command()
def reset(state: StateFolder = Path(".attest")) -> None:
    """Remove everything that was kept, for a start anew: databases, files, secrets and logs."""
    with told():
        removed = running.reset(state)
    typer.echo(f"{state} is removed; `make run` begins anew." if removed else f"There is no {state}.")
