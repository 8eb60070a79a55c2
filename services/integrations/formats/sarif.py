"""SARIF 2.1.0 (OASIS). A result is a failure unless it says otherwise, and no result is no pass."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import IO, Any

from services.integrations.formats.contents import Reported, ResultKind, ResultSeverity, ResultVerdict, Run
from services.integrations.formats.faults import pointer, unreadable
from services.integrations.formats.json_stream import EACH, OPENED, members
from services.integrations.formats.texts import at, detail, dicts, severity_of_score, strings, text, time, url

_RUN = ("runs", EACH)
_RESULTS = (*_RUN, "results", EACH)
# Long lists that nothing is taken from are streamed past.
_LONG = ("artifacts", "logicalLocations", "threadFlowLocations", "addresses", "webRequests", "webResponses", "graphs")
_PATTERNS = (_RESULTS, *((*_RUN, name, EACH) for name in _LONG))
_KINDS: Mapping[str, ResultVerdict | None] = MappingProxyType(
    {
        "pass": ResultVerdict.PASS,
        "fail": ResultVerdict.FAIL,
        "open": ResultVerdict.INCONCLUSIVE,
        "review": ResultVerdict.INCONCLUSIVE,
        "notApplicable": ResultVerdict.NOT_APPLICABLE,
        "informational": None,
    }
)
_LEVELS: Mapping[str, ResultSeverity] = MappingProxyType(
    {
        "error": ResultSeverity.HIGH,
        "warning": ResultSeverity.MEDIUM,
        "note": ResultSeverity.LOW,
        "none": ResultSeverity.INFORMATIONAL,
    }
)
_CWE_TAG = re.compile(r"external/cwe/cwe-0*([0-9]{1,6})", re.IGNORECASE)
_VULNERABILITY = re.compile(r"(CVE-[0-9]{4}-[0-9]+|GHSA(-[0-9a-z]{4}){3})", re.IGNORECASE)
EXECUTION = "execution of the tool"


@dataclass(slots=True)
class _Run:
    """What a run says besides its results."""

    tool: str | None = None
    version: str | None = None
    run: str | None = None
    ended_at: datetime | None = None
    failed: str | None = None  # why, where it was not executed successfully
    rules: list[dict[str, Any]] = field(default_factory=list)
    by_id: dict[str, dict[str, Any]] = field(default_factory=dict)
    taxonomies: list[dict[str, Any]] = field(default_factory=list)


def read(file: IO[bytes], run: Run) -> Iterator[Reported]:
    """The results of every run. Read twice: what they refer to may stand behind them."""
    runs = _runs(file)
    if runs:
        first = runs[min(runs)]
        run.tool, run.tool_version, run.run, run.observed_at = first.tool, first.version, first.run, first.ended_at
    for known in runs.values():
        if known.failed is not None:
            yield Reported(
                EXECUTION, ResultVerdict.ERROR, tool=known.tool, observed_at=known.ended_at, detail=known.failed
            )
    for path, value in members(file, (_RESULTS,)):
        if len(path) == len(_RESULTS) and path[2] == "results" and isinstance(path[1], int):
            if not isinstance(value, dict):
                raise unreadable(pointer(path), "a result is an object")
            reported = _reported(value, runs.get(path[1], _Run()))
            if reported is not None:
                yield reported


def _runs(file: IO[bytes]) -> dict[int, _Run]:
    runs: dict[int, _Run] = {}
    for path, value in members(file, _PATTERNS):
        if path == ("version",) and value != "2.1.0":
            raise unreadable("/version", "the version of SARIF is not 2.1.0")
        if len(path) < 3 or not isinstance(path[1], int) or value is OPENED:  # noqa: PLR2004 - below a run
            continue
        known = runs.setdefault(path[1], _Run())
        if len(path) == 3:  # noqa: PLR2004 - a member of a run
            _learn(known, str(path[2]), value)
        if path[2:] == ("externalPropertyFileReferences",) and (at(value, "results") or at(value, "driver")):
            raise unreadable(pointer(path), "results or rules are in other files")
    return runs


def _learn(known: _Run, name: str, value: Any) -> None:
    if name == "tool":
        driver = at(value, "driver")
        known.tool = text(at(driver, "name"))
        known.version = text(at(driver, "semanticVersion")) or text(at(driver, "version"))
        known.rules = dicts(at(driver, "rules"))
        extensions = [rule for each in dicts(at(value, "extensions")) for rule in dicts(each.get("rules"))]
        known.by_id = {rule["id"]: rule for rule in (*extensions, *known.rules) if isinstance(rule.get("id"), str)}
    elif name == "taxonomies":
        known.taxonomies = dicts(value)
    elif name == "automationDetails":
        known.run = text(at(value, "id")) or text(at(value, "guid"))
    elif name == "invocations":
        for each in dicts(value):
            known.ended_at = time(each.get("endTimeUtc")) or time(each.get("startTimeUtc")) or known.ended_at
            if each.get("executionSuccessful") is False:
                said = [at(note, "message", "text") for note in dicts(each.get("toolExecutionNotifications"))]
                known.failed = detail("; ".join(strings(said))) or "it was not executed successfully"


def _reported(result: Mapping[str, Any], known: _Run) -> Reported | None:
    """A result; None for what only informs."""
    kind = result.get("kind", "fail")
    verdict = _KINDS.get(kind, ResultVerdict.INCONCLUSIVE) if isinstance(kind, str) else ResultVerdict.INCONCLUSIVE
    if verdict is None:
        return None
    suppression = _suppression(result)
    gone = result.get("baselineState") == "absent"
    if gone or suppression is not None or (known.failed is not None and verdict == ResultVerdict.PASS):
        verdict = ResultVerdict.INCONCLUSIVE
    rule_id, rule = _rule(result, known)
    check = text(rule_id) or "no rule"
    message = at(result, "message", "text") or at(result, "message", "markdown")
    return Reported(
        check=check,
        verdict=verdict,
        kind=ResultKind.VULNERABILITY if _VULNERABILITY.fullmatch(check) else ResultKind.CHECK,
        tool=known.tool,
        title=text(at(rule, "shortDescription", "text")) or text(rule.get("name")),
        requirements=tuple(dict.fromkeys(_requirements(result, rule, known))),
        resource=_resource(result),
        severity=_severity(result, rule),
        observed_at=known.ended_at,
        first_seen_at=time(at(result, "provenance", "firstDetectionTimeUtc")),
        fixed_at=known.ended_at if gone else None,
        detail=detail(message),
        url=url(result.get("hostedViewerUri")) or url(rule.get("helpUri")),
        suppression=suppression,
    )


def _rule(result: Mapping[str, Any], known: _Run) -> tuple[Any, dict[str, Any]]:
    """The id and the description of the rule; an id may name a part of a rule: `CA1000/1`."""
    named = result.get("ruleId") or at(result, "rule", "id")
    place = result.get("ruleIndex", at(result, "rule", "index"))
    at_place = known.rules[place] if isinstance(place, int) and 0 <= place < len(known.rules) else {}
    if not isinstance(named, str):
        return at_place.get("id"), at_place
    return named, known.by_id.get(named) or known.by_id.get(named.rpartition("/")[0]) or at_place


def _suppression(result: Mapping[str, Any]) -> str | None:
    """Why a result is suppressed, where every suppression was accepted."""
    given = dicts(result.get("suppressions"))
    if not given or any(each.get("status") != "accepted" for each in given):
        return None
    return detail("; ".join(strings([each.get("justification") for each in given]))) or "accepted"


def _requirements(result: Mapping[str, Any], rule: Mapping[str, Any], known: _Run) -> Iterator[tuple[str, str]]:
    targets = [each.get("target") for each in dicts(rule.get("relationships"))]
    for reference in dicts([*targets, *dicts(result.get("taxa"))]):
        place = at(reference, "toolComponent", "index")
        known_one = known.taxonomies[place] if isinstance(place, int) and 0 <= place < len(known.taxonomies) else {}
        framework = text(at(reference, "toolComponent", "name")) or text(known_one.get("name"))
        named = text(reference.get("id"))
        if framework and named:
            yield framework, named
    for tag in strings(at(rule, "properties", "tags")):
        if cwe := _CWE_TAG.fullmatch(tag):
            yield "CWE", f"CWE-{cwe[1]}"


def _severity(result: Mapping[str, Any], rule: Mapping[str, Any]) -> ResultSeverity | None:
    for holder in (result, rule):
        scored = severity_of_score(at(holder, "properties", "security-severity"))
        if scored is not None:
            return scored
    level = result.get("level") or at(rule, "defaultConfiguration", "level") or "warning"
    return _LEVELS.get(level) if isinstance(level, str) else None


def _resource(result: Mapping[str, Any]) -> str | None:
    first = next(iter(dicts(result.get("locations"))), {})
    place = at(first, "physicalLocation", "artifactLocation", "uri")
    if isinstance(place, str):
        line = at(first, "physicalLocation", "region", "startLine")
        return text(f"{place}:{line}" if isinstance(line, int) else place, 600)
    logical = next(iter(dicts(first.get("logicalLocations"))), {})
    return text(logical.get("fullyQualifiedName") or logical.get("name"), 600)
