from uuid import UUID

from fastapi import Response

from services.audit.filing.file_additions import actions, queries
from services.audit.filing.file_additions.schemas import FileAdditionDraft, FileAdditionOut, SignedAddition
from shared.http.doors import Read, Write
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("file additions")


routes.list(
    "list_file_additions",
    "/v1/file-additions",
    queries.additions,
    FileAdditionOut,
    permission=P.ENGAGEMENT_FILES_READ,
    description="What was added to engagement files after they were complete, newest first.",
)


routes.one(
    "get_file_addition",
    "/v1/file-additions/{addition_id}",
    queries.addition,
    FileAdditionOut,
    permission=P.ENGAGEMENT_FILES_READ,
    description="One addition to an engagement file.",
)


@routes.post(
    "/v1/engagement-files/{file_id}/additions",
    permission=P.ENGAGEMENT_FILES_WRITE,
    status_code=201,
    response_model=FileAdditionOut,
    refuses=(NotFound,),
)
async def add_to_engagement_file(file_id: UUID, draft: FileAdditionDraft, write: Write) -> Response:
    """Add to a file that is complete, with the reason, by your own sign-in. Nothing of the file itself changes."""
    made = await actions.add(write.session, file_id, draft=draft, by=write.caller.actor, at=write.at)
    return await write.created(queries.addition, made.id, f"/v1/file-additions/{made.id}")


@routes.get(
    "/v1/file-additions/{addition_id}/document",
    permission=P.ENGAGEMENT_FILES_READ,
    response_model=SignedAddition,
    refuses=(NotFound,),
)
async def get_signed_addition(addition_id: UUID, read: Read) -> Response:
    """The addition as a signed document, with its attachment; `attest verify` checks it offline."""
    async with read.transaction() as session:
        document = await actions.signed(session, addition_id)
    return await read.computed(SignedAddition.model_validate(document))
