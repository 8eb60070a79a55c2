"""The command line of the local runner: `python -m deploy.local run`, `logs` and `reset`."""

import asyncio
import os
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from deploy.local import running
from deploy.local.errors import StackError
from deploy.local.run import run as run_until_stopped

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
def reset(state: StateFolder = Path(".attest")) -> None:
    """Remove everything that was kept, for a start anew: databases, files, secrets and logs."""
    try:
        removed = running.reset(state)
    except StackError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
    typer.echo(f"{state} is removed; `make run` begins anew." if removed else f"There is no {state}.")
