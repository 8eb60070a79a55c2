"""The bar of STYLE.md, measured: small files, short functions, a closed vocabulary of files, nothing hidden."""

import ast
import statistics
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PRODUCT = [
    path
    for folder in ("attest", "shared", "services", "deploy")
    for path in sorted((ROOT / folder).rglob("*.py"))
    if "migrations" not in path.parts
]
NOUN_FILES = {"__init__.py", "models.py", "schemas.py", "rules.py", "actions.py", "queries.py", "routes.py"}
LARGEST_FILE, LONGEST_FUNCTION, MEDIAN_FILE = 300, 50, 80


def _lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def _functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_no_file_is_two_nouns() -> None:
    assert {str(path): _lines(path) for path in PRODUCT if _lines(path) > LARGEST_FILE} == {}


def test_the_median_file_is_small() -> None:
    assert statistics.median(lines for path in PRODUCT if (lines := _lines(path)) > 1) < MEDIAN_FILE


def test_no_function_is_long() -> None:
    # A function that only holds others (routes of every service) is as long as they are, and is measured by them.
    long = {
        f"{path.relative_to(ROOT)}:{node.name}": node.end_lineno - node.lineno
        for path in PRODUCT
        for node in _functions(path)
        if node.end_lineno and node.end_lineno - node.lineno > LONGEST_FUNCTION
    }
    assert long == {}


def test_nothing_is_imported_inside_a_function() -> None:
    hidden = [
        f"{path.relative_to(ROOT)}:{inner.lineno}"
        for path in PRODUCT
        for node in _functions(path)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]
    assert hidden == []


def test_a_noun_stands_in_an_area_and_has_no_other_files() -> None:
    services = ROOT / "services"
    nouns = {path.parent for path in services.rglob("routes.py")} - {services / "gateway" / "contract"}
    in_areas = set(services.glob("*/*/*"))
    assert nouns - in_areas == set()
    strangers = [path for noun in nouns for path in noun.glob("*.py") if path.name not in NOUN_FILES]
    assert strangers == []


def test_only_shared_commits() -> None:
    committing = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in PRODUCT
        if path.is_relative_to(ROOT / "services")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in {"commit", "rollback"}
    ]
    assert committing == []


def test_rules_do_not_ask_the_clock() -> None:
    asking = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in PRODUCT
        if path != ROOT / "shared" / "clock.py" and not path.is_relative_to(ROOT / "deploy")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in {"utcnow", "now", "today"}
        if isinstance(node.value, ast.Name) and node.value.id in {"datetime", "date"}
    ]
    assert asking == []


@pytest.mark.parametrize("word", ["TODO", "FIXME", "XXX", "NotImplementedError"])
def test_nothing_is_left_open(word: str) -> None:
    left = [str(path.relative_to(ROOT)) for path in PRODUCT if word in path.read_text(encoding="utf-8")]
    assert left == []
