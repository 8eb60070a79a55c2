"""Until when evidence is kept, and why. Pure: the same facts give the same answer, whoever asks and whenever.

Documentation of an examination is kept for at least five years from the release of the report (AICPA AU-C 230; most
firms keep seven, as PCAOB AS 1215 has it). So evidence that a released report rests on is kept for five years after the
release whatever its class says, and evidence of an engagement whose report is not out yet is kept until it is.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from services.evidence.keeping.retention.models import RetentionBasis
from shared.problems import Fault

FLOOR_YEARS = 5
_LAST_OF_FEBRUARY = 28


@dataclass(frozen=True, slots=True)
class Facts:
    """What the time of retention of one item is found from. Instants are null while the fact has not happened."""

    basis: RetentionBasis
    years: int
    collected_at: datetime
    covers_until: datetime
    last_release: datetime | None
    awaits_release: bool
    controls_retired_at: datetime | None
    counts_until: datetime | None


@dataclass(frozen=True, slots=True)
class Kept:
    """From which fact the years are counted, the first instant at which the item need not be kept, and why."""

    started_at: datetime | None
    until: datetime | None
    because: str

    def due(self, as_of: datetime) -> bool:
        """Whether its time is over at an instant."""
        return self.until is not None and self.until <= as_of


def kept(facts: Facts) -> Kept:
    """Until when an item is kept; without an end as long as the fact that starts the clock has not happened."""
    started, began = _start(facts)
    if facts.awaits_release:
        return Kept(started, None, "An engagement that it is evidence for has not released its report yet.")
    if started is None:
        return Kept(None, None, began)
    ends = [(plus_years(started, facts.years), f"{facts.years} years after {began}.")]
    if facts.last_release is not None:
        floor = plus_years(facts.last_release, FLOOR_YEARS)
        ends.append((floor, f"A report rests on it: never less than {FLOOR_YEARS} years after its release."))
    if facts.counts_until is not None:
        ends.append((facts.counts_until, "It is still counted as proof."))
    until, because = max(ends, key=lambda end: end[0])
    return Kept(started, until, because)


def _start(facts: Facts) -> tuple[datetime | None, str]:
    match facts.basis:
        case RetentionBasis.REPORT_RELEASE:
            waiting = "No report that rests on it has been released."
            return facts.last_release, waiting if facts.last_release is None else "the report's release"
        case RetentionBasis.COLLECTION:
            return facts.collected_at, "its collection"
        case RetentionBasis.PERIOD_END:
            return facts.covers_until, "the end of the period it covers"
        case RetentionBasis.CONTROL_RETIREMENT:
            at = facts.controls_retired_at
            return (
                at,
                "A control that it proves has not been retired." if at is None else "its last control's retirement",
            )


def plus_years(instant: datetime, years: int) -> datetime:
    """The same day and time of day in UTC, years later; 28 February for a 29th that is not there."""
    instant = instant.astimezone(UTC)
    try:
        return instant.replace(year=instant.year + years)
    except ValueError:
        return instant.replace(year=instant.year + years, day=_LAST_OF_FEBRUARY)


def faults_of(basis: RetentionBasis, years: int) -> list[Fault]:
    """What is wrong with a class of this basis and number of years."""
    if basis == RetentionBasis.REPORT_RELEASE and years < FLOOR_YEARS:
        return [Fault("/years", f"audit evidence is kept for at least {FLOOR_YEARS} years (AICPA AU-C 230)")]
    return []
