from fastapi import Response

from services.gateway.live.stream_tickets import actions
from services.gateway.live.stream_tickets.schemas import StreamTicketOut, Wanted
from shared.http.doors import Write
from shared.http.operations import Routes

routes = Routes("stream tickets")


@routes.post(
    "/v1/stream-tickets",
    permission=None,
    signed_in=True,
    status_code=201,
    response_model=StreamTicketOut,
    auditors=True,
)
async def issue_stream_ticket(wanted: Wanted, write: Write) -> Response:
    """Have an address that opens one event stream within 30 seconds, for a browser's EventSource. It works once."""
    ticket, expires_at = await actions.issue(write.session, wanted=wanted, by=write.caller, at=write.at)
    out = StreamTicketOut(path=f"/v1/event-streams/{ticket}", expires_at=expires_at)
    return Response(out.model_dump_json(), 201, {"Cache-Control": "no-store"}, "application/json")
