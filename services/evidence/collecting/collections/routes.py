from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query, Response

from services.evidence.collecting.collections import actions, queries
from services.evidence.collecting.collections.models import CollectionStatus
from services.evidence.collecting.collections.schemas import Assignment, CollectionOut, Override, Skip
from shared.clock import now
from shared.data.reads import PageRequest
from shared.http.doors import Read, Write
from shared.http.fields import Instant, Owner
from shared.http.operations import Routes
from shared.http.pages import After, Limit, Page
from shared.http.preconditions import ExpectedVersion
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("evidence collections")

AsOf = Annotated[Instant | None, Query(description="Overdue as of this instant; now when left out")]


@routes.get("/v1/collections", permission=P.EVIDENCE_READ, response_model=Page[CollectionOut])
async def list_collections(
    read: Read,
    limit: Limit = 50,
    cursor: After = None,
    sort: Literal["due_at", "-due_at", "created_at", "-created_at", "updated_at", "-updated_at"] = "due_at",
    owner: Annotated[Owner | None, Query(description="Owner or backup owner")] = None,
    status: CollectionStatus | None = None,
    overdue: bool | None = None,
    control_id: UUID | None = None,
    expectation_id: UUID | None = None,
    due_from: Annotated[Instant | None, Query()] = None,
    due_until: Annotated[Instant | None, Query(description="Due before this instant")] = None,
    updated_since: Annotated[Instant | None, Query()] = None,
    as_of: AsOf = None,
) -> Response:
    """What is asked for, and what was."""
    return await read.page(
        queries.collections,
        PageRequest(limit, cursor, sort),
        as_of=as_of or now(),
        owner=owner,
        status=status,
        overdue=overdue,
        control_id=control_id,
        expectation_id=expectation_id,
        due_from=due_from,
        due_until=due_until,
        updated_since=updated_since,
    )


@routes.get(
    "/v1/collections/{collection_id}",
    permission=P.EVIDENCE_READ,
    response_model=CollectionOut,
    refuses=(NotFound,),
)
async def get_collection(collection_id: UUID, read: Read, as_of: AsOf = None) -> Response:
    """One collection, with what was handed in for it.

    Its ETag changes with every change that is announced, which for overdue is some seconds after it is computed.
    """
    return await read.one(queries.collection, collection_id, as_of=as_of or now())


@routes.patch(
    "/v1/collections/{collection_id}",
    permission=P.EXPECTATIONS_WRITE,
    response_model=CollectionOut,
    refuses=(NotFound,),
)
async def assign_collection(
    collection_id: UUID, assignment: Assignment, expected: ExpectedVersion, write: Write
) -> Response:
    """Ask somebody else for this evidence, this once."""
    await actions.assign(
        write.session, collection_id, assignment=assignment, expected=expected, by=write.caller.actor, at=write.at
    )
    return await write.changed(queries.collection, collection_id, as_of=write.at)


@routes.post(
    "/v1/collections/{collection_id}/skips",
    permission=P.EXPECTATIONS_WRITE,
    response_model=CollectionOut,
    refuses=(NotFound,),
)
async def skip_collection(collection_id: UUID, skip: Skip, write: Write) -> Response:
    """Let evidence be, this once, for a reason that stays in the trail."""
    await actions.skip(write.session, collection_id, reason=skip.reason, by=write.caller.actor, at=write.at)
    return await write.changed(queries.collection, collection_id, as_of=write.at)


@routes.post(
    "/v1/collections/{collection_id}/overrides",
    permission=P.EXPECTATIONS_WRITE,
    response_model=CollectionOut,
    refuses=(NotFound, actions.DueInThePast),
)
async def override_due_date(collection_id: UUID, override: Override, write: Write) -> Response:
    """Set another due date, this once, for a reason that stays in the trail."""
    await actions.override(write.session, collection_id, override=override, by=write.caller.actor, at=write.at)
    return await write.changed(queries.collection, collection_id, as_of=write.at)
