"""The verbs of an item. Each changes its row and adds the event, in the caller's transaction."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.sampling.sample_items.queries import is_exhausted, next_in_reserve
from services.audit.sampling.sample_items.rules import faults_of_decision
from services.audit.sampling.sample_items.schemas import ItemDecision
from services.audit.sampling.samples.actions import locked_sample
from services.audit.sampling.samples.models import ItemOrigin, ItemStatus, Sample, SampleItem, SampleStatus
from services.audit.sampling.selections.rules import SelectionMethod
from shared.data.records import ANY_VERSION, found, locked
from shared.events.catalogue.sampling import SampleItemDecided, SampleItemReplaced
from shared.events.trail import announce
from shared.identity.callers import Actor, Caller
from shared.problems import Conflict, Invalid, NotFound, not_allowed


class ItemReplaced(Conflict):
    """Another item took the place of this one, which stays as it is."""


class NoReplacementLeft(Conflict):
    """No item is left to take the place of this one."""


async def decide(session: AsyncSession, item_id: UUID, *, decision: ItemDecision, caller: Caller, at: datetime) -> None:
    """Say what came of an item of a released sample; again while it is tested, but not once it was replaced.

    An item that the procedure does not apply to is replaced by the next one in the order. `NoReplacementLeft` when the
    procedure applies to so few that the items kept are used up: then the population is another than was asked for.
    """
    item = await found(session, SampleItem, item_id)
    if item is None:
        raise NotFound(f"There is no sample item {item_id}.")
    sample, by = await locked_sample(session, item.sample_id, caller), caller.actor
    item = await locked(session, SampleItem, item_id, noun="sample item", expected=ANY_VERSION)
    if sample.status not in {SampleStatus.RELEASED, SampleStatus.TESTING}:
        raise not_allowed("decide an item", sample.status, ["release"] if sample.status == SampleStatus.DRAWN else [])
    if item.status == ItemStatus.NOT_APPLICABLE:
        raise ItemReplaced("The procedure was found not to apply to it.")
    codes = [attribute["code"] for attribute in sample.attributes]
    if faults := list(faults_of_decision(decision, codes)):
        raise Invalid("The decision is not complete.", faults=faults)
    for name, value in decision.model_dump().items():
        setattr(item, name, value)
    item.decided_by, item.decided_at = by.recorded, at
    sample.status = SampleStatus.TESTING
    event = SampleItemDecided(**_event_fields(item), status=item.status)
    announce(session, event, about=item, by=by, at=at)
    if decision.status == ItemStatus.NOT_APPLICABLE:
        await _replace(session, sample, item, by=by, at=at)


async def _replace(session: AsyncSession, sample: Sample, item: SampleItem, *, by: Actor, at: datetime) -> None:
    following = await next_in_reserve(session, sample.id, item.stratum, 1)
    if not following:
        if await _is_used_up(session, sample, item):
            return  # every item of the population, or of its stratum, is in the sample already
        raise NoReplacementLeft(
            "The items that follow are used up. Void the sample, and see whether the population is the one asked for."
        )
    joined = join(session, sample, following[0], origin=ItemOrigin.REPLACEMENT, replaces=item.id, at=at)
    event = SampleItemReplaced(**_event_fields(joined), replaces_id=item.id)
    announce(session, event, about=joined, by=by, at=at)


async def _is_used_up(session: AsyncSession, sample: Sample, item: SampleItem) -> bool:
    """Whether no item is left in the population; specific items that were targeted need no others."""
    if sample.method in {SelectionMethod.TARGETED, SelectionMethod.HAPHAZARD}:
        return sample.method == SelectionMethod.TARGETED
    return await is_exhausted(session, sample.id, item.stratum)


def join(
    session: AsyncSession, sample: Sample, following: Any, *, origin: ItemOrigin, replaces: UUID | None, at: datetime
) -> SampleItem:
    """Let an item that follows in the order join a sample."""
    names = ("place", "key", "row", "day", "stratum", "ticket", "cells")
    item = SampleItem(
        org_id=sample.org_id,
        engagement_id=sample.engagement_id,
        sample_id=sample.id,
        origin=origin,
        replaces_id=replaces,
        attributes=[],
        **{name: getattr(following, name) for name in names},
        created_at=at,
        updated_at=at,
    )
    session.add(item)
    return item


def _event_fields(item: SampleItem) -> dict[str, Any]:
    return {"engagement_id": item.engagement_id, "sample_id": item.sample_id, "place": item.place}
