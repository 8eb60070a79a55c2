"""What of a chronology is out of order. Pure functions.

Evidence comes before the test, the test before its review, the review before the conclusion, the conclusion before the
report (AT-C sections 105 and 205); a population is frozen and found reliable before a seed is made for it, and the seed
before the draw (docs/decisions/0039). What is out of order is no proof of a fault: it is what a quality reviewer asks
about. The bounds of time are ours; no standard has any.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Any
from uuid import UUID

# A review of less than a minute read nothing; several papers signed within a minute were signed in one go.
SHORTEST_REVIEW = timedelta(minutes=1)
BULK_WITHIN = timedelta(minutes=1)
BULK = 5

POPULATION_RELIABLE = "audit.population.found_reliable"
POPULATION_FROZEN = "audit.population.frozen"
SEEDED, DRAWN = "audit.sample.seeded", "audit.sample.drawn"
ITEM_DECIDED = "audit.sample_item.decided"
ITEM_TESTED = "audit.item_test.recorded"
PREPARED, REVIEWED = "audit.paper.prepared", "audit.paper.reviewed"
PARTNER_REVIEWED = "audit.paper.partner_reviewed"
REPORT_APPROVED, REPORT_ISSUED = "audit.audit_report.approved", "audit.audit_report.issued"
OF_INTEREST = frozenset(
    {
        *(POPULATION_RELIABLE, POPULATION_FROZEN, SEEDED, DRAWN, ITEM_DECIDED, ITEM_TESTED),
        *(PREPARED, REVIEWED, PARTNER_REVIEWED, REPORT_APPROVED, REPORT_ISSUED),
    }
)


class InversionCode(StrEnum):
    """What is out of order."""

    SEEDED_BEFORE_FROZEN = "seeded_before_frozen"
    DRAWN_BEFORE_RELIABLE = "drawn_before_reliable"
    TESTED_AFTER_PREPARED = "tested_after_prepared"
    REVIEWED_AT_ONCE = "reviewed_at_once"
    SIGNED_IN_BULK = "signed_in_bulk"
    REPORTED_BEFORE_REVIEWED = "reported_before_reviewed"


@dataclass(frozen=True, slots=True)
class Happened:
    """An event of the chronology."""

    id: UUID
    type: str
    subject: UUID
    at: datetime
    person: UUID | None
    person_name: str | None
    data: Mapping[str, Any]

    @property
    def paper(self) -> str | None:
        """The paper that it is about."""
        return str(self.data["paper_id"]) if "paper_id" in self.data else str(self.subject)


@dataclass(frozen=True, slots=True)
class Inversion:
    """Something out of order: what, in words, since when, and the events that show it."""

    code: InversionCode
    text: str
    at: datetime
    event_ids: tuple[UUID, ...]


def inversions(chronology: Iterable[Happened]) -> list[Inversion]:
    """All that is out of order, in the order in which it came to be so."""
    told = sorted(chronology, key=lambda each: (each.at, each.id))
    found = [
        *_of_populations(told),
        *_of_papers(told),
        *_of_signatures(told, PREPARED),
        *_of_signatures(told, REVIEWED),
        *_of_reports(told),
    ]
    return sorted(found, key=lambda each: (each.at, each.code, each.event_ids))


def _of_populations(told: Sequence[Happened]) -> Iterator[Inversion]:
    frozen = _first_by_subject(told, POPULATION_FROZEN)
    reliable = _first_by_subject(told, POPULATION_RELIABLE)
    for each in told:
        population = str(each.data.get("population_id"))
        if each.type == SEEDED and not _is_before(before := frozen.get(population), each):
            words = "A seed was made before the population was frozen."
            yield Inversion(InversionCode.SEEDED_BEFORE_FROZEN, words, each.at, _ids(each, before))
        if each.type == DRAWN and not _is_before(before := reliable.get(population), each):
            words = "A sample was drawn before its population was found reliable."
            yield Inversion(InversionCode.DRAWN_BEFORE_RELIABLE, words, each.at, _ids(each, before))


def _of_papers(told: Sequence[Happened]) -> Iterator[Inversion]:
    """Tests that were recorded after the paper was signed as done, and reviews that came at once."""
    prepared: dict[str | None, Happened] = {}
    for each in told:
        signed = prepared.get(each.paper)
        if each.type == PREPARED:
            prepared[each.paper] = each
        elif each.type == ITEM_TESTED and signed is not None:
            words = "An item was tested after the paper was signed as prepared."
            yield Inversion(InversionCode.TESTED_AFTER_PREPARED, words, each.at, (signed.id, each.id))
        elif each.type in {REVIEWED, PARTNER_REVIEWED} and signed is not None:
            seconds = (each.at - signed.at).total_seconds()
            if each.at - signed.at < SHORTEST_REVIEW:
                words = f"{each.person_name or 'Somebody'} reviewed a paper {seconds:.0f} s after it was prepared."
                yield Inversion(InversionCode.REVIEWED_AT_ONCE, words, each.at, (signed.id, each.id))


def _of_signatures(told: Sequence[Happened], kind: str) -> Iterator[Inversion]:
    """Runs of signatures of one person, each within a minute of the one before."""
    by_person: dict[UUID, list[Happened]] = defaultdict(list)
    for each in told:
        if each.type == kind and each.person is not None:
            by_person[each.person].append(each)
    for signed in by_person.values():
        for run in _runs(signed):
            if len({each.paper for each in run}) >= BULK:
                done = "prepared" if kind == PREPARED else "reviewed"
                words = f"{run[0].person_name} signed {len(run)} papers as {done}, each within a minute of the last."
                ids = tuple(each.id for each in run)
                yield Inversion(InversionCode.SIGNED_IN_BULK, words, run[-1].at, ids)


def _of_reports(told: Sequence[Happened]) -> Iterator[Inversion]:
    """Reports that were approved or issued while a paper that was prepared before had not been reviewed."""
    open_papers: dict[str | None, Happened] = {}
    for each in told:
        if each.type == PREPARED:
            open_papers[each.paper] = each
        elif each.type == REVIEWED:
            open_papers.pop(each.paper, None)
        elif each.type in {REPORT_APPROVED, REPORT_ISSUED} and open_papers:
            done = "approved" if each.type == REPORT_APPROVED else "issued"
            words = f"The report was {done} while {len(open_papers)} prepared papers were not reviewed."
            ids = (*(paper.id for paper in open_papers.values()), each.id)
            yield Inversion(InversionCode.REPORTED_BEFORE_REVIEWED, words, each.at, ids)


def _runs(signed: Sequence[Happened]) -> Iterator[list[Happened]]:
    run = list(signed[:1])
    for last, each in pairwise(signed):
        if each.at - last.at > BULK_WITHIN:
            yield run
            run = []
        run.append(each)
    if run:
        yield run


def _first_by_subject(told: Iterable[Happened], kind: str) -> dict[str, Happened]:
    found: dict[str, Happened] = {}
    for each in told:
        if each.type == kind:
            found.setdefault(str(each.subject), each)
    return found


def _is_before(earlier: Happened | None, later: Happened) -> bool:
    return earlier is not None and earlier.at <= later.at


def _ids(each: Happened, other: Happened | None) -> tuple[UUID, ...]:
    return (each.id, other.id) if other else (each.id,)
