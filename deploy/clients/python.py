"""A Python client, as openapi-python-client generates it."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from deploy.clients.contract import Contract

_CONFIGURATION = Path(__file__).parent / "python.yml"
# What an operation answers besides a value of its own: nothing, a problem, or bytes without a type.
_NO_TYPE = {"Any", "None"}


def findings(contract: Contract, folder: Path) -> list[str]:
    """The operations that the generated client leaves out or has no type for, and what the generator warns of."""
    target = folder / "python"
    command = ["-m", "openapi_python_client", "generate", "--path", str(contract.path), "--output-path", str(target)]
    run = subprocess.run(  # noqa: S603 - our own generator on our own contract
        [sys.executable, *command, "--config", str(_CONFIGURATION), "--meta", "none"],
        capture_output=True,
        text=True,
        check=False,
    )
    warnings = [f"Python client: {line}" for line in run.stdout.splitlines() if line.startswith(("WARNING", "ERROR"))]
    modules = {path.stem: path for path in target.glob("api/*/*.py") if path.stem != "__init__"}
    missing = [f"Python client: {name} is left out" for name in sorted(contract.operations.keys() - modules.keys())]
    untyped = [
        f"Python client: the answer of {name} has no type"
        for name, path in sorted(modules.items())
        if contract.answers_json(name) and not any(_is_type(answer) for answer in _answers(path))
    ]
    if run.returncode and not warnings:
        return [f"Python client: {run.stdout}{run.stderr}"]
    return [*warnings, *missing, *untyped]


def _answers(path: Path) -> Iterator[str]:
    """The types that the operation's parsed answer may have."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef) and node.name == "_parse_response" and node.returns:
            yield from ast.unparse(node.returns).split(" | ")


def _is_type(answer: str) -> bool:
    return answer not in _NO_TYPE and not answer.endswith("Problem")
