"""How long a waiver may last, and where it stands in its term. Pure: the same dates give the same answer.

A term is half-open: at `expires_at` itself the waiver is over. A waiver is a decision for a time and no way
around the control, so its term is bounded; whoever needs it longer asks again, and someone decides again.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.controls.register.waivers.models import WaiverPhase
from shared.phases import Phases
from shared.problems import Fault

LONGEST = timedelta(days=366)
NOTICE = timedelta(days=30)
LATEST_REQUEST = timedelta(days=1)
PHASES = Phases(
    WaiverPhase.UPCOMING,
    (WaiverPhase.IN_FORCE, "starts_at"),
    (WaiverPhase.EXPIRING, "expiring_from"),
    (WaiverPhase.EXPIRED, "expires_at"),
)


@dataclass(frozen=True, slots=True)
class Term:
    """From when until when a waiver is in force."""

    starts_at: datetime
    expires_at: datetime

    @property
    def expiring_from(self) -> datetime:
        """30 days before the end, or the last quarter of a term that is shorter than four months."""
        return self.expires_at - min(NOTICE, (self.expires_at - self.starts_at) / 4)

    def phase(self, instant: datetime) -> WaiverPhase:
        """Where it stands at an instant."""
        return PHASES.at(self, instant)

    def ends(self, phase: WaiverPhase) -> datetime | None:
        """When a phase passes into the next; the last one never does."""
        return PHASES.end(self, phase)


def faults_in(term: Term, *, at: datetime) -> Iterator[Fault]:
    """What is wrong with a term that is asked for at an instant."""
    if term.starts_at < at - LATEST_REQUEST:
        yield Fault("/starts_at", "The start is too far in the past.")
    if term.expires_at <= max(term.starts_at, at):
        yield Fault("/expires_at", "The end is before the start, or in the past.")
    elif term.expires_at - term.starts_at > LONGEST:
        yield Fault("/expires_at", f"A waiver lasts at most {LONGEST.days} days; request a renewal for more.")
