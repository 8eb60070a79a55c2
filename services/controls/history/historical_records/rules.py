"""What can be told of an earlier day, and by what. Pure.

1. The day is over: what is done today is done in Attest.
2. Something that shows it was made then: on that day or in the 31 days after it, in which minutes are written and
   reviews filed. What was made later may stand beside it, and shows nothing by itself.
3. Nothing that shows it is made after it is recorded.
4. An item of evidence covers the day, and counts when it was accepted in its review. Documents kept elsewhere are
   pinned by their SHA-256.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from services.controls.history.historical_records.schemas import HistoricalRecordDraft
from services.controls.history.known_items.models import ItemState
from services.controls.history.known_items.queries import ItemFacts
from shared.people.references import KnownPerson, gone, unknown_person
from shared.people.written import reference_in
from shared.problems import Fault

MADE_WITHIN = timedelta(days=31)
_GONE = frozenset({ItemState.RETURNED, ItemState.REPLACED})


def faults_of_days(draft: HistoricalRecordDraft, *, today: date) -> Iterator[Fault]:
    """What is wrong with the day of an act, and with when what shows it was made."""
    if draft.effective_on >= today:
        yield Fault("/effective_on", "The day is not over yet: what is done today is recorded where it is done.")
    for place, shown in enumerate(draft.evidence):
        if shown.made_on > today:
            yield Fault(f"/evidence/{place}/made_on", "The day is in the future.")
    latest = draft.effective_on + MADE_WITHIN
    if not any(shown.made_on <= latest for shown in draft.evidence):
        yield Fault("/evidence", f"None of it was made then: on {draft.effective_on}, or until {latest}.")


def faults_of_performer(
    draft: HistoricalRecordDraft, people: Mapping[str, KnownPerson], present_names: Collection[str]
) -> Iterator[Fault]:
    """What is wrong with who did it. `present_names` are those of the names that an active person has."""
    if draft.performed_by is not None:
        person = people.get(draft.performed_by)
        if person is None:
            yield unknown_person("/performed_by", draft.performed_by)
        elif not person.was_there(draft.effective_on):
            yield gone("/performed_by", person)
    elif draft.performed_by_name is not None and reference_in(draft.performed_by_name):
        yield Fault("/performed_by_name", "An id or e-mail address is given as performed_by.")
    elif draft.performed_by_name in present_names:
        yield Fault("/performed_by_name", "The directory has a person of that name: give the id or e-mail address.")


def faults_of_items(draft: HistoricalRecordDraft, items: Mapping[UUID, ItemFacts]) -> Iterator[Fault]:
    """Which items of evidence cannot show what was done that day."""
    for place, shown in enumerate(draft.evidence):
        if shown.evidence_id is None:
            continue
        pointer, item = f"/evidence/{place}/evidence_id", items.get(shown.evidence_id)
        if item is None:
            yield Fault(pointer, "unknown")
        elif item.state in _GONE:
            yield Fault(pointer, f"was {item.state}")
        elif not item.first_day <= draft.effective_on <= item.last_day:
            yield Fault(pointer, f"It covers {item.first_day} to {item.last_day}, and not {draft.effective_on}.")


def not_accepted(evidence: Iterable[Mapping[str, Any]], items: Mapping[UUID, ItemFacts]) -> list[UUID]:
    """The items of a record's evidence that no review has accepted."""
    return [item for item in items_of(evidence) if item not in items or items[item].state != ItemState.ACCEPTED]


def items_of(evidence: Iterable[Mapping[str, Any]]) -> list[UUID]:
    """The items of the evidence service in a record's evidence."""
    return [UUID(shown["evidence_id"]) for shown in evidence if shown["evidence_id"]]
