"""How freshness is found. Pure: the same dates give the same freshness, whoever asks and whenever.

Evidence counts for the period it covers and for the expectation's `freshness_days` after it; it is expiring in the last
`expiring_days` before that end. Ends are half-open: at the end itself it no longer counts. A day is 24 hours.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from services.evidence.items.proofs.models import Announced, Freshness
from shared.phases import Phases

FRESHNESS = Phases(Freshness.FRESH, (Freshness.EXPIRING, "expiring_from"), (Freshness.EXPIRED, "valid_until"))


@dataclass(frozen=True, slots=True)
class Validity:
    """From when on evidence is expiring, and from when on it no longer counts."""

    expiring_from: datetime
    valid_until: datetime

    def as_of(self, instant: datetime) -> Freshness:
        """The freshness at an instant."""
        return FRESHNESS.at(self, instant)


def validity(covers_until: datetime, *, freshness_days: int, expiring_days: int) -> Validity:
    """How long evidence counts whose covered period ends at `covers_until`."""
    valid_until = covers_until + timedelta(days=freshness_days)
    return Validity(valid_until - timedelta(days=expiring_days), valid_until)


@dataclass(frozen=True, slots=True)
class Counting:
    """An accepted item for one expectation, neither superseded nor withdrawn, and what was last announced of it."""

    item_id: UUID
    expectation_id: UUID
    control_id: UUID
    validity: Validity
    announced: Announced
    superseded_by: UUID | None = None


def superseded(mine: Sequence[Counting], earlier: Sequence[Counting]) -> list[Counting]:
    """Which proofs are superseded, by which item, once an item is accepted after others.

    Of an expectation's proofs those with the latest end stand. Two with the same end both stand: they may be two halves
    of one proof. An expired one is superseded too: what has been renewed needs nobody's attention any longer.
    """
    found: list[Counting] = []
    for proof in mine:
        end = proof.validity.valid_until
        others = [other for other in earlier if other.expectation_id == proof.expectation_id]
        latest = max(others, key=lambda other: other.validity.valid_until, default=proof)
        if latest.validity.valid_until > end:
            found.append(replace(proof, superseded_by=latest.item_id))
        else:
            found += [
                replace(other, superseded_by=proof.item_id) for other in others if other.validity.valid_until < end
            ]
    return found


def differs(proof: Counting, instant: datetime) -> bool:
    """Whether a proof is something else at an instant than what was last announced of it."""
    return proof.announced != Announced(proof.validity.as_of(instant))
