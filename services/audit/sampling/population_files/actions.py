"""Receiving the file of a population, and the job that makes a frame of it or rejects it."""

import json
import zlib
from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import datetime
from hashlib import sha256
from typing import IO, Any
from uuid import UUID

from sqlalchemy import Table, insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.sampling.conducted_engagements.queries import conducted
from services.audit.sampling.freezing.rules import ROWS
from services.audit.sampling.population_files.models import file_parts, frame_parts
from services.audit.sampling.population_files.queries import forget_parts, parts_in
from services.audit.sampling.population_files.rules import hints_of
from services.audit.sampling.population_files.schemas import OutsidePeriod, PopulationUpload
from services.audit.sampling.populations.actions import event_fields
from services.audit.sampling.populations.models import Population, PopulationStatus
from services.audit.sampling.populations.queries import earlier_of, is_unfinished, of_series
from services.audit.sampling.populations.rules import FROZEN
from services.audit.sampling.tasks import FREEZING, HeadingMissing
from shared.clock import new_id
from shared.data.records import ANY_VERSION, lock_by_id, locked
from shared.data.sessions import instant_of
from shared.data.transactions import touched
from shared.events.catalogue.sampling import (
    PopulationFrozen,
    PopulationReceived,
    PopulationRejected,
    PopulationRevised,
    PopulationSuperseded,
)
from shared.events.trail import announce
from shared.identity.callers import SYSTEM, Actor, Caller
from shared.identity.permissions import P
from shared.jobs.job import Outcome, Step
from shared.jobs.work import Concluded, Job, Work
from shared.problems import Conflict, Fault, Invalid, LimitExceeded, not_allowed
from shared.tables.formats import TableFormat, UnreadableTable

_PART = 256 * 1024  # bytes of a file
_FAST = 1  # zlib
_READ = 0.95  # of all the work, when the file has been read


class ProvenanceMissing(Conflict):
    """It is not known where the population comes from."""


class PopulationFaulty(Invalid):
    """The file has faults, and the population is rejected."""


class UploadReplaced(Conflict):
    """Another file took the place of this one."""


async def receive(
    session: AsyncSession,
    population_id: UUID,
    *,
    content: IO[bytes],
    table_format: TableFormat,
    key_column: str | None,
    day_column: str | None,
    outside: OutsidePeriod,
    caller: Caller,
    at: datetime,
) -> PopulationUpload:
    """Asked or receiving → receiving: keep a file as it was given, in place of one that is still being read.

    `ProvenanceMissing` before its source is known.
    """
    population = await locked(session, Population, population_id, noun="population", expected=ANY_VERSION)
    await conducted(session, population.engagement_id, caller)
    if not is_unfinished(population):
        raise not_allowed("upload a file", population.status, ["add a version"])
    if population.provenance is None:
        raise ProvenanceMissing("Say first which system it comes from, by which query, who ran it and when.")
    await forget_parts(session, population_id)
    digest, size, number = sha256(), 0, 0
    while part := content.read(_PART):
        digest.update(part)
        await _keep(session, file_parts, population, number, zlib.compress(part, _FAST))
        size, number = size + len(part), number + 1
    population.status, population.upload_id = PopulationStatus.RECEIVING, new_id()
    population.file_format, population.file_size = table_format, size
    population.file_sha256 = digest.hexdigest()
    population.key_column, population.day_column = key_column, day_column
    event = PopulationReceived(**event_fields(population))
    announce(session, event, about=population, by=caller.actor, at=at)
    return PopulationUpload(
        population_id=population_id,
        upload_id=population.upload_id,
        table_format=table_format,
        size=size,
        sha256=population.file_sha256,
        parts=number,
        key_column=key_column,
        day_column=day_column,
        outside=outside,
    )


async def _keep(session: AsyncSession, table: Table, population: Population, number: int, content: bytes) -> None:
    row = {"org_id": population.org_id, "engagement_id": population.engagement_id, "population_id": population.id}
    await session.execute(insert(table).values(**row, number=number, content=content))


async def freeze_population(work: Work[PopulationUpload]) -> Concluded:
    """The job: make the frame of a file that was received and freeze it, or reject it with its faults.

    It begins again from the start in another process; what an earlier one wrote of the frame is deleted first.
    """
    given = work.input
    try:
        summary = await _read(work)
    except (HeadingMissing, LimitExceeded):
        await work.step(lambda session: _give_back(session, given, by=work.by))
        raise
    except UnreadableTable as refused:
        await _reject(work, list(refused.faults), refused.more_faults)
        raise
    if faults := [Fault(*fault) for fault in summary["faults"]]:
        await _reject(work, faults, summary["more_faults"])
        raise _faulty(faults, summary["more_faults"])

    async def frozen(session: AsyncSession) -> Outcome:
        await freeze(session, given, summary=summary, by=work.by, at=instant_of(session))
        return Outcome(location=f"/v1/populations/{given.population_id}")

    return await work.conclude(frozen)


