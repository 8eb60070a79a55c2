"""`python -m deploy.compatibility`: the contract as it is, held against the last released one.

The last released one is that of the newest version tag. A breaking change fails, unless `declared.txt` has it, word by
word; what is declared and not there fails too, so that the list is empty again after each release.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from deploy.compatibility.contracts import breaking_changes

_ROOT = Path(__file__).parents[2]
_CONTRACT = "services/gateway/contract/openapi.json"
_DECLARED = Path(__file__).parent / "declared.txt"


def main() -> int:
    """Print every undeclared breaking change, and every declared one that is not there."""
    released = last_released()
    if released is None:
        print("No contract has been released yet: there is nothing to be compatible with.")
        return 0
    newest = json.loads((_ROOT / _CONTRACT).read_text(encoding="utf-8"))
    faults = undeclared(
        set(breaking_changes(released, newest)), set(_DECLARED.read_text(encoding="utf-8").splitlines())
    )
    for fault in faults:
        print(fault)
    return 1 if faults else 0


def undeclared(found: set[str], declared: set[str]) -> list[str]:
    """What is wrong with the breaking changes that were found, given those that were declared."""
    return [
        *(f"breaks clients, and is not declared: {change}" for change in sorted(found - declared)),
        *(f"is declared, and breaks nothing: {change}" for change in sorted(declared - found)),
    ]


def last_released() -> dict[str, Any] | None:
    """The contract of the newest version tag, or None where there is no tag or no repository."""
    tags = _git("tag", "--list", "v[0-9]*", "--sort=-version:refname", "--merged")
    if not tags:
        return None
    contract: dict[str, Any] = json.loads(_git("show", f"{tags.split()[0]}:{_CONTRACT}"))
    return contract


def _git(*arguments: str) -> str:
    run = subprocess.run(["git", "-C", _ROOT, *arguments], capture_output=True, text=True, check=False)  # noqa: S603, S607 - git as it is installed
    return run.stdout


if __name__ == "__main__":
    sys.exit(main())
