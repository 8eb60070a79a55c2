"""Heimdall Data Format: what InSpec's JSON reporter writes, and what converters make of other tools' results."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import IO, Any

from services.integrations.formats.contents import Reported, ResultSeverity, ResultVerdict, Run
from services.integrations.formats.faults import pointer, unreadable
from services.integrations.formats.json_stream import EACH, members
from services.integrations.formats.texts import LONGEST_RESOURCE, at, detail, dicts, has_zone, strings, text, time

_CONTROLS = ("profiles", EACH, "controls", EACH)
_FRAMEWORKS: Mapping[str, str] = MappingProxyType({"nist": "NIST-800-53", "cci": "CCI"})
_REVISION = re.compile(r"rev[ _.-]?[0-9]|unmapped", re.IGNORECASE)  # no requirement, though it is in the list of them
# The impact that a severity begins at, as InSpec has it.
_IMPACTS = (
    (0.9, ResultSeverity.CRITICAL),
    (0.7, ResultSeverity.HIGH),
    (0.4, ResultSeverity.MEDIUM),
    (0.01, ResultSeverity.LOW),
)
# What decides when a control has several results, the first of these first.
_STATUSES: Mapping[str, ResultVerdict] = MappingProxyType(
    {
        "error": ResultVerdict.ERROR,
        "failed": ResultVerdict.FAIL,
        "passed": ResultVerdict.PASS,
        "skipped": ResultVerdict.INCONCLUSIVE,
    }
)


@dataclass(slots=True)
class _Profiles:
    """What is said in one place and holds in others: a profile may refine the controls of one that it includes."""

    ran: set[str] = field(default_factory=set)  # controls that have results in some profile
    refined: dict[str, Any] = field(default_factory=dict)  # the impact that a profile without results gives a control


def read(file: IO[bytes], run: Run) -> Iterator[Reported]:
    """The controls of every profile. Read twice: what refines a control may stand before or behind it."""
    profiles, resource = _Profiles(), None
    for path, value in members(file, (_CONTROLS,)):
        if path == ("platform",):
            resource = text(at(value, "target_id"), LONGEST_RESOURCE) or None
            named = text(at(value, "name"))
            run.tool = "Heimdall Tools" if named == "Heimdall Tools" else "InSpec"
            resource = resource or (None if run.tool != "InSpec" else _platform(value))
        elif path == ("version",):
            run.tool_version = text(value)
        elif len(path) == len(_CONTROLS) and path[2] == "controls":
            if not isinstance(value, dict):
                raise unreadable(pointer(path), "a control is an object")
            _learn(profiles, run, value)
    run.tool = run.tool or "InSpec"
    for path, value in members(file, (_CONTROLS,)):
        if len(path) == len(_CONTROLS) and path[2] == "controls":
            reported = _reported(value, profiles, resource)
            if reported is not None:
                yield reported


def _platform(platform: Any) -> str | None:
    return text(" ".join(part for part in (text(at(platform, "name")), text(at(platform, "release"))) if part))


def _learn(profiles: _Profiles, run: Run, control: Mapping[str, Any]) -> None:
    name, results = _name(control), dicts(control.get("results"))
    if results:
        profiles.ran.add(name)
    else:
        profiles.refined[name] = control.get("impact")
    for each in results:
        when = each.get("start_time")
        if has_zone(when) and (at_time := time(when)) is not None:
            run.observed_at = max(filter(None, (run.observed_at, at_time)))


def _reported(control: Mapping[str, Any], profiles: _Profiles, resource: str | None) -> Reported | None:
    """A control; None for one whose results another profile has."""
    name, results = _name(control), dicts(control.get("results"))
    if not results and name in profiles.ran:
        return None
    impact = profiles.refined.get(name, control.get("impact")) if results else control.get("impact")
    waiver = _waiver(control)
    verdict, deciding = _verdict(results, impact, waived=waiver is not None)
    times = [known for each in results if has_zone(each.get("start_time")) and (known := time(each["start_time"]))]
    return Reported(
        check=name,
        verdict=verdict,
        title=text(control.get("title")),
        requirements=tuple(_requirements(control)),
        resource=resource,
        severity=_severity(impact),
        observed_at=max(times, default=None),
        detail=detail(deciding.get("message") or deciding.get("skip_message") or deciding.get("code_desc")),
        suppression=waiver,
    )


def _name(control: Mapping[str, Any]) -> str:
    return text(control.get("id"), 400) or "a control without an id"


def _verdict(results: list[dict[str, Any]], impact: Any, *, waived: bool) -> tuple[ResultVerdict, Mapping[str, Any]]:
    """What a control comes to, and the result that decides: an error first, and no impact second."""
    by_status: dict[str, dict[str, Any]] = {}
    for each in results:
        status = each.get("status")
        named = status if isinstance(status, str) and status in _STATUSES else "skipped"
        by_status.setdefault("error" if each.get("backtrace") else named, each)
    if not results or "error" in by_status:
        return ResultVerdict.ERROR, by_status.get("error", {})
    if waived or (isinstance(impact, (int, float)) and not isinstance(impact, bool) and impact == 0):
        return ResultVerdict.NOT_APPLICABLE, results[0]
    return next((verdict, by_status[status]) for status, verdict in _STATUSES.items() if status in by_status)


def _waiver(control: Mapping[str, Any]) -> str | None:
    """Why a control is waived, where it was skipped by its waiver."""
    given = control.get("waiver_data")
    # A text says that the waiver has expired: the control was not skipped by it.
    if at(given, "skipped_due_to_waiver") is not True:
        return None
    return detail(at(given, "justification")) or "waived"


def _severity(impact: Any) -> ResultSeverity | None:
    if isinstance(impact, bool) or not isinstance(impact, (int, float)) or not 0 <= impact <= 1:
        return None
    return next((named for least, named in _IMPACTS if impact >= least), ResultSeverity.INFORMATIONAL)


def _requirements(control: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for tag, framework in _FRAMEWORKS.items():
        for reference in strings(at(control, "tags", tag)):
            named = text(reference)
            if named and not _REVISION.match(named):
                yield framework, named
