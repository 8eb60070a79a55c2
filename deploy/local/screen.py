"""How the runner's progress looks: a line a part with a spinner on a terminal, plain lines anywhere else."""

import contextlib

from rich.console import Console
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from deploy.local.progress import Phase, Step

MARKS = {
    Phase.READY: ("✓", "green"),
    Phase.DIED: ("✗", "red"),
    Phase.RESTARTED: ("✓", "green"),
    Phase.STOPPED: ("■", "dim"),
    Phase.NOTE: ("…", "yellow"),
}


class Screen:
    """Shows each step; call it as the stack's report."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self._rows: dict[str, Step] = {}
        self._spinners: dict[str, Spinner] = {}
        self._live: Live | None = None

    def __call__(self, step: Step) -> None:
        """Take in one step."""
        if self._live:
            self._rows[step.part] = step
            self._live.update(self._table())
        elif step.phase is not Phase.STARTING:
            self.say(line(step))

    def say(self, text: Text | str) -> None:
        """Print a line if anybody is there: a closed terminal is no reason not to stop the database cleanly."""
        with contextlib.suppress(OSError, SystemExit):  # Rich wants to exit when a pipe is closed.
            self.console.print(text, soft_wrap=True, highlight=False)

    def begin(self) -> None:
        """Show a table from now on, if somebody looks at a terminal."""
        if self.console.is_terminal:
            self._live = Live(self._table(), console=self.console, refresh_per_second=12)
            self._live.start()

    def finish(self) -> None:
        """Leave the table as it stands and go on with single lines."""
        if self._live:
            with contextlib.suppress(OSError, SystemExit):
                self._live.stop()
            self._live = None

    def _table(self) -> Table:
        table = Table.grid(padding=(0, 1))
        for name, step in self._rows.items():
            if step.phase in (Phase.STARTING, Phase.NOTE):
                spinner = self._spinners.setdefault(name, Spinner("dots", style="cyan"))
                table.add_row(spinner, name, Text(step.note, "dim"))
            else:
                mark, style = MARKS[step.phase]
                table.add_row(Text(mark, style), name, Text(duration(step), "dim"))
        return table


def line(step: Step) -> Text:
    """Write a step as one line."""
    mark, style = MARKS[step.phase]
    words = [step.part, step.phase.value if step.phase is not Phase.NOTE else "", step.note, duration(step)]
    return Text.assemble((mark, style), " ", " ".join(word for word in words if word))


def duration(step: Step) -> str:
    """Write how long a step took."""
    return f"{step.milliseconds:,} ms" if step.milliseconds is not None else ""
