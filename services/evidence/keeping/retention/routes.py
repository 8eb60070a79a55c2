from uuid import UUID

from fastapi import Response

from services.evidence.keeping.retention import actions, queries
from services.evidence.keeping.retention.schemas import (
    RetentionClassDraft,
    RetentionClassOut,
    RetentionClassRevision,
    RetentionClassWithdrawal,
)
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.http.preconditions import ExpectedVersion
from shared.identity.permissions import P
from shared.problems import ComesWithAttest, NotFound

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
    refuses=(NotFound, actions.TooShort, ComesWithAttest),
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
    refuses=(NotFound, ComesWithAttest),
)
async def withdraw_retention_class(class_id: UUID, withdrawal: RetentionClassWithdrawal, write: Write) -> Response:
    """Assign nothing more to a class; what is in it stays in it."""
    await actions.withdraw(write.session, class_id, reason=withdrawal.reason, by=write.caller.actor, at=write.at)
    return await write.changed(queries.retention_class, class_id)
