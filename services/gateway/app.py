"""Wiring only."""

from starlette.types import ASGIApp

from services.gateway.access.api_clients.routes import routes as api_client_routes
from services.gateway.access.issuers.routes import routes as issuer_routes
from services.gateway.access.signing_keys.routes import routes as signing_key_routes
from services.gateway.access.tokens.routes import routes as token_routes
from services.gateway.bootstrap import prepare
from services.gateway.contract.routes import routes as contract_routes
from services.gateway.organisations.members.routes import routes as member_routes
from services.gateway.organisations.organisations.routes import routes as organisation_routes
from services.gateway.settings import GatewaySettings
from shared.service import Service, create_app

SERVICE = Service(
    name="gateway",
    summary="Who you are, and what the API is",
    routes=[
        organisation_routes,
        member_routes,
        api_client_routes,
        issuer_routes,
        signing_key_routes,
        token_routes,
        contract_routes,
    ],
    prepare=prepare,
)


def app() -> ASGIApp:
    """For `uvicorn --factory services.gateway.app:app`."""
    return create_app(SERVICE, GatewaySettings())
