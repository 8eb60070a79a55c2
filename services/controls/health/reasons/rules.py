"""A reason, and what missed occurrences say of a control's health. Pure.

1. Monthly or more rarely: a miss that is not followed up makes the control failing.
2. More often: one such miss puts it at risk; two make it failing, and so do two or more in the last twelve months when
   they are more than the tolerated share of what was expected.
3. A miss that was followed up keeps the control at risk until the end of the programme's period that holds it, or for
   twelve months where there is none (`programme_periods/rules.py`). Until it is followed up it counts however old it
   is.
4. A miss that a later record made good counts in neither of the first two, and keeps the control at risk as long: that
   it was announced stays true, and the reason names the day of the record.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from services.controls.register.missed_occurrences.rules import Miss, MissRecord
from shared.events.catalogue.controls import ReasonCode

REMEMBERED = timedelta(days=365)
# By which of the reasons a control is failing for what it missed.
MISSED = (
    ReasonCode.OCCURRENCE_MISSED,
    ReasonCode.OCCURRENCES_MISSED_IN_A_ROW,
    ReasonCode.OCCURRENCES_MISSED_TOO_OFTEN,
)


@dataclass(frozen=True, order=True, slots=True)
class Reason:
    """Why, in words a person can act on, with a code that programs can tell apart; and from when, if that is known."""

    text: str
    code: ReasonCode
    since: datetime | None = field(default=None, compare=False)


def moment(word: str, instant: datetime | None) -> str:
    """An instant in words, after a word such as "until"; nothing when there is none."""
    return "" if instant is None else f"{word} {instant:%Y-%m-%d %H:%M} UTC"


def failures_by_misses(record: MissRecord, *, tolerated_percent: int, as_of: datetime) -> list[Reason]:
    """Why the missed occurrences of a control make it failing."""
    missed = [miss for miss in record.misses if not miss.made_good_on]
    pending = [miss for miss in missed if not miss.is_followed_up]
    rare, frequent = _of(pending, rare=True), _of(pending, rare=False)
    found = []
    if rare:
        words = f"{_told(rare)}, and the control not performed since."
        found.append(Reason(words, ReasonCode.OCCURRENCE_MISSED, min(miss.missed_at for miss in rare)))
    if len(frequent) > 1:
        words = f"{_told(frequent)}, and the control not performed since."
        second = sorted(miss.missed_at for miss in frequent)[1]
        found.append(Reason(words, ReasonCode.OCCURRENCES_MISSED_IN_A_ROW, second))
    recent = _of(_recent(missed, as_of), rare=False)
    expected = len(recent) + record.performed
    if len(recent) > 1 and 100 * len(recent) > tolerated_percent * expected:
        words = f"{len(recent)} of {expected} occurrences expected in the last twelve months were missed;"
        words += f" {tolerated_percent} percent are tolerated."
        found.append(Reason(words, ReasonCode.OCCURRENCES_MISSED_TOO_OFTEN, max(miss.missed_at for miss in recent)))
    return found


def doubts_by_misses(record: MissRecord, *, as_of: datetime) -> list[Reason]:
    """Why the missed occurrences of a control put it at risk, unless they make it failing."""
    missed = [miss for miss in record.misses if not miss.made_good_on]
    pending = _of([miss for miss in missed if not miss.is_followed_up], rare=False)
    kept = [miss for miss in record.misses if as_of < _forgotten_at(miss)]
    earlier = [miss for miss in kept if miss.is_followed_up and not miss.made_good_on]
    made_good = [miss for miss in kept if miss.made_good_on]
    found = []
    if len(pending) == 1:
        found.append(Reason(f"{_told(pending)}.", ReasonCode.OCCURRENCE_MISSED))
    if earlier:
        words = f"{_told(earlier)}; the control has been performed since."
        found.append(Reason(words, ReasonCode.OCCURRENCE_MISSED_EARLIER))
    if made_good:
        recorded_on = max(miss.made_good_on for miss in made_good if miss.made_good_on)
        words = f"{_told(made_good)}, and made good by a record of {recorded_on}."
        found.append(Reason(words, ReasonCode.OCCURRENCE_MADE_GOOD))
    return found


def forgotten_at(record: MissRecord) -> list[datetime]:
    """The instants at which misses no longer count by the clock."""
    return [instant for miss in record.misses for instant in (_forgotten_at(miss), miss.missed_at + REMEMBERED)]


def _forgotten_at(miss: Miss) -> datetime:
    return miss.counts_until or miss.missed_at + REMEMBERED


def _recent(misses: Iterable[Miss], as_of: datetime) -> list[Miss]:
    return [miss for miss in misses if as_of < miss.missed_at + REMEMBERED]


def _of(misses: Iterable[Miss], *, rare: bool) -> list[Miss]:
    return [miss for miss in misses if miss.is_rare == rare]


def _told(misses: Sequence[Miss]) -> str:
    last = max(miss.due_on for miss in misses)
    if len(misses) == 1:
        return f"The occurrence due on {last} was missed"
    return f"{len(misses)} occurrences were missed, the last of them due on {last}"
