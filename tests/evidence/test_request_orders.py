"""The collection of a request is the same in whatever order, and however often, its events are heard."""

import random
import uuid
from datetime import UTC, date, datetime
from typing import Any

from deploy.local.stack import Stack
from services.evidence.app import SERVICE
from services.evidence.collecting.request_collections.actions import follow
from shared.clock import new_id
from shared.data.sessions import Database
from shared.events.catalogue.requests import (
    RequestAssigned,
    RequestCancelled,
    RequestEvent,
    RequestReleased,
    RequestRescheduled,
    RequestReturned,
    RequestSubmitted,
)
from shared.events.event import Heard
from shared.identity.callers import SYSTEM
from tests.support import Organisation, ok, settings_of

AT = datetime(2026, 7, 1, tzinfo=UTC)
FIRM = uuid.UUID(int=7)


def heard(org_id: uuid.UUID, request: uuid.UUID, version: int, kind: type[RequestEvent], **told: Any) -> Heard[Any]:
    fields = {
        "engagement_id": uuid.UUID(int=1),
        "firm_id": FIRM,
        "client_id": org_id,
        "code": "R-001",
        "title": "Accounts",
        "status": "open",
        "due_on": date(2026, 8, 1),
        "owner_id": None,
        "text": "All accounts.",
        "example": None,
        "control_ids": [],
    }
    return Heard(new_id(), org_id, request, version, AT, SYSTEM, kind.model_validate(fields | told))


async def test_events_may_come_in_any_order(org: Organisation, stack: Stack) -> None:
    org_id, owner, later = uuid.UUID(org.id), uuid.uuid4(), date(2026, 9, 1)
    database = Database(settings_of(stack, "evidence"), SERVICE.recompute)
    rng = random.Random(7)
    for last, expected in ((RequestCancelled, "skipped"), (RequestReturned, "open")):
        for _ in range(6):
            request = new_id()
            story = [
                heard(org_id, request, 2, RequestReleased),
                heard(org_id, request, 3, RequestAssigned, owner_id=owner),
                heard(org_id, request, 4, RequestRescheduled, owner_id=owner, due_on=later),
                heard(org_id, request, 5, RequestSubmitted, owner_id=owner, due_on=later, status="submitted"),
                heard(org_id, request, 6, last, owner_id=owner, due_on=later, status=last.name.rpartition(".")[2]),
            ]
            order = rng.sample(story, len(story)) + rng.sample(story, 2)
            for event in order:
                async with database.transaction(org_id) as session:
                    await follow(session, event)
            (seen,) = ok(await org.viewer.get("/v1/collections", params={"request_id": str(request)}))["items"]
            assert (seen["status"], seen["intended_on"]) == (expected, "2026-09-01"), [each.version for each in order]
    await database.close()


async def test_the_firms_own_trail_opens_nothing(org: Organisation, stack: Stack) -> None:
    org_id, request = uuid.UUID(org.id), new_id()
    database = Database(settings_of(stack, "evidence"), SERVICE.recompute)
    async with database.transaction(org_id) as session:
        await follow(session, heard(org_id, request, 2, RequestReleased, client_id=uuid.uuid4()))
    assert ok(await org.viewer.get("/v1/collections", params={"request_id": str(request)}))["items"] == []
    await database.close()
