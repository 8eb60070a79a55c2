"""The reports of the journeys, kept as examples: `KEEP_EXAMPLES=1` writes them anew into `docs/examples`."""

import os
from pathlib import Path

_FOLDER = Path(__file__).parents[2] / "docs/examples"


def keep(name: str, content: bytes) -> None:
    """Write a report of a journey into the folder of examples, when the run is asked to."""
    if os.environ.get("KEEP_EXAMPLES"):
        (_FOLDER / name).write_bytes(content)
