from typing import Annotated
from uuid import UUID

from fastapi import Path, Request, Response
from fastapi.responses import StreamingResponse

from services.evidence.intake.delivery import RESPONSES, RangeNotSatisfiable, Stored, Wanted, deliver
from services.evidence.intake.links import actions
from services.evidence.intake.links.rules import Ticket, opened, sign
from services.evidence.intake.links.schemas import LinkDraft, LinkOut
from services.evidence.intake.scans.rules import NotYetScanned, Quarantined
from services.evidence.intake.store import StoreUnavailable
from services.evidence.settings import link_key
from shared.clock import now
from shared.http.doors import Write, platform_of
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("file links")


@routes.post(
    "/v1/files/{file_id}/links",
    permission=P.EVIDENCE_READ,
    status_code=201,
    response_model=LinkOut,
    refuses=(NotFound, Quarantined, NotYetScanned),
)
async def link_to_file(file_id: UUID, draft: LinkDraft, write: Write) -> LinkOut:
    """Make a link for those who have no token, such as a browser's download: for minutes, each use on the record."""
    link = await actions.issue(write.session, file_id, seconds=draft.seconds, by=write.caller, at=write.at)
    token = sign(Ticket(link.org_id, link.id, link.expires_at), link_key())
    return LinkOut(id=link.id, file_id=link.file_id, path=f"/v1/file-links/{token}", expires_at=link.expires_at)


@routes.get(
    "/v1/file-links/{token}",
    permission=None,
    response_class=StreamingResponse,
    responses=RESPONSES,
    refuses=(NotFound, NotYetScanned, RangeNotSatisfiable, StoreUnavailable, actions.LinkGone),
)
async def follow_link(
    token: Annotated[str, Path(max_length=200, description="As in the link")], request: Request, wanted: Wanted
) -> Response:
    """The bytes of the file that the link was made for. Open to anyone who holds it, and noted in the trail."""
    at, platform = now(), platform_of(request)
    ticket = opened(token, link_key())
    if ticket is None:
        raise NotFound("There is no such link.")
    if ticket.expires_at <= at:
        raise actions.LinkGone("The link has expired or was withdrawn; ask for another link.")
    async with platform.database.transaction(ticket.org_id) as session:
        file = await actions.follow(session, ticket.link_id, at=at)
    platform.bell.ring()
    of_file = (file.sha256, file.size, file.media_type, file.name, file.scan, file.finding, file.disposed_at)
    return await deliver(Stored(ticket.org_id, *of_file), asked=wanted)
