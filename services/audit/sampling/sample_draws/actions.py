"""Drawing a sample: the seed in the request, the items in a job; and drawing it again to compare."""

import json
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.sampling.conducted_engagements.queries import require_member
from services.audit.sampling.draws.rules import ALGORITHM
from services.audit.sampling.sample_draws.queries import frame_of, how_to_select, order_of
from services.audit.sampling.sample_draws.rules import first_difference
from services.audit.sampling.sample_draws.schemas import DrawDraft, SampleJob, VerificationOut
from services.audit.sampling.samples.actions import event_fields, items_digest, locked_sample, reliable_population
from services.audit.sampling.samples.models import (
    ItemOrigin,
    ItemStatus,
    Sample,
    SampleItem,
    SampleStatus,
    SeedOrigin,
    sample_reserves,
)
from services.audit.sampling.samples.queries import draws_made
from services.audit.sampling.selections.rules import SEEDED
from services.audit.sampling.tasks import SELECTING
from shared.clock import new_id
from shared.data.base import table_of
from shared.data.bulk import insert_rows
from shared.data.records import ANY_VERSION, found, locked
from shared.data.sessions import instant_of
from shared.events.catalogue.sampling import SampleDrawn, SampleSeeded
from shared.events.trail import announce
from shared.identity.callers import Actor, Caller
from shared.identity.permissions import P
from shared.jobs.job import Outcome
from shared.jobs.work import Concluded, Job, Work
from shared.problems import Conflict, Fault, Invalid, NotFound, not_allowed

_SEED_BYTES = 16
_AT_ONCE = 250
_FEW_PARTS = 200  # of a frame of about a million rows: the progress of a smaller one is told less exactly
_SELECTED = 0.9  # of all the work, when the items have been selected


class Seeded(Conflict):
    """The sample has its seed, which nobody changes."""


class NotSeeded(Conflict):
    """No seed selected the items, so that they cannot be drawn again."""


class FrameChanged(Conflict):
    """The frame is not the one that was frozen."""


async def seed(session: AsyncSession, sample_id: UUID, *, draft: DrawDraft, caller: Caller, at: datetime) -> SampleJob:
    """Give a designed sample its seed; what follows from it is drawn by the job that is answered.

    A sample that has its seed keeps it, so that a draw that failed is repeated with the same one: `Seeded` when another
    is asked for. `PopulationNotReliable` while nobody concluded that the population is, or once it was superseded.
    """
    sample = await locked_sample(session, sample_id, caller)
    if sample.status != SampleStatus.DESIGNED:
        raise not_allowed("draw", sample.status, ["void"] if sample.status != SampleStatus.VOIDED else [])
    await reliable_population(session, sample.population_id)
    asked = draft.seed is not None or draft.seed_of is not None
    if sample.method not in SEEDED:
        if asked:
            raise Invalid("Picked items have no seed.", faults=[Fault("/seed", f"not for {sample.method}")])
    elif sample.seed is None:
        text, origin, source = await _seed_of(session, sample.engagement_id, draft)
        before = await draws_made(session, sample.series_id, sample.control_id)
        sample.seed, sample.seed_origin, sample.seed_source = text, origin, source
        sample.draw_number, sample.seeded_at = before + 1, at
        announce(session, SampleSeeded(**event_fields(sample)), about=sample, by=caller.actor, at=at)
    elif asked:
        raise Seeded("Draw it without naming a seed, or void it with a reason.")
    return SampleJob(sample_id=sample_id)


async def _seed_of(session: AsyncSession, engagement_id: UUID, draft: DrawDraft) -> tuple[str, SeedOrigin, str | None]:
    if draft.seed is not None:
        return draft.seed, SeedOrigin.TYPED, draft.seed_source
    if draft.seed_of is None:
        return secrets.token_hex(_SEED_BYTES), SeedOrigin.SERVICE, None
    other = await found(session, Sample, draft.seed_of)
    if other is None or other.seed is None or other.engagement_id != engagement_id:
        raise Invalid("That sample has no seed.", faults=[Fault("/seed_of", "unknown, or without a seed")])
    return other.seed, SeedOrigin.CARRIED, str(other.id)


async def draw_sample(work: Work[SampleJob]) -> Concluded:
    """The job: select the items from the frame, and keep them with those that follow."""
    sample = await _read(work)
    answer = await _select(work, sample)

    async def drawn(session: AsyncSession) -> Outcome:
        await draw(session, sample.id, answer=answer, by=work.by, at=instant_of(session))
        return Outcome(location=f"/v1/samples/{sample.id}")

    return await work.conclude(drawn)


SAMPLE_DRAW = Job("sample-draw", SampleJob, P.SAMPLES_WRITE, draw_sample)


