from uuid import UUID

from fastapi import Response

from services.evidence.collecting.collections import actions, queries
from services.evidence.collecting.collections.schemas import Assignment, CollectionOut, Override, Skip
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.http.preconditions import ExpectedVersion
from shared.identity.permissions import P
from shared.people.references import PERSON_REFUSALS
from shared.problems import NotFound

routes = Routes("evidence collections")


routes.list(
    "list_collections",
    "/v1/collections",
    queries.collections,
    CollectionOut,
    permission=P.EVIDENCE_READ,
    description="What is asked for, and what was.",
)


routes.one(
    "get_collection",
    "/v1/collections/{collection_id}",
    queries.collection,
    CollectionOut,
    permission=P.EVIDENCE_READ,
    description=(
        "One collection, with what was handed in for it.\n\n"
        "Its ETag changes with every change that is announced, which for overdue is some seconds after it is computed."
    ),
)


@routes.patch(
    "/v1/collections/{collection_id}",
    permission=P.EXPECTATIONS_WRITE,
    response_model=CollectionOut,
    refuses=(NotFound, actions.AskedByAnAuditor, *PERSON_REFUSALS),
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
    refuses=(NotFound, actions.AskedByAnAuditor),
)
async def skip_collection(collection_id: UUID, skip: Skip, write: Write) -> Response:
    """Let evidence be, this once, for a reason that stays in the trail."""
    await actions.skip(write.session, collection_id, reason=skip.reason, by=write.caller.actor, at=write.at)
    return await write.changed(queries.collection, collection_id, as_of=write.at)


@routes.post(
    "/v1/collections/{collection_id}/overrides",
    permission=P.EXPECTATIONS_WRITE,
    response_model=CollectionOut,
    refuses=(NotFound, actions.AskedByAnAuditor, actions.DueInThePast),
)
async def override_due_date(collection_id: UUID, override: Override, write: Write) -> Response:
    """Set another due date, this once, for a reason that stays in the trail."""
    await actions.override(write.session, collection_id, override=override, by=write.caller.actor, at=write.at)
    return await write.changed(queries.collection, collection_id, as_of=write.at)
