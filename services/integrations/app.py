"""Wiring only."""

from fastapi import FastAPI
from starlette.types import ASGIApp

from services.integrations import handlers, schedule
from services.integrations.loops import MAPPING, SENDING, TICKETS
from services.integrations.mapping.facts.routes import routes as fact_routes
from services.integrations.mapping.mapping_versions.routes import routes as mapping_version_routes
from services.integrations.mapping.mappings.routes import routes as mapping_routes
from services.integrations.mapping.remappings.actions import REMAPPING
from services.integrations.mapping.remappings.routes import routes as remapping_routes
from services.integrations.mapping.trials.routes import routes as trial_routes
from services.integrations.measures import count_from_zero, measure_sources, measure_tickets, measure_webhooks
from services.integrations.receiving.amazon import Amazon
from services.integrations.receiving.deliveries.routes import routes as delivery_routes
from services.integrations.receiving.hooks.routes import routes as hook_routes
from services.integrations.receiving.sources import actions as source_actions
from services.integrations.receiving.sources import queries as source_queries
from services.integrations.receiving.sources.routes import routes as source_routes
from services.integrations.results.reported_checks.routes import routes as reported_check_routes
from services.integrations.results.reported_results.routes import routes as reported_result_routes
from services.integrations.results.result_files.actions import RESULT_FILE
from services.integrations.results.result_files.routes import routes as result_file_routes
from services.integrations.results.vulnerability_findings.routes import routes as vulnerability_finding_routes
from services.integrations.results.vulnerability_policies.routes import routes as vulnerability_policy_routes
from services.integrations.sending.endpoints import actions as endpoint_actions
from services.integrations.sending.endpoints import queries as endpoint_queries
from services.integrations.sending.endpoints.routes import routes as endpoint_routes
from services.integrations.sending.replays.routes import routes as replay_routes
from services.integrations.sending.webhook_deliveries.routes import routes as webhook_delivery_routes
from services.integrations.ticketing.connections import actions as connection_actions
from services.integrations.ticketing.connections import queries as connection_queries
from services.integrations.ticketing.connections.routes import routes as connection_routes
from services.integrations.ticketing.ticket_rules.routes import routes as ticket_rule_routes
from services.integrations.ticketing.tickets.routes import routes as ticket_routes
from shared.events.event import handlers_in
from shared.people.duties import Duty
from shared.platform import Platform
from shared.schedule import sweeps_in
from shared.service import Service, create_app
from shared.vault import the_vault


async def prepare(platform: Platform, app: FastAPI) -> None:
    """Fail at the start, and not at the first webhook, when the key is not as it must be."""
    the_vault()
    count_from_zero()
    app.state.amazon = Amazon.within(platform.settings.reach)


SERVICE = Service(
    name="integrations",
    summary="What other systems tell Attest, and what Attest tells them",
    routes=[
        source_routes,
        hook_routes,
        delivery_routes,
        mapping_routes,
        mapping_version_routes,
        trial_routes,
        remapping_routes,
        fact_routes,
        endpoint_routes,
        webhook_delivery_routes,
        replay_routes,
        result_file_routes,
        reported_check_routes,
        reported_result_routes,
        connection_routes,
        ticket_routes,
        ticket_rule_routes,
        vulnerability_finding_routes,
        vulnerability_policy_routes,
    ],
    jobs=[RESULT_FILE, REMAPPING],
    handlers=handlers_in(handlers),
    sweeps=sweeps_in(schedule),
    duties=[
        Duty("source", "owner", source_queries.owned, source_actions.hand_over),
        Duty("webhook endpoint", "owner", endpoint_queries.owned, endpoint_actions.hand_over),
        Duty("ticket connection", "owner", connection_queries.owned, connection_actions.hand_over),
    ],
    loops=[MAPPING, SENDING, TICKETS],
    measures=[measure_sources, measure_webhooks, measure_tickets],
    prepare=prepare,
)


def app() -> ASGIApp:
    """For `uvicorn --factory services.integrations.app:app`."""
    return create_app(SERVICE)
