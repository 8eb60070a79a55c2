"""How health is found. A pure function: the same facts give the same health, whoever asks and whenever.

In order, the first that applies:
1. A control that is not in operation has no health to speak of: unknown.
2. An expectation that had evidence and has none that is fresh: failing. Superseded evidence is no sign of that: a
   newer item has been accepted in its place, of which the news may come a moment later.
3. An expectation that never had accepted evidence, or no expectation at all: unknown.
4. Fresh evidence that will soon run out, with none to take its place: at risk.
5. Otherwise the control is healthy.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.controls.health.models import ProofState
from shared.events.catalogue.controls import HealthState


@dataclass(frozen=True, slots=True)
class ProofFacts:
    """One item for one expectation, as announced."""

    title: str
    state: ProofState
    valid_until: datetime | None


@dataclass(frozen=True, slots=True)
class ExpectationFacts:
    """One expectation and the items that were accepted for it."""

    title: str
    proofs: Sequence[ProofFacts]


@dataclass(frozen=True, slots=True)
class Assessment:
    """A state and why, in words a person can act on."""

    state: HealthState
    reasons: tuple[str, ...]


_LIVE = frozenset({ProofState.ACCEPTED, ProofState.EXPIRING})


def assess(expectations: Sequence[ExpectationFacts], *, implemented: bool) -> Assessment:
    """The health of a control, from what is expected of it and what has been announced of its evidence."""
    if not implemented:
        return Assessment(HealthState.UNKNOWN, ("The control is not in operation.",))
    if not expectations:
        return Assessment(HealthState.UNKNOWN, ("No evidence is expected of this control yet.",))
    ordered = sorted(expectations, key=lambda each: each.title)
    failing = [_expired(each) for each in ordered if each.proofs and not _live(each)]
    if failing:
        return Assessment(HealthState.FAILING, tuple(failing))
    unproven = [f"No evidence has been accepted for '{each.title}' yet." for each in ordered if not each.proofs]
    if unproven:
        return Assessment(HealthState.UNKNOWN, tuple(unproven))
    expiring = [_expiring(each) for each in ordered if all(p.state == ProofState.EXPIRING for p in _live(each))]
    if expiring:
        return Assessment(HealthState.AT_RISK, tuple(expiring))
    return Assessment(HealthState.HEALTHY, tuple(f"Evidence for '{each.title}' is fresh." for each in ordered))


def _live(expectation: ExpectationFacts) -> list[ProofFacts]:
    standing = [proof for proof in expectation.proofs if proof.state != ProofState.SUPERSEDED]
    return [proof for proof in standing if proof.state in _LIVE] if standing else list(expectation.proofs)


def _expired(expectation: ExpectationFacts) -> str:
    ends = [proof.valid_until for proof in expectation.proofs if proof.valid_until is not None]
    when = f" on {max(ends):%Y-%m-%d %H:%M} UTC" if ends else ""
    return f"Evidence for '{expectation.title}' expired{when}."


def _expiring(expectation: ExpectationFacts) -> str:
    ends = [proof.valid_until for proof in _live(expectation) if proof.valid_until is not None]
    when = f" on {max(ends):%Y-%m-%d %H:%M} UTC" if ends else " soon"
    return f"Evidence for '{expectation.title}' expires{when}."
