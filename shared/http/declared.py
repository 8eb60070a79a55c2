"""The problems that an operation declares, held against those that it answers.

An undeclared problem is logged as an error. With `ATTEST_PROBLEMS_FILE`, as in the tests, it is answered as a 500, and
each type that an operation answers is written to that file once per process: the end of a test run fails for the
undeclared ones and lists the declared ones that no test has seen (`tests/answered.py`).
"""

import logging
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from fastapi import FastAPI, Request

from shared.problems import Problem, Unforeseen

UNDECLARED = " undeclared"  # how the file marks the line of an undeclared problem
_log = logging.getLogger(__name__)


@runtime_checkable
class _Declares(Protocol):
    """An operation, as far as this needs it."""

    path_format: str
    methods: set[str]
    problems: frozenset[type[Problem]]


class AnsweredProblems:
    """The file of all problem types that the operations of this process have answered."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._written: set[str] = set()

    def note(self, operation: str, slug: str, *, declared: bool) -> None:
        """Write down that the operation answered this type, the first time."""
        line = f"{operation} {slug}{'' if declared else UNDECLARED}\n"
        if line not in self._written:
            self._written.add(line)
            with self._file.open("a", encoding="utf-8") as file:  # one short write: processes share the file
                file.write(line)


def install(app: FastAPI, file: Path | None) -> None:
    """Have the answered problems of this application written to a file, where there is one."""
    app.state.answered_problems = AnsweredProblems(file) if file else None


def as_declared(request: Request, problem: Problem) -> Problem:
    """The problem to answer with: the same, or `Unforeseen` for an undeclared one where problems are written down."""
    operation: Any = request.scope.get("route")
    if not isinstance(operation, _Declares) or request.method not in operation.methods:
        return problem  # there is no operation at this address, or none with this method
    name = f"{request.method} {operation.path_format}"
    declared = type(problem) in operation.problems
    if not declared:
        _log.error("%s answers /problems/%s, which it does not declare", name, problem.slug)
    answered: AnsweredProblems | None = getattr(request.app.state, "answered_problems", None)
    if answered is None:
        return problem
    answered.note(name, problem.slug, declared=declared)
    if declared:
        return problem
    return Unforeseen(f"{name} does not declare /problems/{problem.slug} in `refuses`: {problem.detail}")
