"""What follows from a verdict. Pure."""

from dataclasses import dataclass
from datetime import timedelta

from services.evidence.intake.files.models import Scan
from shared.problems import Conflict

_TRY_AGAIN = timedelta(seconds=15)


class Quarantined(Conflict):
    """Malware was found in the file."""


class NotYetScanned(Conflict):
    """The malware scan of this file is not finished."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the scanner says of bytes: `finding` is the name of the malware in them."""

    scan: Scan
    finding: str | None = None


def after(present: str, verdict: Verdict) -> bool:
    """Whether a verdict changes what is known: one that could not be had does not, and the same again does not."""
    return verdict.scan in {Scan.CLEAN, Scan.QUARANTINED} and verdict.scan != present


def refuse_quarantined(scan: str, finding: str | None) -> None:
    """`Quarantined` for a file in which malware was found."""
    if scan == Scan.QUARANTINED:
        raise Quarantined(f"The scanner found {finding} in this file; it cannot be downloaded or submitted.")


def refuse_unsafe(scan: str, finding: str | None, *, before_scan: bool) -> None:
    """`Quarantined`, or `NotYetScanned` unless this installation serves files before they are scanned."""
    refuse_quarantined(scan, finding)
    if scan == Scan.PENDING and not before_scan:
        raise NotYetScanned(
            "The file is still being scanned; try again.",
            headers={"Retry-After": str(_TRY_AGAIN.seconds)},
        )
