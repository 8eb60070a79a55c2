"""Wiring only."""

from starlette.types import ASGIApp

from services.gateway import handlers, schedule
from services.gateway.access.api_clients.routes import routes as api_client_routes
from services.gateway.access.issuers.routes import routes as issuer_routes
from services.gateway.access.signing_keys.routes import routes as signing_key_routes
from services.gateway.bootstrap import prepare
from services.gateway.contract.routes import routes as contract_routes
from services.gateway.firms.directory.routes import routes as firm_routes
from services.gateway.firms.firm_invitations.routes import routes as firm_invitation_routes
from services.gateway.firms.licences.routes import routes as licence_routes
from services.gateway.founding.firm_foundings.routes import routes as firm_founding_routes
from services.gateway.live.stream_tickets.routes import routes as stream_ticket_routes
from services.gateway.live.streams.routes import routes as stream_routes
from services.gateway.measures import measure_compliance
from services.gateway.organisations.departures.routes import routes as departure_routes
from services.gateway.organisations.members.routes import routes as member_routes
from services.gateway.organisations.organisations.routes import routes as organisation_routes
from services.gateway.people.people.routes import routes as people_routes
from services.gateway.people.teams.routes import routes as team_routes
from services.gateway.settings import GatewaySettings
from services.gateway.sign_in.me.routes import routes as me_routes
from services.gateway.sign_in.tokens.actions import require_not_withdrawn
from services.gateway.sign_in.tokens.routes import routes as token_routes
from services.gateway.views.inbox.routes import routes as inbox_routes
from services.gateway.views.lags.actions import WATCH_SERVICES
from services.gateway.views.posture.routes import routes as posture_routes
from services.gateway.views.search.routes import routes as search_routes
from shared.events.event import handlers_in
from shared.schedule import sweeps_in
from shared.service import Service, create_app

SERVICE = Service(
    name="gateway",
    summary="Who you are, and what the API is",
    routes=[
        inbox_routes,
        posture_routes,
        search_routes,
        stream_routes,
        stream_ticket_routes,
        organisation_routes,
        firm_routes,
        licence_routes,
        firm_invitation_routes,
        firm_founding_routes,
        people_routes,
        departure_routes,
        team_routes,
        member_routes,
        api_client_routes,
        issuer_routes,
        signing_key_routes,
        token_routes,
        me_routes,
        contract_routes,
    ],
    handlers=handlers_in(handlers),
    sweeps=sweeps_in(schedule),
    loops=[WATCH_SERVICES],
    measures=[measure_compliance],
    prepare=prepare,
    before_write=require_not_withdrawn,
)


def app() -> ASGIApp:
    """For `uvicorn --factory services.gateway.app:app`."""
    return create_app(SERVICE, GatewaySettings())
