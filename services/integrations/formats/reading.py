"""From a result file to results of one shape and what each check came to. Runs in a child process.

The file is kept on disk while it is read, since most formats are read twice; results leave in compressed parts.
"""

import json
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from tempfile import TemporaryFile
from typing import IO, Any

from services.integrations.formats.contents import (
    MOST_CHECKS,
    MOST_REQUIREMENTS,
    MOST_RESULTS,
    MOST_VULNERABILITIES,
    Reported,
    ResultFormat,
    ResultKind,
    ResultVerdict,
    Run,
    as_json,
)
from services.integrations.formats.detection import READERS, format_of
from services.integrations.formats.faults import unreadable
from services.integrations.formats.texts import text

RESULTS, SUMMARY = b"R", b"S"  # what the first byte of a part says that it is
_PART = 500  # results in one part
_FAST = 1  # zlib
_LONGEST_CHECK = 400
# What a check comes to over all its resources: the worst of them, and nothing but passes is a pass.
_WORST = (
    ResultVerdict.FAIL,
    ResultVerdict.ERROR,
    ResultVerdict.INCONCLUSIVE,
    ResultVerdict.PASS,
    ResultVerdict.NOT_APPLICABLE,
)


def read(arguments: Any, given: Iterator[bytes]) -> Iterator[bytes]:
    """Parts of results after the byte `RESULTS`, then `SUMMARY` and what they come to; each compressed JSON.

    `arguments` has the format, or null where the content is to tell it. `ResultFileUnreadable` names the place.
    """
    with TemporaryFile() as file:
        for part in given:
            file.write(part)
        kind = _format(arguments["format"], file)
        run, summed, waiting = Run(), _Summed(), []
        for reported in READERS[kind](file, run):
            row = _row(reported, run)
            summed.add(row)
            waiting.append(row)
            if len(waiting) == _PART:
                yield _packed(RESULTS, waiting)
                waiting = []
        if waiting:
            yield _packed(RESULTS, waiting)
        told = {"format": kind, "run": dict(as_json(run)), **summed.told()}
        yield _packed(SUMMARY, told)


def unpacked(part: bytes) -> Any:
    """What a part holds."""
    return json.loads(zlib.decompress(part[1:]))


def _packed(kind: bytes, content: Any) -> bytes:
    return kind + zlib.compress(json.dumps(content).encode(), _FAST)


def _format(named: str | None, file: IO[bytes]) -> ResultFormat:
    if named is not None and _is_empty_list(file):
        return ResultFormat(named)
    found = format_of(file)
    if named is not None and found != named:
        raise unreadable("", f"this is {found} and not {named}")
    return found


def _is_empty_list(file: IO[bytes]) -> bool:
    """A list of nothing says of itself no format."""
    file.seek(0)
    return file.read(64).split() in ([b"[]"], [b"[", b"]"])


def _row(reported: Reported, run: Run) -> dict[str, Any]:
    row = dict(as_json(reported))
    named = ((text(framework), text(reference)) for framework, reference in reported.requirements)
    known = [pair for pair in dict.fromkeys(named) if all(pair)][:MOST_REQUIREMENTS]
    row["requirements"] = [{"framework": framework, "requirement": reference} for framework, reference in known]
    row["check"] = text(reported.check, _LONGEST_CHECK) or "a check without a name"
    row["tool"] = reported.tool or run.tool or "unknown"
    return row


@dataclass(slots=True)
class _Check:
    """One check over all its resources."""

    title: str | None
    observed_at: str | None = None
    severity: str | None = None
    detail: str | None = None
    url: str | None = None
    verdicts: Counter[str] = field(default_factory=Counter)
    requirements: dict[tuple[str, str], None] = field(default_factory=dict)

    @property
    def verdict(self) -> ResultVerdict:
        return next(verdict for verdict in _WORST if self.verdicts[verdict])


@dataclass(slots=True)
class _Summed:
    """What the results come to."""

    verdicts: Counter[str] = field(default_factory=Counter)
    vulnerabilities: int = 0
    checks: dict[tuple[str, str], _Check] = field(default_factory=dict)

    def add(self, row: Mapping[str, Any]) -> None:
        self.verdicts[row["verdict"]] += 1
        if self.verdicts.total() > MOST_RESULTS:
            raise unreadable("", f"a file may have {MOST_RESULTS:,} results")
        if row["kind"] == ResultKind.VULNERABILITY:
            self.vulnerabilities += 1
            if self.vulnerabilities > MOST_VULNERABILITIES:
                raise unreadable("", f"a file may have {MOST_VULNERABILITIES:,} vulnerabilities; send one a target")
            return
        check = self.checks.setdefault((row["tool"], row["check"]), _Check(row["title"]))
        if len(self.checks) > MOST_CHECKS:
            raise unreadable("", f"a file may have {MOST_CHECKS:,} checks; send one for each suite")
        worse = not check.verdicts or _WORST.index(row["verdict"]) < _WORST.index(check.verdict)
        if worse:
            check.detail, check.url, check.severity = row["detail"], row["url"], row["severity"]
        check.verdicts[row["verdict"]] += 1
        check.observed_at = max(filter(None, (check.observed_at, row["observed_at"])), default=None)
        for each in row["requirements"]:
            if len(check.requirements) < MOST_REQUIREMENTS:
                check.requirements[each["framework"], each["requirement"]] = None

    def told(self) -> dict[str, Any]:
        return {
            "results": self.verdicts.total(),
            "verdicts": {verdict: self.verdicts[verdict] for verdict in ResultVerdict},
            "vulnerabilities": self.vulnerabilities,
            "checks": [_told(tool, name, check) for (tool, name), check in self.checks.items()],
        }


def _told(tool: str, name: str, check: _Check) -> dict[str, Any]:
    requirements: Sequence[tuple[str, str]] = list(check.requirements)
    return {
        "tool": tool,
        "check": name,
        "verdict": check.verdict,
        "verdicts": dict(check.verdicts),
        "requirements": [{"framework": framework, "requirement": each} for framework, each in requirements],
        "title": check.title,
        "observed_at": check.observed_at,
        "severity": check.severity,
        "detail": check.detail,
        "url": check.url,
    }
