from uuid import UUID

from fastapi import Response

from services.evidence.keeping.retention import actions, queries
from services.evidence.keeping.retention.schemas import (
    Classification,
    RetentionClassDraft,
    RetentionClassOut,
    RetentionClassRevision,
    RetentionClassWithdrawal,
    RetentionOut,
)
from shared.http.doors import Read, Write
from shared.http.operations import Routes
from shared.http.preconditions import ExpectedVersion
from shared.identity.permissions import P
from shared.problems import Gone, NotFound

routes = Routes("retention")


routes.list(
    "list_retention_classes",
    "/v1/retention-classes",
    queries.retention_classes,
    RetentionClassOut,
    permission=P.RETENTION_READ,
    description="For how long evidence is kept: the class that comes with Attest, and the organisation's own.",
)


routes.one(
    "get_retention_class",
    "/v1/retention-classes/{class_id}",
    queries.retention_class,
    RetentionClassOut,
    permission=P.RETENTION_READ,
    description="One retention class.",
)


@routes.post(
    "/v1/retention-classes",
    permission=P.RETENTION_WRITE,
    status_code=201,
    response_model=RetentionClassOut,
    refuses=(actions.TooShort,),
)
async def define_retention_class(draft: RetentionClassDraft, write: Write) -> Response:
    """Say for how long evidence of a kind is kept."""
    kind = await actions.define(write.session, draft=draft, by=write.caller.actor, at=write.at)
    return await write.created(queries.retention_class, kind.id, f"/v1/retention-classes/{kind.id}")


@routes.patch(
    "/v1/retention-classes/{class_id}",
    permission=P.RETENTION_WRITE,
    response_model=RetentionClassOut,
    refuses=(NotFound, actions.TooShort, actions.ComesWithAttest),
)
async def revise_retention_class(
    class_id: UUID, revision: RetentionClassRevision, expected: ExpectedVersion, write: Write
) -> Response:
    """Change a class. Other years hold at once for everything in it, except for what was disposed of by then."""
    await actions.revise(
        write.session, class_id, revision=revision, expected=expected, by=write.caller.actor, at=write.at
    )
    return await write.changed(queries.retention_class, class_id)


@routes.post(
    "/v1/retention-classes/{class_id}/withdrawals",
    permission=P.RETENTION_WRITE,
    response_model=RetentionClassOut,
    refuses=(NotFound, actions.ComesWithAttest),
)
async def withdraw_retention_class(class_id: UUID, withdrawal: RetentionClassWithdrawal, write: Write) -> Response:
    """Assign nothing more to a class; what is in it stays in it."""
    await actions.withdraw(write.session, class_id, reason=withdrawal.reason, by=write.caller.actor, at=write.at)
    return await write.changed(queries.retention_class, class_id)


@routes.get(
    "/v1/evidence/{item_id}/retention", permission=P.EVIDENCE_READ, response_model=RetentionOut, refuses=(NotFound,)
)
async def get_evidence_retention(item_id: UUID, read: Read) -> Response:
    """Until when a piece of evidence is kept and why, or when it was disposed of and what its hash was."""
    async with read.transaction() as session:
        return read.computed(await queries.retention_of(session, item_id))


@routes.put(
    "/v1/evidence/{item_id}/retention",
    permission=P.RETENTION_WRITE,
    response_model=RetentionOut,
    refuses=(NotFound, Gone, actions.UnknownClass),
)
async def classify_evidence(
    item_id: UUID, classification: Classification, expected: ExpectedVersion, write: Write
) -> RetentionOut:
    """Assign a piece of evidence to a retention class; `If-Match` is the evidence's own ETag."""
    await actions.classify(
        write.session,
        item_id,
        class_id=classification.class_id,
        reason=classification.reason,
        expected=expected,
        by=write.caller.actor,
        at=write.at,
    )
    return await queries.retention_of(write.session, item_id)
