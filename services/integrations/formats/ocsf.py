"""OCSF findings: vulnerability (2002), compliance (2003) and detection (2004), and Prowler's, which are of class 2004.

A reader of the few members that are needed: the schema changes several times a year. `status_id` is the finding's life
cycle, `compliance.status_id` its verdict.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import IO, Any

from services.integrations.formats.contents import Reported, ResultKind, ResultSeverity, ResultVerdict, Run
from services.integrations.formats.json_stream import EACH, members
from services.integrations.formats.texts import LONGEST_RESOURCE, at, detail, dicts, has_zone, strings, text, time, url

VULNERABILITY, COMPLIANCE, DETECTION = 2002, 2003, 2004
_SUPPRESSED, _RESOLVED, _ARCHIVED = 3, 4, 5  # of status_id
_SEVERITIES: Mapping[int, ResultSeverity] = MappingProxyType(
    {
        1: ResultSeverity.INFORMATIONAL,
        2: ResultSeverity.LOW,
        3: ResultSeverity.MEDIUM,
        4: ResultSeverity.HIGH,
        5: ResultSeverity.CRITICAL,
        6: ResultSeverity.CRITICAL,  # fatal
    }
)
_COMPLIANCE: Mapping[int, ResultVerdict] = MappingProxyType({1: ResultVerdict.PASS, 3: ResultVerdict.FAIL})
_PROWLER: Mapping[str, ResultVerdict] = MappingProxyType({"PASS": ResultVerdict.PASS, "FAIL": ResultVerdict.FAIL})


def read(file: IO[bytes], run: Run) -> Iterator[Reported]:
    """The findings of a list, or of JSON lines. Events of other classes are no results."""
    for _, event in members(file, ((EACH,),)):
        if not isinstance(event, dict):
            continue
        product = text(at(event, "metadata", "product", "name"))
        run.tool = run.tool or product
        run.tool_version = run.tool_version or text(at(event, "metadata", "product", "version"))
        run.run = run.run or text(at(event, "unmapped", "scan_id")) or text(at(event, "metadata", "correlation_uid"))
        run.observed_at = run.observed_at or _time(event, "time")
        yield from _reported(event, product)


def _reported(event: Mapping[str, Any], product: str | None) -> Iterator[Reported]:
    kind = event.get("class_uid")
    if product is not None and product.lower() == "prowler" and isinstance(event.get("status_code"), str):
        yield _prowler(event, product)
    elif kind == COMPLIANCE:
        yield _compliance(event, product)
    elif kind == VULNERABILITY:
        yield from _vulnerabilities(event, product)
    elif kind == DETECTION:
        yield _detection(event, product)


def _prowler(event: Mapping[str, Any], product: str) -> Reported:
    """A muted failure stays one, and says that it was muted."""
    named = at(event, "unmapped", "compliance")
    pairs = (
        (framework, reference)
        for framework, references in (named.items() if isinstance(named, dict) else ())
        for reference in strings(references)
    )
    muted = event.get("status_id") == _SUPPRESSED
    return Reported(
        check=text(at(event, "metadata", "event_code")) or _uid(event),
        verdict=_PROWLER.get(str(event["status_code"]), ResultVerdict.INCONCLUSIVE),
        requirements=tuple(pairs),
        detail=detail(event.get("status_detail")) or detail(event.get("message")),
        url=url(at(event, "unmapped", "related_url")),
        suppression="muted" if muted else None,
        **_common(event, product),
    )


def _compliance(event: Mapping[str, Any], product: str | None) -> Reported:
    compliance = event.get("compliance")
    checks = [text(check.get("uid")) for check in dicts(at(compliance, "checks"))]
    control = text(at(compliance, "control"))
    standards = strings(at(compliance, "standards"))
    references = strings(at(compliance, "requirements")) or ([control] if control else [])
    status = at(compliance, "status_id")
    life = _life(event)
    verdict = (
        _COMPLIANCE.get(status, ResultVerdict.INCONCLUSIVE) if isinstance(status, int) else ResultVerdict.INCONCLUSIVE
    )
    return Reported(
        check=next(filter(None, checks), None) or control or _uid(event),
        verdict=verdict,
        requirements=tuple((standard, reference) for standard in standards for reference in references),
        detail=detail(at(compliance, "status_detail")) or detail(event.get("message")),
        fixed_at=_fixed(event) if life == _RESOLVED else None,
        suppression="suppressed" if life == _SUPPRESSED else None,
        **_common(event, product),
    )


def _vulnerabilities(event: Mapping[str, Any], product: str | None) -> Iterator[Reported]:
    life = _life(event)
    for found in dicts(event.get("vulnerabilities")):
        number = text(at(found, "cve", "uid")) or text(at(found, "advisory", "uid")) or text(found.get("title"))
        packages = dicts(found.get("affected_packages")) or [{}]
        for package in packages:
            name = text(package.get("name"))
            yield Reported(
                check=" / ".join(part for part in (number or _uid(event), name) if part),
                verdict=_of_life(life),
                kind=ResultKind.VULNERABILITY,
                requirements=tuple(("CWE", cwe) for each in dicts(found.get("cwes")) if (cwe := text(each.get("uid")))),
                fixed_in=text(package.get("fixed_in_version")),
                fixed_at=_fixed(event) if life == _RESOLVED else None,
                first_seen_at=_time(found, "first_seen_time"),
                detail=detail(found.get("desc")),
                url=next(filter(None, map(url, strings(found.get("references")))), None),
                suppression="suppressed" if life == _SUPPRESSED else None,
                **_common(event, product, seen=False),
            )


def _detection(event: Mapping[str, Any], product: str | None) -> Reported:
    analytic = text(at(event, "finding_info", "analytic", "uid")) or text(at(event, "metadata", "event_code"))
    life = _life(event)
    return Reported(
        check=analytic or _uid(event),
        verdict=ResultVerdict.INCONCLUSIVE if _of_life(life) != ResultVerdict.FAIL else ResultVerdict.FAIL,
        detail=detail(event.get("message")) or detail(at(event, "finding_info", "desc")),
        fixed_at=_fixed(event) if life == _RESOLVED else None,
        suppression="suppressed" if life == _SUPPRESSED else None,
        **_common(event, product),
    )


def _common(event: Mapping[str, Any], product: str | None, *, seen: bool = True) -> dict[str, Any]:
    resource = next(iter([*dicts(event.get("resources")), *dicts([event.get("resource")])]), {})
    grade = event.get("severity_id")
    common = {
        "tool": product,
        "title": text(at(event, "finding_info", "title")),
        "resource": text(resource.get("uid") or resource.get("name"), LONGEST_RESOURCE),
        "severity": _SEVERITIES.get(grade) if isinstance(grade, int) else None,
        "observed_at": _time(event, "time"),
    }
    return common | ({"first_seen_at": _time(event.get("finding_info"), "first_seen_time")} if seen else {})


def _of_life(life: Any) -> ResultVerdict:
    """What a vulnerability is by its life cycle: what was resolved is the tool's own word for success."""
    if life == _RESOLVED:
        return ResultVerdict.PASS
    return ResultVerdict.INCONCLUSIVE if life in {_SUPPRESSED, _ARCHIVED} else ResultVerdict.FAIL


def _life(event: Mapping[str, Any]) -> int | None:
    life = event.get("status_id")
    return life if isinstance(life, int) else None


def _fixed(event: Mapping[str, Any]) -> Any:
    return _time(event, "end_time") or _time(event, "time")


def _time(holder: Any, name: str) -> Any:
    """As a number it is milliseconds by the standard and seconds by Prowler, whose texts are local and have no zone."""
    written = at(holder, f"{name}_dt")
    return (time(written) if has_zone(written) else None) or time(at(holder, name)) or time(written)


def _uid(event: Mapping[str, Any]) -> str:
    return text(at(event, "finding_info", "uid")) or text(at(event, "metadata", "uid")) or "a finding without an id"
