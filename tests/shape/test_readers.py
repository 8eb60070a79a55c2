"""Each event says who may be told of it outside: the permission that reads its noun, and where that is read."""

import json
from pathlib import Path
from pkgutil import iter_modules

from shared.events import catalogue
from shared.events.event import CATALOGUE
from shared.events.readers import READERS, readers_of


def test_every_event_says_who_may_be_told_of_it() -> None:
    modules = {module.name for module in iter_modules(catalogue.__path__)}
    assert modules == {*catalogue.__all__}, "name them in shared/events/catalogue/__init__.py"
    missing = {name for name, kind in CATALOGUE.items() if readers_of(kind) is None}
    assert missing == set(), "add their nouns to shared/events/readers.py"
    nouns = {name.rpartition(".")[0] for name in CATALOGUE}
    assert {noun for noun in READERS if noun not in nouns} == set()


def test_a_thing_is_read_where_its_event_says_and_with_that_permission() -> None:
    contract = json.loads((Path(__file__).parents[2] / "services/gateway/contract/openapi.json").read_text())
    permissions = {
        path.rpartition("/")[0]: operations["get"].get("x-permission")
        for path, operations in contract["paths"].items()
        if "get" in operations and path.endswith("}") and path.count("{") == 1
    }
    wrong = {
        noun: (readers, permissions.get(f"/v1/{readers.path}"))
        for noun, readers in READERS.items()
        if readers.path and permissions.get(f"/v1/{readers.path}", "") != readers.permission
    }
    assert {noun for noun in wrong if not noun.endswith(".job")} == set()  # a job is read by whoever started it
    assert all(f"/v1/{readers.path}" in permissions for noun, readers in READERS.items() if noun.endswith(".job"))
