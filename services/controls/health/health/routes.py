from services.controls.health.health import queries
from services.controls.health.health.schemas import HealthChangeOut, HealthOut
from shared.http.operations import Routes
from shared.identity.permissions import P

routes = Routes("control health")


routes.list(
    "list_control_health",
    "/v1/control-health",
    queries.healths,
    HealthOut,
    permission=P.CONTROLS_READ,
    description="The health of the organisation's controls.",
    auditors=True,
)


routes.one(
    "get_control_health",
    "/v1/controls/{control_id}/health",
    queries.health,
    HealthOut,
    permission=P.CONTROLS_READ,
    description="Whether a control works, and why.",
    auditors=True,
)


routes.list(
    "list_control_health_changes",
    "/v1/control-health-changes",
    queries.health_changes,
    HealthChangeOut,
    permission=P.CONTROLS_READ,
    description="The history of health: of one control its timeline, as of an instant what held then.",
    auditors=True,
)


routes.one(
    "get_control_health_change",
    "/v1/control-health-changes/{change_id}",
    queries.health_change,
    HealthChangeOut,
    permission=P.CONTROLS_READ,
    description="One change of a control's health.",
    auditors=True,
)
