"""Trivy's JSON report. A scan that found nothing lists nothing, and passes are listed only when they are asked for."""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import IO, Any

from services.integrations.formats.contents import Reported, ResultKind, ResultVerdict, Run
from services.integrations.formats.json_stream import EACH, members
from services.integrations.formats.texts import LONGEST_RESOURCE, at, detail, severity, strings, text, time, url

_LISTS = ("Vulnerabilities", "Misconfigurations", "Secrets", "Packages", "Licenses", "ExperimentalModifiedFindings")
_PATTERNS = tuple(("Results", EACH, name, EACH) for name in _LISTS)
_DEPTH = 4
# What a vendor says of a package that is present; that a fix exists (`fixed`) does not mean that it is here.
_NOT_FAILED: Mapping[str, ResultVerdict] = MappingProxyType(
    {"not_affected": ResultVerdict.NOT_APPLICABLE, "under_investigation": ResultVerdict.INCONCLUSIVE}
)
_CHECKED: Mapping[str, ResultVerdict] = MappingProxyType({"PASS": ResultVerdict.PASS, "FAIL": ResultVerdict.FAIL})


def read(file: IO[bytes], run: Run) -> Iterator[Reported]:
    """Vulnerabilities, misconfigurations and secrets. Licences are listed whether or not they are allowed: no results.

    Read twice, since the name of a target may stand behind what was found in it.
    """
    run.tool = "Trivy"
    targets: dict[int, str] = {}
    artifact = None
    for path, value in members(file, _PATTERNS):
        if path == ("ArtifactName",):
            artifact = text(value)
        elif path == ("CreatedAt",):
            run.observed_at = time(value)
        elif path == ("Trivy",):
            run.tool_version = text(at(value, "Version"))
        elif path[2:] == ("Target",) and isinstance(path[1], int):
            targets[path[1]] = text(value, LONGEST_RESOURCE) or ""
    if artifact and run.observed_at:
        run.run = text(f"{artifact} {run.observed_at.isoformat()}")
    for path, value in members(file, _PATTERNS):
        if len(path) == _DEPTH and isinstance(path[1], int) and isinstance(value, dict) and path[2] in _KINDS:
            reported = _KINDS[str(path[2])](value, targets.get(path[1]) or artifact or "")
            if reported is not None:
                yield reported


def _vulnerability(found: Mapping[str, Any], target: str) -> Reported:
    status = found.get("Status")
    package, version = text(found.get("PkgName")), text(found.get("InstalledVersion"))
    number = text(found.get("VulnerabilityID")) or "a vulnerability without an id"
    return Reported(
        check=f"{number} / {package}" if package else number,
        verdict=_NOT_FAILED.get(status, ResultVerdict.FAIL) if isinstance(status, str) else ResultVerdict.FAIL,
        kind=ResultKind.VULNERABILITY,
        title=text(found.get("Title")),
        requirements=tuple(("CWE", name) for each in strings(found.get("CweIDs")) if (name := text(each))),
        resource=target or None,
        severity=severity(found.get("Severity")),
        fixed_in=text(found.get("FixedVersion")),
        detail=detail(f"{package} {version}") if package and version else None,
        url=url(found.get("PrimaryURL")),
    )


def _misconfiguration(found: Mapping[str, Any], target: str) -> Reported:
    status = found.get("Status")
    resource = text(at(found, "CauseMetadata", "Resource"))
    return Reported(
        check=text(found.get("ID")) or text(found.get("AVDID")) or "a check without an id",
        verdict=_CHECKED.get(status, ResultVerdict.INCONCLUSIVE)
        if isinstance(status, str)
        else ResultVerdict.INCONCLUSIVE,
        title=text(found.get("Title")),
        resource=text(f"{target} {resource}" if resource else target, LONGEST_RESOURCE),
        severity=severity(found.get("Severity")),
        detail=detail(found.get("Message")),
        url=url(found.get("PrimaryURL")),
    )


def _secret(found: Mapping[str, Any], target: str) -> Reported:
    """That there is a secret, and where; never the line that has it."""
    line = found.get("StartLine")
    return Reported(
        check=text(found.get("RuleID")) or "secret",
        verdict=ResultVerdict.FAIL,
        title=text(found.get("Title")),
        resource=text(f"{target}:{line}" if isinstance(line, int) else target, LONGEST_RESOURCE),
        severity=severity(found.get("Severity")),
    )


def _modified(found: Mapping[str, Any], target: str) -> Reported | None:
    """A vulnerability that Trivy was told to overlook, by an ignore file or by VEX."""
    inner = found.get("Finding")
    if not isinstance(inner, dict) or found.get("Type") != "vulnerability":
        return None
    whole = _vulnerability(inner, target)
    said = detail(found.get("Statement")) or text(found.get("Status")) or "ignored"
    return Reported(
        whole.check,
        ResultVerdict.NOT_APPLICABLE if found.get("Status") == "not_affected" else ResultVerdict.INCONCLUSIVE,
        kind=whole.kind,
        title=whole.title,
        resource=whole.resource,
        severity=whole.severity,
        url=whole.url,
        suppression=said,
    )


_KINDS: Mapping[str, Callable[[Mapping[str, Any], str], Reported | None]] = MappingProxyType(
    {
        "Vulnerabilities": _vulnerability,
        "Misconfigurations": _misconfiguration,
        "Secrets": _secret,
        "ExperimentalModifiedFindings": _modified,
    }
)
