from uuid import UUID

from fastapi import Response

from services.audit.filing.engagement_files import actions, queries
from services.audit.filing.engagement_files.schemas import (
    EngagementFileOut,
    FileDisposal,
    FileHold,
    FileHoldRelease,
    FileRetention,
)
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import NotFound, SeparationOfDuties

routes = Routes("engagement files")


routes.list(
    "list_engagement_files",
    "/v1/engagement-files",
    queries.engagement_files,
    EngagementFileOut,
    permission=P.ENGAGEMENT_FILES_READ,
    description="The files of the engagements that the firm has completed, newest first.",
)


routes.one(
    "get_engagement_file",
    "/v1/engagement-files/{file_id}",
    queries.engagement_file,
    EngagementFileOut,
    permission=P.ENGAGEMENT_FILES_READ,
    description="One engagement file: the digest of its archive, its retention and holds.",
)


@routes.post(
    "/v1/engagement-files/{file_id}/retentions",
    permission=P.ENGAGEMENT_FILES_WRITE,
    response_model=EngagementFileOut,
    refuses=(NotFound,),
)
async def retain_engagement_file(file_id: UUID, given: FileRetention, write: Write) -> Response:
    """Say until when the file is kept, by the firm's policy: at least five years from the release of the report."""
    await actions.retain(write.session, file_id, given=given, by=write.caller.actor, at=write.at)
    return await write.changed(queries.engagement_file, file_id)


@routes.post(
    "/v1/engagement-files/{file_id}/holds",
    permission=P.ENGAGEMENT_FILES_WRITE,
    response_model=EngagementFileOut,
    refuses=(NotFound,),
)
async def hold_engagement_file(file_id: UUID, given: FileHold, write: Write) -> Response:
    """Keep the file for a matter, whatever its retention says. The client's own holds are apart."""
    await actions.hold(write.session, file_id, given=given, by=write.caller.actor, at=write.at)
    return await write.changed(queries.engagement_file, file_id)


@routes.post(
    "/v1/engagement-files/{file_id}/hold-releases",
    permission=P.ENGAGEMENT_FILES_WRITE,
    response_model=EngagementFileOut,
    refuses=(NotFound,),
)
async def release_engagement_file(file_id: UUID, given: FileHoldRelease, write: Write) -> Response:
    """End a hold on the file; it stays on record."""
    await actions.release_hold(write.session, file_id, given=given, by=write.caller.actor, at=write.at)
    return await write.changed(queries.engagement_file, file_id)


@routes.post(
    "/v1/engagement-files/{file_id}/disposals",
    permission=P.ENGAGEMENT_FILES_WRITE,
    response_model=EngagementFileOut,
    refuses=(NotFound, actions.FileKept),
)
async def request_file_disposal(file_id: UUID, given: FileDisposal, write: Write) -> Response:
    """Ask for the disposal of the file, once its retention has ended and no hold is on it."""
    await actions.request_disposal(write.session, file_id, reason=given.reason, by=write.caller.actor, at=write.at)
    return await write.changed(queries.engagement_file, file_id)


@routes.post(
    "/v1/engagement-files/{file_id}/disposal-approvals",
    permission=P.ENGAGEMENT_FILES_WRITE,
    response_model=EngagementFileOut,
    refuses=(NotFound, actions.FileKept, SeparationOfDuties),
)
async def approve_file_disposal(file_id: UUID, write: Write) -> Response:
    """Dispose of the file, as another person than asked for it. Its archive and its populations are erased."""
    await actions.approve_disposal(write.session, file_id, by=write.caller.actor, at=write.at)
    return await write.changed(queries.engagement_file, file_id)
