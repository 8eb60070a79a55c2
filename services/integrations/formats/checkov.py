"""Checkov's JSON output: an object when one framework ran, a list when several did."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import IO, Any

from services.integrations.formats.contents import Reported, ResultKind, ResultVerdict, Run
from services.integrations.formats.json_stream import EACH, members
from services.integrations.formats.texts import LONGEST_RESOURCE, at, detail, severity, strings, text, url

_LISTS = ("passed_checks", "failed_checks", "skipped_checks", "parsing_errors")
_PATTERNS = tuple((*before, "results", name, EACH) for name in _LISTS for before in ((), (EACH,)))
_PARSING = "parsing of files"
_VERDICTS: Mapping[str, ResultVerdict] = MappingProxyType(
    {"PASSED": ResultVerdict.PASS, "FAILED": ResultVerdict.FAIL}  # SKIPPED and UNKNOWN are neither
)


def read(file: IO[bytes], run: Run) -> Iterator[Reported]:
    """The checks of every framework that ran, and the files that could not be parsed."""
    run.tool = "Checkov"
    for path, value in members(file, _PATTERNS):
        inner = path[1:] if path and isinstance(path[0], int) else path
        if inner == ("summary",):
            run.tool_version = text(at(value, "checkov_version")) or run.tool_version
        elif inner == ("checkov_version",):
            run.tool_version = text(value)
        elif len(inner) == 3 and inner[1] == "parsing_errors":  # noqa: PLR2004 - results, list, place
            yield Reported(_PARSING, ResultVerdict.ERROR, resource=text(value, LONGEST_RESOURCE))
        elif len(inner) == 3 and isinstance(value, dict):  # noqa: PLR2004
            yield _reported(value)


def _reported(record: Mapping[str, Any]) -> Reported:
    said = at(record, "check_result", "result")
    comment = detail(at(record, "check_result", "suppress_comment"))
    skipped = said == "SKIPPED"
    known = record.get("vulnerability_details")
    number, package = text(at(known, "id")), text(at(known, "package_name"))
    check = text(record.get("check_id"), 400) or text(record.get("bc_check_id"), 400) or "a check without an id"
    return Reported(
        check=" / ".join(part for part in (number, package) if part) if number else check,
        verdict=_VERDICTS.get(said, ResultVerdict.INCONCLUSIVE)
        if isinstance(said, str)
        else ResultVerdict.INCONCLUSIVE,
        kind=ResultKind.VULNERABILITY if number else ResultKind.CHECK,
        title=text(record.get("check_name")),
        requirements=tuple(_requirements(record.get("benchmarks"))),
        resource=_resource(record),
        severity=severity(record.get("severity")) or severity(at(known, "severity")),
        fixed_in=text(at(known, "lowest_fixed_version")),
        url=url(record.get("guideline")) or url(at(known, "link")),
        suppression=comment or "skipped" if skipped else None,
    )


def _resource(record: Mapping[str, Any]) -> str | None:
    """The file, with the resource in it; never the lines, which may hold a secret."""
    path, resource = text(record.get("file_path"), LONGEST_RESOURCE), text(record.get("resource"), LONGEST_RESOURCE)
    if path and resource and not resource.startswith(path):
        return text(f"{path} {resource}", LONGEST_RESOURCE)
    return resource or path


def _requirements(benchmarks: Any) -> Iterator[tuple[str, str]]:
    """Only the platform names them: by benchmark, a list of texts or of objects with a name."""
    if not isinstance(benchmarks, dict):
        return
    for framework, references in benchmarks.items():
        given = references if isinstance(references, list) else [references]
        for each in (reference.get("name") if isinstance(reference, dict) else reference for reference in given):
            for reference in strings(each):
                if (named := text(framework)) and (of := text(reference)):
                    yield named, of
