"""The verb of a historical record: tell what was done on an earlier day. It has no effect before it is accepted."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.controls.days import day_of
from services.controls.earlier import whoever
from services.controls.history.historical_records.models import HistoricalRecord
from services.controls.history.historical_records.queries import Subjects, subjects_of
from services.controls.history.historical_records.rules import (
    faults_of_days,
    faults_of_items,
    faults_of_performer,
)
from services.controls.history.historical_records.schemas import HistoricalRecordDraft
from services.controls.history.known_items.queries import ItemFacts, items_known
from services.controls.policies.policies.models import Policy
from services.controls.register.controls.models import Control
from shared.data.sessions import organisation_of
from shared.events.catalogue.history import HistoricalRecordRecorded
from shared.events.trail import announce
from shared.identity.callers import Actor
from shared.people.references import KnownPerson, people_named, require_people
from shared.people.written import ids_by_name
from shared.problems import Fault, Invalid


class RecordUnfounded(Invalid):
    """What the historical record tells is not shown, or refers to something that does not exist."""


_KEPT = {
    *("kind", "control_id", "version_id", "campaign_id", "procedure_id"),
    *("effective_on", "due_on", "test_kind", "outcome", "notes"),
}


@dataclass(frozen=True, slots=True)
class Known:
    """What the references of some records mean: their subjects, people, names of active people, items of evidence."""

    subjects: Subjects
    people: Mapping[str, KnownPerson]
    present_names: Collection[str]
    items: Mapping[UUID, ItemFacts]


async def record(session: AsyncSession, *, draft: HistoricalRecordDraft, by: Actor, at: datetime) -> HistoricalRecord:
    """Tell what was done outside Attest on an earlier day; someone else accepts it.

    People are refused as `require_people` says, those who left before that day too. `RecordUnfounded` names what is
    not there, or not shown by anything that was made then.
    """
    pointer = "/performed_by"
    await require_people(session, {pointer: draft.performed_by}, days={pointer: draft.effective_on})
    known = await look_up(session, [draft])
    if faults := faults_of(draft, known, at=at):
        raise RecordUnfounded("It cannot be recorded like this.", faults=faults, may_be_late=True)
    record = compose(session, draft, known, by=by, at=at)
    write_down(session, record, subject_of(draft, known.subjects), by=by, at=at)
    return record


async def look_up(session: AsyncSession, drafts: Sequence[HistoricalRecordDraft]) -> Known:
    """What the references of these drafts mean, in a statement for each kind of thing."""
    names = {draft.performed_by_name for draft in drafts if draft.performed_by_name}
    found = await ids_by_name(session, names)
    items = {shown.evidence_id for draft in drafts for shown in draft.evidence if shown.evidence_id}
    return Known(
        subjects=await subjects_of(session, drafts),
        people=await people_named(session, {draft.performed_by for draft in drafts if draft.performed_by}),
        present_names={name for name in names if found.get(name)},
        items=await items_known(session, items),
    )


def faults_of(draft: HistoricalRecordDraft, known: Known, *, at: datetime) -> list[Fault]:
    """All that is wrong with a draft."""
    faults = list(_unknown(draft, known.subjects))
    faults += faults_of_days(draft, today=day_of(at))
    faults += faults_of_performer(draft, known.people, known.present_names)
    return [*faults, *faults_of_items(draft, known.items)]


def compose(
    session: AsyncSession,
    draft: HistoricalRecordDraft,
    known: Known,
    *,
    by: Actor,
    at: datetime,
    import_id: UUID | None = None,
) -> HistoricalRecord:
    """The record of a draft without faults, not written down yet."""
    person = known.people[draft.performed_by] if draft.performed_by else None
    about = subject_of(draft, known.subjects)
    return HistoricalRecord(
        **draft.model_dump(include=_KEPT),
        **draft.model_dump(mode="json", include={"evidence"}),
        performed_by=whoever(person.id if person else None, person.name if person else draft.performed_by_name),
        policy_id=about.id if isinstance(about, Policy) else None,
        import_id=import_id,
        org_id=organisation_of(session),
        recorded_by=by.recorded,
        created_at=at,
        updated_at=at,
    )


def write_down(
    session: AsyncSession, record: HistoricalRecord, about: Control | Policy, *, by: Actor, at: datetime
) -> None:
    """Put a record on record."""
    session.add(record)
    announce(session, HistoricalRecordRecorded(**event_fields(record, about)), about=record, by=by, at=at)


def event_fields(record: HistoricalRecord, about: Control | Policy) -> dict[str, Any]:
    """What every event about a historical record says."""
    return {
        "kind": record.kind,
        "code": about.code,
        "control_ids": [about.id] if isinstance(about, Control) else about.control_ids,
        "effective_on": record.effective_on,
        "recorded_at": record.created_at,
    }


def _unknown(draft: HistoricalRecordDraft, subjects: Subjects) -> Iterator[Fault]:
    there: dict[str, Collection[UUID]] = {
        "control_id": subjects.controls.keys(),
        "procedure_id": subjects.procedures,
        "version_id": subjects.of_versions.keys(),
        "campaign_id": subjects.of_campaigns.keys(),
    }
    for member, known in there.items():
        if (key := getattr(draft, member)) is not None and key not in known:
            yield Fault(f"/{member}", "unknown")


def subject_of(draft: HistoricalRecordDraft, subjects: Subjects) -> Control | Policy:
    """The control or policy that a draft is about; it is there."""
    if draft.control_id:
        return subjects.controls[draft.control_id]
    if draft.version_id:
        return subjects.of_versions[draft.version_id]
    assert draft.campaign_id, "it is about something"
    return subjects.of_campaigns[draft.campaign_id]
