"""Wiring only."""

from starlette.types import ASGIApp

from services.risk import handlers, schedule
from services.risk.assets.asset_sheets.routes import routes as asset_sheet_routes
from services.risk.assets.assets import actions as asset_actions
from services.risk.assets.assets import queries as asset_queries
from services.risk.assets.assets.routes import routes as asset_routes
from services.risk.assets.dependencies.routes import routes as dependency_routes
from services.risk.indicators.indicator_definitions.routes import routes as indicator_definition_routes
from services.risk.indicators.indicator_values.routes import routes as indicator_value_routes
from services.risk.indicators.indicators import actions as indicator_actions
from services.risk.indicators.indicators import queries as indicator_queries
from services.risk.indicators.indicators.routes import routes as indicator_routes
from services.risk.methods.activations.actions import METHOD_ACTIVATION
from services.risk.methods.activations.routes import routes as activation_routes
from services.risk.methods.method_previews.actions import METHOD_PREVIEW
from services.risk.methods.method_previews.routes import routes as preview_routes
from services.risk.methods.methods.routes import routes as method_routes
from services.risk.pictures.heat_map_pictures.routes import routes as heat_map_routes
from services.risk.pictures.loss_curves.routes import routes as loss_curve_routes
from services.risk.quantification.loss_scenarios.routes import routes as loss_scenario_routes
from services.risk.quantification.loss_simulations.actions import LOSS_SIMULATION
from services.risk.quantification.loss_simulations.routes import routes as loss_simulation_routes
from services.risk.quantification.treatment_returns.routes import routes as treatment_return_routes
from services.risk.register.lifecycles.routes import routes as lifecycle_routes
from services.risk.register.overrides.routes import routes as override_routes
from services.risk.register.ratings.actions import rate_touched
from services.risk.register.ratings.routes import routes as rating_routes
from services.risk.register.risks import actions as risk_actions
from services.risk.register.risks import queries as risk_queries
from services.risk.register.risks.routes import routes as risk_routes
from services.risk.register.what_ifs.routes import routes as what_if_routes
from shared.events.event import handlers_in
from shared.people.duties import Duty
from shared.schedule import sweeps_in
from shared.service import Service, create_app

SERVICE = Service(
    name="risk",
    summary="What could go wrong, and how much it matters",
    routes=[
        method_routes,
        preview_routes,
        activation_routes,
        risk_routes,
        lifecycle_routes,
        rating_routes,
        override_routes,
        what_if_routes,
        asset_routes,
        dependency_routes,
        asset_sheet_routes,
        indicator_routes,
        indicator_definition_routes,
        indicator_value_routes,
        loss_scenario_routes,
        loss_simulation_routes,
        treatment_return_routes,
        loss_curve_routes,
        heat_map_routes,
    ],
    jobs=[METHOD_PREVIEW, METHOD_ACTIVATION, LOSS_SIMULATION],
    handlers=handlers_in(handlers),
    sweeps=sweeps_in(schedule),
    duties=[
        Duty("risk", "owner", risk_queries.owned, risk_actions.hand_over),
        Duty("asset", "owner", asset_queries.owned, asset_actions.hand_over),
        Duty("indicator", "owner", indicator_queries.owned, indicator_actions.hand_over),
    ],
    recompute=rate_touched,
)


def app() -> ASGIApp:
    """For `uvicorn --factory services.risk.app:app`."""
    return create_app(SERVICE)
