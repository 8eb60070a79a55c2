"""The verbs of an entry. Each changes its row and adds the event, in the caller's transaction."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.controls.frameworks.crosswalk_entries.queries import existing_entries
from services.controls.frameworks.crosswalk_entries.rules import faults_of
from services.controls.frameworks.crosswalk_entries.schemas import EntryBatch, EntryDraft, EntryRevision, Mapping
from services.controls.frameworks.crosswalks.actions import locked_crosswalk
from services.controls.frameworks.crosswalks.models import Crosswalk, CrosswalkEntry, EntryStatus
from services.controls.frameworks.requirements.queries import known
from shared.clock import new_id
from shared.data.records import found, locked
from shared.data.sessions import organisation_of
from shared.data.transactions import Written
from shared.events.catalogue.crosswalks import CrosswalkEntryRevised, CrosswalkEntryWithdrawn, CrosswalkEntryWritten
from shared.events.trail import announce
from shared.identity.callers import Actor
from shared.problems import Fault, Invalid, NotFound, not_allowed


async def write(session: AsyncSession, *, draft: EntryDraft, by: Actor, at: datetime) -> UUID:
    """Write one entry; `Invalid` names what no framework asks for, and what is there already."""
    crosswalk = await locked_crosswalk(session, draft.crosswalk_id, "write an entry")
    mapping = Mapping(**draft.model_dump(exclude={"crosswalk_id"}))
    if faults := (await _faults(session, crosswalk, [mapping], [""]))[0]:
        raise Invalid("The crosswalk entry is not valid.", faults=faults)
    return (await _write(session, crosswalk, [mapping], by=by, at=at))[0]


async def write_all(session: AsyncSession, *, batch: EntryBatch, by: Actor, at: datetime) -> list[UUID | list[Fault]]:
    """Write what can be written of a batch; for each its id, or what is wrong. `Invalid` when atomic and any is."""
    crosswalk = await locked_crosswalk(session, batch.crosswalk_id, "write entries")
    places = [f"/entries/{place}" for place in range(len(batch.entries))]
    faults = await _faults(session, crosswalk, batch.entries, places)
    if batch.atomic and any(faults):
        raise Invalid("None of the entries was written.", faults=[fault for of_one in faults for fault in of_one])
    sound = [mapping for mapping, wrong in zip(batch.entries, faults, strict=True) if not wrong]
    ids = iter(await _write(session, crosswalk, sound, by=by, at=at))
    return [wrong or next(ids) for wrong in faults]


async def revise(
    session: AsyncSession, entry_id: UUID, *, revision: EntryRevision, expected: int, by: Actor, at: datetime
) -> None:
    """Change how two requirements relate, or what is said of it."""
    entry = await _entry(session, entry_id, "revise", expected)
    said = revision.model_dump(exclude_unset=True)
    for name, value in said.items():
        if name != "relation" or value is not None:
            setattr(entry, name, value)
    event = CrosswalkEntryRevised(source=entry.source, target=entry.target, relation=entry.relation)
    announce(session, event, about=entry, by=by, at=at)


async def withdraw(session: AsyncSession, entry_id: UUID, *, expected: int, by: Actor, at: datetime) -> None:
    """Active → withdrawn: nothing is read through it any longer, and the pair may be written anew."""
    entry = await _entry(session, entry_id, "withdraw", expected)
    entry.status = EntryStatus.WITHDRAWN
    event = CrosswalkEntryWithdrawn(source=entry.source, target=entry.target, relation=entry.relation)
    announce(session, event, about=entry, by=by, at=at)


async def _entry(session: AsyncSession, entry_id: UUID, verb: str, expected: int) -> CrosswalkEntry:
    """The entry, locked after its crosswalk, in the order in which a batch locks them."""
    seen = await found(session, CrosswalkEntry, entry_id)
    if seen is None:
        raise NotFound(f"There is no crosswalk entry {entry_id}.")
    await locked_crosswalk(session, seen.crosswalk_id, f"{verb} an entry")
    entry = await locked(session, CrosswalkEntry, entry_id, noun="crosswalk entry", expected=expected)
    if entry.status != EntryStatus.ACTIVE:
        raise not_allowed(verb, entry.status, [])
    return entry


async def _faults(
    session: AsyncSession, crosswalk: Crosswalk, mappings: Sequence[Mapping], places: Sequence[str]
) -> list[list[Fault]]:
    there = await known(session, [reference for mapping in mappings for reference in (mapping.source, mapping.target)])
    taken = set(await existing_entries(session, crosswalk.id, mappings))
    faults = []
    for mapping, place in zip(mappings, places, strict=True):
        wrong = faults_of(mapping, at=place, source=crosswalk.source, target=crosswalk.target, known=there, taken=taken)
        faults.append(list(wrong))
        taken.add((mapping.source, mapping.target))
    return faults


async def _write(
    session: AsyncSession, crosswalk: Crosswalk, mappings: Sequence[Mapping], *, by: Actor, at: datetime
) -> list[UUID]:
    rows = [
        {"id": new_id(), "crosswalk_id": crosswalk.id, "status": EntryStatus.ACTIVE, **mapping.model_dump()}
        for mapping in mappings
    ]
    if rows:
        common = {"org_id": organisation_of(session), "version": 1, "created_at": at, "updated_at": at}
        await session.execute(insert(CrosswalkEntry), [{**row, **common} for row in rows])
    for row in rows:
        event = CrosswalkEntryWritten(source=row["source"], target=row["target"], relation=row["relation"])
        announce(session, event, about=Written(row["id"], 1, after=row), by=by, at=at)
    return [row["id"] for row in rows]
