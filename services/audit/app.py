"""Wiring only."""

from starlette.types import ASGIApp

from services.audit import handlers, schedule
from services.audit.description.significant_changes.routes import routes as significant_change_routes
from services.audit.description.subservice_organisations.routes import routes as subservice_organisation_routes
from services.audit.description.system_incidents.routes import routes as system_incident_routes
from services.audit.description.user_entity_controls.routes import routes as user_entity_control_routes
from services.audit.engagements.candidates.routes import routes as candidate_routes
from services.audit.engagements.engagement_history.routes import routes as engagement_history_routes
from services.audit.engagements.engagements.routes import routes as engagement_routes
from services.audit.engagements.examinations.actions import examine
from services.audit.planning.cost_entries.routes import routes as cost_entry_routes
from services.audit.planning.cost_summaries.routes import routes as cost_summary_routes
from shared.events.event import handlers_in
from shared.schedule import sweeps_in
from shared.service import Service, create_app

SERVICE = Service(
    name="audit",
    summary="What the auditor does, and concludes",
    routes=[
        engagement_routes,
        candidate_routes,
        engagement_history_routes,
        cost_entry_routes,
        cost_summary_routes,
        subservice_organisation_routes,
        user_entity_control_routes,
        system_incident_routes,
        significant_change_routes,
    ],
    handlers=handlers_in(handlers),
    sweeps=sweeps_in(schedule),
    recompute=examine,
)


def app() -> ASGIApp:
    """For `uvicorn --factory services.audit.app:app`."""
    return create_app(SERVICE)
