"""What a read selects is what its operation promises: compared without asking, for the answers of writes too.

Reads that are declared (`routes.list`, `routes.one`) are compared then. What a verb answers is found in its code.
"""

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.routing import APIRoute

from deploy.contracts import SERVICES
from shared.data.reads import Listing, One
from shared.http.contract import contract
from shared.http.parameters import known_parameters
from shared.http.reads import members_of
from shared.service import describe

ROOT = Path(__file__).parents[2]
ROUTES = sorted((ROOT / "services").rglob("routes.py"))
_ANSWERS = frozenset({"write.created", "write.changed", "read.one"})


def _module(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def _answered(module: Any, source: str) -> Iterator[tuple[str, One, Any]]:
    """Each query by which an operation of a module answers, with the model that the operation promises."""
    names = vars(module)
    for function in ast.parse(source).body:
        if not isinstance(function, ast.AsyncFunctionDef):
            continue
        promised = [
            keyword.value
            for decorator in function.decorator_list
            if isinstance(decorator, ast.Call)
            for keyword in decorator.keywords
            if keyword.arg == "response_model"
        ]
        for call in ast.walk(function):
            if promised and isinstance(call, ast.Call) and ast.unparse(call.func) in _ANSWERS:
                query = eval(ast.unparse(call.args[0]), names)  # noqa: S307 - our own code, by its own names
                yield function.name, query, eval(ast.unparse(promised[0]), names)  # noqa: S307 - as above


def test_what_a_verb_answers_is_what_it_promises() -> None:
    checked = 0
    for path in ROUTES:
        module = importlib.import_module(_module(path))
        for name, query, model in _answered(module, path.read_text(encoding="utf-8")):
            assert query.columns == members_of(model), f"{path.relative_to(ROOT)}: {name} and {model.__name__}"
            checked += 1
    assert checked > 100


@pytest.mark.parametrize("service", [service.name for service in SERVICES])
def test_the_parameters_that_are_taken_are_those_of_the_contract(service: str) -> None:
    app = describe(next(each for each in SERVICES if each.name == service))
    paths = app.openapi()["paths"]
    for route in app.routes:
        assert isinstance(route, APIRoute)
        if not route.include_in_schema:
            continue
        for method in route.methods or ():
            parameters = paths[route.path_format][method.lower()].get("parameters", [])
            promised = {parameter["name"] for parameter in parameters if parameter["in"] == "query"}
            assert set(known_parameters(route.dependant)) == promised, route.path_format


# Lists that are not kept in step by instants, by the ends of their paths.
_NOT_KEPT = {
    "/trail": "a log that only grows: read on by the cursor",
    "/trail/heads": "a log that only grows: read on by the cursor",
    "/trail/timestamps": "a log that only grows: read on by the cursor",
    "/dead-letters": "a log of the installation",
    "/v1/webhook-deliveries/{delivery_id}/attempts": "a log that only grows: read on by the cursor",
    "/v1/ticket-calls": "a log that only grows: read on by the cursor",
    "/v1/sources/{source_id}/tallies": "counts of a day, few and read whole",
    "/v1/risk-methods/{method_id}/moves": "worked out by a preview, and whole again by the next one",
    "/duties": "worked out of what a person answers for now",
    "/v1/control-occurrences": "worked out for the period that is asked for",
    "/v1/holds/{hold_id}/items": "worked out of what the hold names; read whole, and again when the hold has changed",
    "/v1/engagements/{engagement_id}/historical-records": "worked out of the engagement's scope and dates; the records"
    " themselves are kept in step by `/v1/historical-records`",
    "/v1/engagements/{engagement_id}/chronology": "a log that only grows: read on by the cursor",
    "/v1/engagements/{engagement_id}/control-definitions": "worked out of the engagement's scope and dates; the texts"
    " never change, and `/v1/control-definitions` keeps them in step",
    "/v1/engagements/{engagement_id}/scope": "one value of the engagement, whose `updated_at` says that it was set",
}


def test_every_list_can_be_kept_in_step() -> None:
    """Each list is asked for what changed since, and in that order; `_NOT_KEPT` says of the others why not."""
    used = set()
    for service in SERVICES:
        for path, operations in contract(describe(service))["paths"].items():
            parameters = {each["name"]: each for each in operations.get("get", {}).get("parameters", [])}
            if "cursor" not in parameters:
                continue
            ends = {end for end in _NOT_KEPT if path.endswith(end)}
            assert ("updated_since" in parameters) != bool(ends), path
            used |= ends
    assert used == _NOT_KEPT.keys()


def test_what_changed_is_listed_in_that_order() -> None:
    lists = [
        (name, listing)
        for path in sorted((ROOT / "services").rglob("queries.py"))
        for name, listing in vars(importlib.import_module(_module(path))).items()
        if isinstance(listing, Listing) and "updated_since" in listing.filters
    ]
    for name, listing in lists:
        # What only grows was last changed when it was recorded.
        recorded = {"updated_at", "reviewed_at", "rated_at", "recorded_at"} & listing.sorts.keys()
        assert recorded or name == "healths", name
    assert len(lists) > 40
