"""Nothing is decided by prose. Words are for people and may change; what programs decide by has a code."""

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

_SERVICES = Path(__file__).parents[2] / "services"
_DECIDING = {"rules.py", "actions.py", "queries.py", "handlers.py", "schedule.py"}
_LOOKING = {
    "startswith",
    "endswith",
    "find",
    "rfind",
    "index",
    "count",
    "partition",
    "rpartition",
    "match",
    "fullmatch",
    "search",
}
# A sentence or its beginning; a key, a code or a sign is none.
_PROSE = re.compile(r"[A-Za-z]{2,} |^[A-Z][a-z]{3,}")


def test_nothing_is_decided_by_prose() -> None:
    files = [path for path in _SERVICES.rglob("*.py") if path.name in _DECIDING]
    found = {
        f"{path.relative_to(_SERVICES)}: {text}" for path in files for text in _decided_by(path.read_text("utf-8"))
    }
    assert found == set()


def test_what_a_validator_says_is_told_without_the_kind_of_exception() -> None:
    """Pydantic says "Value error, …" of what our own validators refuse; `words_of` leaves that away."""
    files = [path for path in _SERVICES.rglob("*.py") if "ValidationError" in path.read_text("utf-8")]
    assert [path for path in files if re.search(r"""\[["']msg["']\]""", path.read_text("utf-8"))] == []
    assert len(files) > 3


@pytest.mark.parametrize(
    "decision",
    [
        'reason.startswith("Evidence for ")',
        '"No evidence" in reason',
        'reason == "The control was retired."',
        're.match("Evidence", reason)',
        "reason.startswith(_BEGIN)",
        "reason in _BEGIN",
        'any(each.startswith(("x", "Test ")) for each in reasons)',
    ],
)
def test_such_a_decision_is_found(decision: str) -> None:
    assert [*_decided_by(f'_BEGIN = ("Evidence for ", "No evidence ")\nfound = {decision}\n')]


@pytest.mark.parametrize("decision", ['code == "evidence_expired"', '"INTERVAL" in parts', 'text.startswith("#")'])
def test_codes_and_signs_are_no_prose(decision: str) -> None:
    assert [*_decided_by(f"found = {decision}\n")] == []


def _decided_by(source: str) -> Iterator[str]:
    tree = ast.parse(source)
    constants = {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        yield from (text for text in _compared(node, constants) if _PROSE.search(text))


def _compared(node: ast.AST, constants: Mapping[str, ast.expr]) -> Iterator[str]:
    """The literal texts that a comparison, or a method that looks for a text in another, compares with."""
    compared: list[ast.expr] = []
    if isinstance(node, ast.Compare):
        compared = [node.left, *node.comparators]
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _LOOKING:
        compared = node.args
    elif isinstance(node, ast.MatchValue):
        compared = [node.value]
    for operand in compared:
        value = constants.get(operand.id, operand) if isinstance(operand, ast.Name) else operand
        among = [key for key in value.keys if key] if isinstance(value, ast.Dict) else [value]
        for part in (inner for each in among for inner in ast.walk(each)):
            if isinstance(part, ast.Constant) and isinstance(part.value, str):
                yield part.value
