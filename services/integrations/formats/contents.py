"""What any result file comes down to: results of one shape, and the run that they are of."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

LARGEST = 128 * 1024 * 1024  # bytes of a file
MOST_RESULTS = 200_000
MOST_CHECKS = 10_000
MOST_VULNERABILITIES = 5_000
MOST_REQUIREMENTS = 200  # of one result


class ResultFormat(StrEnum):
    """Which format a file has. `ocsf` is also Prowler's, `cyclonedx` VEX in CycloneDX, `xccdf` ARF, `hdf` InSpec's."""

    JUNIT = "junit"
    SARIF = "sarif"
    TRIVY = "trivy"
    OCSF = "ocsf"
    CYCLONEDX = "cyclonedx"
    XCCDF = "xccdf"
    HDF = "hdf"
    OSCAL = "oscal"
    CHECKOV = "checkov"
    CUSTODIAN = "custodian"


class ResultVerdict(StrEnum):
    """What a result says. Only the tool's own word for success is `pass`; what did not run is `inconclusive`."""

    PASS = "pass"  # noqa: S105 - a verdict
    FAIL = "fail"
    ERROR = "error"
    INCONCLUSIVE = "inconclusive"
    NOT_APPLICABLE = "not_applicable"


class ResultKind(StrEnum):
    """A check that a tool made, or a vulnerability that it knows of."""

    CHECK = "check"
    VULNERABILITY = "vulnerability"


class ResultSeverity(StrEnum):
    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFORMATIONAL = "informational"


@dataclass(frozen=True, slots=True)
class Reported:
    """One result. Texts are cut to their bounds when they are written; see `texts.py`.

    `requirements` are (framework, requirement) as the tool names them. `fixed_in` is the version that has the fix,
    `fixed_at` says that the tool found it fixed. `suppression` is why the tool was told to overlook it.
    """

    check: str
    verdict: ResultVerdict
    kind: ResultKind = ResultKind.CHECK
    tool: str | None = None
    title: str | None = None
    requirements: tuple[tuple[str, str], ...] = ()
    resource: str | None = None
    severity: ResultSeverity | None = None
    observed_at: datetime | None = None
    first_seen_at: datetime | None = None
    fixed_at: datetime | None = None
    fixed_in: str | None = None
    detail: str | None = None
    url: str | None = None
    suppression: str | None = None


@dataclass(slots=True)
class Run:
    """The run that a file is of, as far as the file says: filled in while it is read."""

    tool: str | None = None
    tool_version: str | None = None
    run: str | None = None
    observed_at: datetime | None = None


def as_json(value: Reported | Run) -> Mapping[str, Any]:
    """As it is written between processes."""
    return {name: each.isoformat() if isinstance(each, datetime) else each for name, each in asdict(value).items()}
