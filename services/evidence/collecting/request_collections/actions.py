"""What follows from an auditor's request for its collection, which the client alone has."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.evidence.collecting.collections.actions import announce_collection
from services.evidence.collecting.collections.models import Collection, CollectionStatus
from services.evidence.collecting.request_collections.queries import collection_of
from services.evidence.collecting.request_collections.rules import due_at, overdue_at, standing
from shared.data.records import one_at_a_time
from shared.data.sessions import instant_of
from shared.events.catalogue.evidence_collections import (
    CollectionEvent,
    CollectionOpened,
    CollectionReassigned,
    CollectionReopened,
    CollectionRescheduled,
    CollectionSkipped,
)
from shared.events.catalogue.requests import RequestEvent
from shared.events.event import Heard
from shared.identity.callers import SYSTEM

_ANSWERED = "The request was answered, or is asked for no longer."


async def follow(session: AsyncSession, heard: Heard[RequestEvent]) -> None:
    """Bring the collection of a request into line with it; what is older than what was heard changes nothing.

    The trail of the auditing party tells the same of a request, and has no collection.
    """
    told, at = heard.event, instant_of(session)
    if heard.org_id != told.client_id or told.due_on is None:
        return
    await one_at_a_time(session, heard.subject)
    known = await collection_of(session, heard.subject)
    if known is not None and known.request_version >= heard.version:
        return
    before = None if known is None else CollectionStatus(known.status)
    collection = known or _new(session, heard, at)
    collection.request_version, collection.title = heard.version, f"{told.code} {told.title}"
    events = _stand(collection, before, standing(before, told.status))
    if before is not None and collection.due_at != due_at(told.due_on):
        events.append(CollectionRescheduled)
        collection.overdue_announced_at = None
    if before is not None and collection.owner_id != told.owner_id:
        events.append(CollectionReassigned)
    collection.intended_on, collection.owner_id = told.due_on, told.owner_id
    collection.due_at, collection.overdue_at = due_at(told.due_on), overdue_at(told.due_on)
    for kind in events:
        reason = _ANSWERED if kind is CollectionSkipped else None
        announce_collection(session, collection, kind, by=SYSTEM, at=at, reason=reason)


def _new(session: AsyncSession, heard: Heard[RequestEvent], at: datetime) -> Collection:
    told = heard.event
    assert told.due_on is not None
    collection = Collection(
        org_id=heard.org_id,
        request_id=heard.subject,
        title=f"{told.code} {told.title}",
        intended_on=told.due_on,
        due_at=due_at(told.due_on),
        overdue_at=overdue_at(told.due_on),
        owner_id=told.owner_id,
        created_at=at,
        updated_at=at,
    )
    session.add(collection)
    return collection


def _stand(
    collection: Collection, before: CollectionStatus | None, after: CollectionStatus
) -> list[type[CollectionEvent]]:
    """Set how the collection stands; the event that says so, if that is news."""
    if before == after:
        return []
    collection.status = after
    if after == CollectionStatus.SKIPPED:
        collection.reason = _ANSWERED
        return [CollectionSkipped]
    collection.submitted_at = collection.accepted_at = collection.reason = None
    collection.overdue_announced_at = None
    return [CollectionOpened if before is None else CollectionReopened]
