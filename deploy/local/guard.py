"""The words put before a command so that it dies with the runner, and does not run as root where it must not.

`setpriv` (util-linux, on every ordinary Linux) sets both and then becomes the command, so that the process id
stays. Python could do the same between fork and exec, but warns since 3.12 that this may deadlock beside threads.
"""

import os
import pwd
import shutil
import signal
from dataclasses import dataclass
from pathlib import Path

from deploy.local.errors import StackError

SETPRIV = shutil.which("setpriv")
# Bits of the capability set in /proc/self/status.
DAC_OVERRIDE, DAC_READ_SEARCH = 1, 2


@dataclass(frozen=True)
class Account:
    """Another user to run as, and the one power it keeps so that it gets through folders closed to others."""

    user: int
    group: int
    power: str | None

    def words(self) -> list[str]:
        """Return the options that make setpriv switch to this account."""
        switch = [f"--reuid={self.user}", f"--regid={self.group}", "--clear-groups"]
        # Without no_setuid_fixup the kernel ignores the power in access(2), by which PostgreSQL finds its programs.
        keep = [f"--inh-caps=+{self.power}", f"--ambient-caps=+{self.power}", "--securebits=+no_setuid_fixup"]
        return switch + keep if self.power else switch


def guarded(command: list[str], on_death: signal.Signals, account: Account | None = None) -> list[str]:
    """Put the guard before a command; without setpriv the next start clears what a killed runner left."""
    if SETPRIV is None:
        return command
    words = account.words() if account else []
    return [SETPRIV, *words, "--pdeathsig", on_death.name.removeprefix("SIG"), *command]


def choose_account(program: Path) -> Account | None:
    """Choose whom PostgreSQL runs as: it refuses root, so under root it is nobody, whom every Linux has."""
    if os.geteuid() != 0:
        return None
    if SETPRIV is None:
        raise StackError("PostgreSQL refuses to run as root and `setpriv` is not here to switch: use another user.")
    nobody = pwd.getpwnam("nobody")
    return Account(nobody.pw_uid, nobody.pw_gid, choose_power(program))


def choose_power(program: Path) -> str | None:
    """Choose the smallest power that lets another user reach our closed folders and run the program.

    Being root, the runner often lives below /root, which is closed to everyone else. Containers may lack the
    smaller power, and a program installed under a tight umask needs the greater one to be executed at all.
    """
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    ours = int(status["CapEff"], 16)
    if ours >> DAC_READ_SEARCH & 1 and program.stat().st_mode & 0o001:
        return "dac_read_search"
    return "dac_override" if ours >> DAC_OVERRIDE & 1 else None
