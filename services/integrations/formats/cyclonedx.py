"""CycloneDX vulnerabilities, in JSON: of a bill of materials, or of VEX, which says whether they matter.

A vulnerability without an analysis is one that is there. A bill that lists none has passed nothing.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import IO, Any
from urllib.parse import unquote

from services.integrations.formats.contents import Reported, ResultKind, ResultSeverity, ResultVerdict, Run
from services.integrations.formats.faults import pointer, unreadable
from services.integrations.formats.json_stream import EACH, members
from services.integrations.formats.texts import (
    LONGEST_RESOURCE,
    at,
    detail,
    dicts,
    severity,
    severity_of_score,
    text,
    time,
    url,
)

_VULNERABILITIES, _COMPONENTS = ("vulnerabilities", EACH), ("components", EACH)
_PATTERNS = (_VULNERABILITIES, _COMPONENTS, ("dependencies", EACH), ("services", EACH), ("annotations", EACH))
_STATES: Mapping[str, ResultVerdict] = MappingProxyType(
    {
        "exploitable": ResultVerdict.FAIL,
        "in_triage": ResultVerdict.INCONCLUSIVE,
        "resolved": ResultVerdict.PASS,
        "resolved_with_pedigree": ResultVerdict.PASS,
        "false_positive": ResultVerdict.NOT_APPLICABLE,
        "not_affected": ResultVerdict.NOT_APPLICABLE,
    }
)
_MOST_COMPONENTS = 400_000
_MOST_AFFECTED = 1_000  # of one vulnerability
_DEEPEST = 20  # components in components
_GRADES = tuple(ResultSeverity)  # the worst first


def read(file: IO[bytes], run: Run) -> Iterator[Reported]:
    """A result for each component that a vulnerability affects. Read twice: components may stand behind them."""
    run.tool = "CycloneDX"
    components: dict[str, str] = {}
    subject, serial, version = None, None, None
    for path, value in members(file, _PATTERNS):
        if path == ("metadata",):
            subject = _learn(run, value)
        elif path == ("serialNumber",):
            serial = text(value)
        elif path == ("version",):
            version = text(value)
        elif len(path) == len(_COMPONENTS) and path[0] == "components":
            _name_components(components, value, 0)
    run.run = text("/".join(part for part in (serial, version) if part)) if serial else None
    for path, value in members(file, _PATTERNS):
        if len(path) == len(_VULNERABILITIES) and path[0] == "vulnerabilities":
            if not isinstance(value, dict):
                raise unreadable(pointer(path), "a vulnerability is an object")
            yield from _reported(value, components, subject, run)


def _learn(run: Run, metadata: Any) -> str | None:
    """What made it and when; the answer is what the bill is of."""
    run.observed_at = time(at(metadata, "timestamp"))
    tools = at(metadata, "tools")
    made_by = next(iter(dicts(tools) or dicts(at(tools, "components"))), {})
    run.tool = text(made_by.get("name")) or run.tool
    run.tool_version = text(made_by.get("version"))
    return text(at(metadata, "component", "name"), LONGEST_RESOURCE)


def _name_components(known: dict[str, str], component: Any, depth: int) -> None:
    """By reference: a package's address without its version, which the next release changes, or else its name."""
    if not isinstance(component, dict):
        return
    if len(known) >= _MOST_COMPONENTS:
        raise unreadable("/components", f"a file may have {_MOST_COMPONENTS:,} components")
    reference, address = component.get("bom-ref"), component.get("purl")
    name = _without_version(address) if isinstance(address, str) else text(component.get("name"), LONGEST_RESOURCE)
    if isinstance(reference, str) and name:
        known[reference] = name
    if depth < _DEEPEST:
        for inner in dicts(component.get("components")):
            _name_components(known, inner, depth + 1)


def _without_version(address: str) -> str | None:
    """`pkg:deb/debian/openssl@3.0.11?arch=amd64` without what is behind `@`; a scope's own `@` is written `%40`."""
    return text(unquote(address.partition("?")[0].partition("#")[0].rpartition("@")[0] or address), LONGEST_RESOURCE)


def _reported(
    found: Mapping[str, Any], components: Mapping[str, str], subject: str | None, run: Run
) -> Iterator[Reported]:
    number = text(found.get("id")) or "a vulnerability without an id"
    analysis = found.get("analysis")
    state = at(analysis, "state")
    verdict = ResultVerdict.FAIL if state is None else _state(state)
    changed = time(at(analysis, "lastUpdated")) or time(at(analysis, "firstIssued"))
    said = detail(at(analysis, "detail")) or text(at(analysis, "justification")) or text(state)
    for reference in _affected(found):
        resource = _resource(reference, components) if reference else subject
        package = resource.rpartition("/")[2] if resource and reference else None
        yield Reported(
            check=f"{number} / {package}" if package else number,
            verdict=verdict,
            kind=ResultKind.VULNERABILITY,
            title=text(found.get("description")),
            requirements=tuple(_weaknesses(found)),
            resource=resource,
            severity=_severity(found),
            observed_at=run.observed_at,
            fixed_at=changed or run.observed_at if verdict == ResultVerdict.PASS else None,
            detail=detail(found.get("recommendation")),
            url=url(at(found, "source", "url")),
            suppression=said if verdict == ResultVerdict.NOT_APPLICABLE else None,
        )


def _state(state: Any) -> ResultVerdict:
    return _STATES.get(state, ResultVerdict.INCONCLUSIVE) if isinstance(state, str) else ResultVerdict.INCONCLUSIVE


def _affected(found: Mapping[str, Any]) -> list[str | None]:
    """References of what it affects, without those of which every version that is named is unaffected."""
    named: list[str | None] = []
    for each in dicts(found.get("affects"))[:_MOST_AFFECTED]:
        statuses = [version.get("status") for version in dicts(each.get("versions"))]
        reference = each.get("ref")
        if isinstance(reference, str) and not (statuses and all(status == "unaffected" for status in statuses)):
            named.append(reference)
    return named or ([] if dicts(found.get("affects")) else [None])


def _resource(reference: str, components: Mapping[str, str]) -> str | None:
    """By the bill's own component; what another bill describes (BOM-Link) by the reference in it."""
    if reference in components:
        return components[reference]
    linked = unquote(reference.partition("#")[2]) if reference.startswith("urn:cdx:") else reference
    return _without_version(linked) if linked.startswith("pkg:") else text(linked or reference, LONGEST_RESOURCE)


def _severity(found: Mapping[str, Any]) -> ResultSeverity | None:
    """The worst of its ratings."""
    ratings = dicts(found.get("ratings"))
    known = [severity(each.get("severity")) or severity_of_score(each.get("score")) for each in ratings]
    return min(filter(None, known), key=_GRADES.index, default=None)


def _weaknesses(found: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    given = found.get("cwes")
    for each in given if isinstance(given, list) else ():
        if isinstance(each, int) and not isinstance(each, bool):
            yield "CWE", f"CWE-{each}"