POPULATION_FREEZING = Job("population-freezing", PopulationUpload, P.POPULATIONS_WRITE, freeze_population)


async def _read(work: Work[PopulationUpload]) -> dict[str, Any]:
    """Have a child read the file, keep the parts of the frame as they come, and answer the summary."""
    given, read = work.input, 0
    first, last = await _begin(work)
    arguments = {
        "format": given.table_format,
        "key": given.key_column,
        "day": given.day_column,
        "outside": given.outside,
        "first_day": first,
        "last_day": last,
    }

    async def file() -> AsyncIterator[bytes]:
        nonlocal read
        async for part in parts_in(work.platform.database, work.org_id, file_parts, given.population_id):
            read += 1
            yield part

    number = 0
    children = work.platform.children
    async with aclosing(children.stream(FREEZING, work.org_id, arguments, file())) as answer:
        async for part in answer:
            if part[:1] != ROWS:
                summary: dict[str, Any] = json.loads(part[1:])
                return summary
            await work.step(_keeping(given, number, part[1:], progress=_READ * read / (given.parts + 1)))
            number += 1
    raise RuntimeError("the child answered no summary")


async def _begin(work: Work[PopulationUpload]) -> tuple[str, str]:
    """Delete what an earlier run has written of the frame; the first and last day of the period."""
    days: list[str] = []

    async def begin(session: AsyncSession) -> Step:
        population = await _locked(session, work.input)
        days.extend((population.first_day.isoformat(), population.last_day.isoformat()))
        await session.execute(frame_parts.delete().where(frame_parts.c.population_id == population.id))
        return Step(0.0, {})

    await work.step(begin)
    first, last = days
    return first, last


def _keeping(given: PopulationUpload, number: int, content: bytes, *, progress: float) -> Any:
    async def keep(session: AsyncSession) -> Step:
        population = await _locked(session, given)
        await _keep(session, frame_parts, population, number, content)
        return Step(progress, {})

    return keep


async def freeze(
    session: AsyncSession, given: PopulationUpload, *, summary: dict[str, Any], by: Actor, at: datetime
) -> None:
    """Receiving → frozen, and the version that stood before it → superseded."""
    population = await _locked(session, given)
    before = [each.id for each in await of_series(session, population.series_id) if each.status in FROZEN]
    for other in await lock_by_id(session, Population, before):
        other.status = PopulationStatus.SUPERSEDED
        announce(session, PopulationSuperseded(**event_fields(other)), about=other, by=SYSTEM, at=at)
        touched(session, other.id, at=at, by=by)  # samples were drawn from it, and papers signed on them
    hints = hints_of(population, summary, await earlier_of(session, population))
    population.status, population.hints = PopulationStatus.FROZEN, hints
    population.columns, population.row_count = summary["headings"], summary["rows"]
    population.frame_sha256 = summary["sha256"]
    population.frozen_by, population.frozen_at = by.recorded, at
    announce(session, PopulationFrozen(**event_fields(population)), about=population, by=by, at=at)


async def _reject(work: Work[PopulationUpload], faults: list[Fault], more: int) -> None:
    async def reject(session: AsyncSession) -> Step:
        population = await _locked(session, work.input)
        population.status = PopulationStatus.REJECTED
        population.faults = [{"pointer": fault.pointer, "detail": fault.detail} for fault in faults]
        population.more_faults = more
        await forget_parts(session, population.id)
        at = instant_of(session)
        announce(session, PopulationRejected(**event_fields(population)), about=population, by=work.by, at=at)
        return Step(_READ, {})

    await work.step(reject)


async def _give_back(session: AsyncSession, given: PopulationUpload, *, by: Actor) -> Step:
    """Receiving → asked: the upload named a heading that the file does not have, or the file took too much to read.

    Neither says anything of the population.
    """
    population = await _locked(session, given)
    await forget_parts(session, population.id)
    population.status, population.upload_id = PopulationStatus.ASKED, None
    population.file_format = population.file_size = population.file_sha256 = None
    population.key_column = population.day_column = None
    at = instant_of(session)
    announce(session, PopulationRevised(**event_fields(population)), about=population, by=by, at=at)
    return Step(_READ, {})


async def _locked(session: AsyncSession, given: PopulationUpload) -> Population:
    """The population while this upload is being read; `UploadReplaced`, or `PopulationFaulty` once it was rejected."""
    population = await locked(session, Population, given.population_id, noun="population", expected=ANY_VERSION)
    if population.upload_id == given.upload_id and population.status == PopulationStatus.REJECTED:
        faults = [Fault(**fault) for fault in population.faults or ()]
        raise _faulty(faults, population.more_faults)
    if population.upload_id != given.upload_id or population.status != PopulationStatus.RECEIVING:
        raise UploadReplaced("Another file was uploaded while this one was read.")
    return population


def _faulty(faults: list[Fault], more: int) -> PopulationFaulty:
    detail = f"The file has {len(faults) + more} faults, and the population is rejected."
    return PopulationFaulty(detail, faults=faults, more_faults=more)
