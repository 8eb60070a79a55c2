"""Which numbers there are, and what a caller must be able to read to be told them."""

from collections.abc import Collection, Mapping
from datetime import timedelta

# The numbers of each block are counted from things of these kinds.
BLOCKS: Mapping[str, tuple[str, ...]] = {
    "controls": ("control", "control_health"),
    "evidence": ("evidence", "collection"),
    "tests": ("test_result", "control_test"),
    "risks": ("risk",),
    "acceptances": ("acceptance",),
    "issues": ("issue",),
    "findings": ("finding", "candidate"),
    "requests": ("request",),
}
# A day's numbers are computed again this long after the last time at the earliest.
SETTLED = timedelta(minutes=5)


def hidden_blocks(kinds: Collection[str]) -> list[str]:
    """The blocks that somebody who reads these kinds is not told."""
    return [name for name, counted in BLOCKS.items() if not set(counted) <= set(kinds)]
