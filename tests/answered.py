"""Which problems the operations answered in a test run, against those that they declare.

The services of the test stacks write what they answer to `ATTEST_PROBLEMS_FILE` (`shared/http/declared.py`). A run that
was told the file from outside adds to it, so that several partial runs can be put together.
"""

import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.contracts import SERVICES
from shared.http.declared import UNDECLARED
from shared.http.operations import Operation
from shared.service import describe

_VARIABLE = "ATTEST_PROBLEMS_FILE"
# One a line, below the reason why no test has the operation answer it.
_JUSTIFIED = Path(__file__).parent / "unanswered.txt"


def record(config: pytest.Config) -> None:
    """Have every service that this run starts write what it answers to one file."""
    if _VARIABLE not in os.environ:
        folder = tempfile.TemporaryDirectory(prefix="attest-problems-")
        config.add_cleanup(folder.cleanup)
        file = Path(folder.name) / "answered.txt"
        file.touch()
        os.environ[_VARIABLE] = str(file)


def undeclared() -> list[str]:
    """What was answered without being declared: the operation and the type."""
    return sorted(line.removesuffix(UNDECLARED) for line in _lines() if line.endswith(UNDECLARED))


def unanswered() -> list[str]:
    """What an operation declares in `refuses` and no test had it answer, without the justified ones."""
    return sorted({_of_any_service(line) for line in _declared()} - _answered() - _justified())


def justified_in_vain() -> list[str]:
    """What is justified as unanswered and is declared no longer."""
    return sorted(_justified() - {_of_any_service(line) for line in _declared()})


def _answered() -> set[str]:
    return {_of_any_service(line) for line in _lines()}


def _justified() -> set[str]:
    """The lines of `unanswered.txt` but for the reasons above them."""
    lines = _JUSTIFIED.read_text(encoding="utf-8").splitlines()
    return {line for line in lines if line and not line.startswith("#")}


def _lines() -> set[str]:
    return set(Path(os.environ[_VARIABLE]).read_text(encoding="utf-8").splitlines())


def _of_any_service(line: str) -> str:
    """Every service has the same operations below `/v1/services`; one that answers is enough."""
    return re.sub(r"/v1/services/[a-z]+/", "/v1/services/*/", line)


def _declared() -> Iterator[str]:
    for service in SERVICES:
        for route in describe(service).routes:
            if isinstance(route, Operation):
                for method in route.methods or ():
                    yield from (f"{method} {route.path_format} {kind.slug}" for kind in route.refuses)