async def draw(session: AsyncSession, sample_id: UUID, *, answer: dict[str, Any], by: Actor, at: datetime) -> None:
    """Designed → drawn, with the items that were selected. `FrameChanged` when the frame is not the frozen one."""
    sample = await locked(session, Sample, sample_id, noun="sample", expected=ANY_VERSION)
    if sample.status != SampleStatus.DESIGNED:
        raise not_allowed("draw", sample.status, ["void"] if sample.status != SampleStatus.VOIDED else [])
    population = await reliable_population(session, sample.population_id)
    if answer["sha256"] != population.frame_sha256:
        raise FrameChanged(f"Its digest is {answer['sha256']} and was {population.frame_sha256}.")
    common = {"org_id": sample.org_id, "engagement_id": sample.engagement_id, "sample_id": sample.id}
    items = [_item(item, place) | common for place, item in enumerate(answer["selected"], start=1)]
    new = {
        "origin": ItemOrigin.SELECTED,
        "status": ItemStatus.PENDING,
        "attributes": [],
        "version": 1,
        "created_at": at,
        "updated_at": at,
    }
    for begin in range(0, len(items), _AT_ONCE):
        rows = [{"id": new_id(), **item, **new} for item in items[begin : begin + _AT_ONCE]]
        await insert_rows(session, table_of(SampleItem), rows)
    following = [_item(item, place) | common for place, item in enumerate(answer["reserve"], start=len(items) + 1)]
    for begin in range(0, len(following), _AT_ONCE):
        await insert_rows(session, sample_reserves, following[begin : begin + _AT_ONCE])
    sample.status, sample.frame_sha256 = SampleStatus.DRAWN, population.frame_sha256
    sample.drawn_by, sample.drawn_at = by.recorded, at
    event = SampleDrawn(
        **event_fields(sample),
        frame_sha256=answer["sha256"],
        items_sha256=items_digest(item["key"] for item in items),
    )
    announce(session, event, about=sample, by=by, at=at)


def _item(item: dict[str, Any], place: int) -> dict[str, Any]:
    names = ("key", "row", "day", "stratum", "ticket", "cells")
    return {"place": place, **{name: item[name] for name in names}}


async def require_drawn_by_seed(session: AsyncSession, sample_id: UUID, caller: Caller) -> SampleJob:
    """The sample, for drawing it again. `NotSeeded` when a person picked its items; refused before it is drawn."""
    sample = await found(session, Sample, sample_id)
    if sample is None:
        raise NotFound(f"There is no sample {sample_id}.")
    await require_member(session, sample.engagement_id, caller)
    if sample.method not in SEEDED:
        raise NotSeeded(f"A {sample.method} selection is what a person picked, with the reason.")
    if sample.drawn_at is None:
        raise not_allowed("draw again", sample.status, ["draw"] if sample.status == SampleStatus.DESIGNED else [])
    return SampleJob(sample_id=sample_id)


async def verify_sample(work: Work[SampleJob]) -> Concluded:
    """The job: draw again from the frame as it is kept, and compare every item of the order."""
    sample = await _read(work)
    answer = await _select(work, sample)

    async def verified(session: AsyncSession) -> Outcome:
        order = await order_of(session, sample.id)
        again = [item["key"] for item in [*answer["selected"], *answer["reserve"]]]
        return Outcome(_verification(sample, answer, order, again))

    return await work.conclude(verified)


SAMPLE_VERIFICATION = Job("sample-verification", SampleJob, P.SAMPLES_READ, verify_sample)


def _verification(
    sample: Sample, answer: dict[str, Any], order: Sequence[str], again: Sequence[str]
) -> VerificationOut:
    difference = first_difference(order, again)
    return VerificationOut(
        equal=difference is None and answer["sha256"] == sample.frame_sha256,
        algorithm=ALGORITHM,
        seed=sample.seed or "",
        rows=answer["rows"],
        frame_sha256=sample.frame_sha256 or "",
        frame_sha256_now=answer["sha256"],
        items=len(order),
        first_difference=difference,
    )


async def _read(work: Work[SampleJob]) -> Sample:
    async with work.platform.database.transaction(work.org_id) as session:
        sample = await found(session, Sample, work.input.sample_id)
    if sample is None:
        raise NotFound(f"There is no sample {work.input.sample_id}.")
    return sample


async def _select(work: Work[SampleJob], sample: Sample) -> dict[str, Any]:
    """Have a child select; how far the work is follows from how much of the frame it has read."""

    async def read(parts: int) -> None:
        await work.note(_SELECTED * parts / (parts + _FEW_PARTS))

    frame = frame_of(work.platform.database, work.org_id, sample.population_id, read)
    (answer,) = await work.platform.children.run(SELECTING, work.org_id, how_to_select(sample), frame)
    selected: dict[str, Any] = json.loads(answer)
    return selected
