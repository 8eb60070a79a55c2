"""OSCAL documents: what the schema says of them, and what it cannot say."""

import re
from collections.abc import Iterator
from typing import Any

from services.controls.documents.faults import Faults, Place, pointer
from services.controls.documents.reading import each
from services.controls.documents.schema import check_schema
from shared.problems import Fault

INSERTION = re.compile(r"\{\{\s*insert:\s*param,\s*([^\s{}]{1,200})\s*\}\}")
_UNIQUE = {"controls": "control", "groups": "group", "params": "parameter", "parts": "part"}


def check_catalogue(document: Any, *, remarks: list[Fault]) -> None:
    """`DocumentInvalid` with every fault of a catalogue.

    A link to an id that is not there goes into `remarks`, and is a fault only beside others: NIST publishes
    catalogues with some, and no requirement reads differently for it.
    """
    faults, dangling = Faults(), Faults()
    check_schema("catalog", document, faults)
    _check_references(document, faults, dangling)
    if faults.count:
        for fault in dangling.kept:
            faults.add(fault.pointer, fault.detail)
        faults.count += dangling.count - len(dangling.kept)
    faults.refuse_if_any()
    remarks += dangling.kept


def check_profile(document: Any) -> None:
    """`DocumentInvalid` with every fault of a profile that shows without what it imports."""
    faults = Faults()
    check_schema("profile", document, faults)
    resources = {str(value) for place, value in each(document) if place is not None and place[1] == "uuid"}
    for place, href in hrefs(document):
        if href.startswith("#") and href[1:] not in resources:
            faults.add(pointer(place), f"there is no resource {href[1:]} in the back matter")
    faults.refuse_if_any()


def hrefs(document: Any) -> Iterator[tuple[Place, str]]:
    """What a profile imports, import by import."""
    profile = document.get("profile") if isinstance(document, dict) else None
    imports = profile.get("imports") if isinstance(profile, dict) else None
    for index, imported in enumerate(imports if isinstance(imports, list) else ()):
        if isinstance(imported, dict) and isinstance(imported.get("href"), str):
            yield ((((None, "profile"), "imports"), index), "href"), imported["href"]


def _check_references(document: Any, faults: Faults, dangling: Faults) -> None:
    defined: dict[str, set[str]] = {kind: set() for kind in _UNIQUE.values()}
    targets: set[str] = set()
    links: list[tuple[Place, str]] = []
    insertions: list[tuple[Place, str]] = []
    for place, value in each(document):
        if not isinstance(value, str) or place is None:
            continue
        name = place[1]
        if name in {"id", "uuid"}:
            targets.add(value)
            _define(place, value, defined, faults)
        elif name == "href" and value.startswith("#"):
            links.append((place, value[1:]))
        elif "{{" in value:
            insertions += [(place, found) for found in INSERTION.findall(value)]
    for place, target in links:
        if target not in targets:
            dangling.add(pointer(place), f"there is no {target[:200]} in this document")
    for place, parameter in dict.fromkeys(insertions):
        if parameter not in defined["parameter"]:
            faults.add(pointer(place), f"the parameter {parameter} is not defined")


def _define(place: Place, value: str, defined: dict[str, set[str]], faults: Faults) -> None:
    """Note an id, which one thing of its kind may have."""
    around = place[0] if place else None
    listed = around[0] if around else None
    kind = _UNIQUE.get(str(listed[1])) if listed else None
    if kind is None:
        return
    if value in defined[kind]:
        faults.add(pointer(place), f"another {kind} has the id {value[:200]}")
    defined[kind].add(value)
