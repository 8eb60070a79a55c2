"""Wiring only."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.types import ASGIApp

from services.risk import handlers, schedule
from services.risk.acceptances.acceptance_decisions.routes import routes as acceptance_decision_routes
from services.risk.acceptances.acceptance_endings.actions import follow_risks
from services.risk.acceptances.acceptance_endings.routes import routes as acceptance_ending_routes
from services.risk.acceptances.acceptances import actions as acceptance_actions
from services.risk.acceptances.acceptances import queries as acceptance_queries
from services.risk.acceptances.acceptances.routes import routes as acceptance_routes
from services.risk.assessments.assessed_risks.routes import routes as assessed_risk_routes
from services.risk.assessments.assessment_comparisons.routes import routes as assessment_comparison_routes
from services.risk.assessments.assessment_decisions.routes import routes as assessment_decision_routes
from services.risk.assessments.assessment_pages.routes import routes as assessment_page_routes
from services.risk.assessments.assessments import actions as assessment_actions
from services.risk.assessments.assessments import queries as assessment_queries
from services.risk.assessments.assessments.routes import routes as assessment_routes
from services.risk.assessments.drifts.routes import routes as drift_routes
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
from services.risk.oversight.vendor_conditions import actions as vendor_condition_actions
from services.risk.oversight.vendor_conditions import queries as vendor_condition_queries
from services.risk.oversight.vendor_conditions.routes import routes as vendor_condition_routes
from services.risk.oversight.vendor_reviews import actions as vendor_review_actions
from services.risk.oversight.vendor_reviews import queries as vendor_review_queries
from services.risk.oversight.vendor_reviews.routes import routes as vendor_review_routes
from services.risk.oversight.vendor_standings.routes import routes as vendor_standing_routes
from services.risk.pictures.heat_map_pictures.routes import routes as heat_map_routes
from services.risk.pictures.loss_curves.routes import routes as loss_curve_routes
from services.risk.quantification.loss_scenarios.routes import routes as loss_scenario_routes
from services.risk.quantification.loss_simulations.actions import LOSS_SIMULATION
from services.risk.quantification.loss_simulations.routes import routes as loss_simulation_routes
from services.risk.quantification.treatment_returns.routes import routes as treatment_return_routes
from services.risk.questionnaires.questionnaires.routes import routes as questionnaire_routes
from services.risk.questionnaires.respondents.routes import routes as respondent_routes
from services.risk.questionnaires.responses.routes import routes as response_routes
from services.risk.questionnaires.scores.routes import routes as score_routes
from services.risk.questionnaires.template_sheets.routes import routes as template_sheet_routes
from services.risk.questionnaires.templates.routes import routes as template_routes
from services.risk.register.asset_exposures.routes import routes as asset_exposure_routes
from services.risk.register.lifecycles.routes import routes as lifecycle_routes
from services.risk.register.overrides.routes import routes as override_routes
from services.risk.register.ratings.actions import rate_touched
from services.risk.register.ratings.routes import routes as rating_routes
from services.risk.register.risks import actions as risk_actions
from services.risk.register.risks import queries as risk_queries
from services.risk.register.risks.routes import routes as risk_routes
from services.risk.register.what_ifs.routes import routes as what_if_routes
from services.risk.transfers.risk_sheets.actions import RISK_IMPORT
from services.risk.transfers.risk_sheets.routes import routes as risk_sheet_routes
from services.risk.treatments.risk_treatments.actions import follow_treatments
from services.risk.treatments.treatment_actions import actions as treatment_action_actions
from services.risk.treatments.treatment_actions import queries as treatment_action_queries
from services.risk.treatments.treatment_actions.routes import routes as treatment_action_routes
from services.risk.treatments.treatment_decisions.routes import routes as treatment_decision_routes
from services.risk.treatments.treatment_progress.routes import routes as treatment_progress_routes
from services.risk.treatments.treatments import actions as treatment_actions
from services.risk.treatments.treatments import queries as treatment_queries
from services.risk.treatments.treatments.routes import routes as treatment_routes
from services.risk.vendors.assurance_coverage.routes import routes as assurance_coverage_routes
from services.risk.vendors.assurance_reports.routes import routes as assurance_report_routes
from services.risk.vendors.complementary_controls import actions as complementary_control_actions
from services.risk.vendors.complementary_controls import queries as complementary_control_queries
from services.risk.vendors.complementary_controls.routes import routes as complementary_control_routes
from services.risk.vendors.vendors import actions as vendor_actions
from services.risk.vendors.vendors import queries as vendor_queries
from services.risk.vendors.vendors.routes import routes as vendor_routes
from shared.data.transactions import Touch
from shared.events.event import handlers_in
from shared.identity.permissions import P
from shared.people.duties import Duty
from shared.schedule import sweeps_in
from shared.service import Service, create_app


async def recompute(session: AsyncSession, touched: Mapping[UUID, Touch]) -> None:
    """Rate the risks that were touched, let acceptances be stale of which a fact has worsened, and find the treatments.

    How a risk is treated follows from its rating and its acceptance, so it is found last.
    """
    await rate_touched(session, touched)
    await follow_risks(session, touched)
    await follow_treatments(session, touched)


SERVICE = Service(
    name="risk",
    summary="What could go wrong, and how much it matters",
    names_controls=True,
    routes=[
        method_routes,
        preview_routes,
        activation_routes,
        risk_routes,
        lifecycle_routes,
        rating_routes,
        override_routes,
        what_if_routes,
        risk_sheet_routes,
        asset_routes,
        dependency_routes,
        asset_exposure_routes,
        asset_sheet_routes,
        indicator_routes,
        indicator_definition_routes,
        indicator_value_routes,
        loss_scenario_routes,
        loss_simulation_routes,
        treatment_return_routes,
        loss_curve_routes,
        heat_map_routes,
        vendor_routes,
        vendor_review_routes,
        vendor_condition_routes,
        assurance_report_routes,
        complementary_control_routes,
        assurance_coverage_routes,
        template_routes,
        template_sheet_routes,
        questionnaire_routes,
        respondent_routes,
        response_routes,
        score_routes,
        vendor_standing_routes,
        acceptance_routes,
        acceptance_decision_routes,
        acceptance_ending_routes,
        treatment_routes,
        treatment_decision_routes,
        treatment_progress_routes,
        treatment_action_routes,
        assessment_routes,
        assessed_risk_routes,
        drift_routes,
        assessment_decision_routes,
        assessment_comparison_routes,
        assessment_page_routes,
    ],
    jobs=[METHOD_PREVIEW, METHOD_ACTIVATION, LOSS_SIMULATION, RISK_IMPORT],
    handlers=handlers_in(handlers),
    sweeps=sweeps_in(schedule),
    duties=[
        Duty("risk", "owner", risk_queries.owned, risk_actions.hand_over),
        Duty("asset", "owner", asset_queries.owned, asset_actions.hand_over),
        Duty("indicator", "owner", indicator_queries.owned, indicator_actions.hand_over),
        Duty("vendor", "owner", vendor_queries.owned, vendor_actions.hand_over),
        Duty(
            "complementary_control",
            "owner",
            complementary_control_queries.owned,
            complementary_control_actions.hand_over,
        ),
        Duty("vendor_condition", "owner", vendor_condition_queries.owned, vendor_condition_actions.hand_over),
        Duty(
            "vendor_review", "reviewer", vendor_review_queries.to_do, vendor_review_actions.hand_over, P.VENDORS_WRITE
        ),
        Duty("acceptance", "owner", acceptance_queries.to_decide, acceptance_actions.hand_over, P.RISKS_OWN),
        Duty("treatment", "owner", treatment_queries.owned, treatment_actions.hand_over),
        Duty(
            "treatment", "risk_owner", treatment_queries.to_decide, treatment_actions.hand_over_decisions, P.RISKS_OWN
        ),
        Duty("treatment_action", "owner", treatment_action_queries.owned, treatment_action_actions.hand_over),
        Duty(
            "risk_assessment",
            "approver",
            assessment_queries.to_approve,
            assessment_actions.hand_over_approval,
            P.RISKS_WRITE,
        ),
        Duty("risk_assessment", "lead", assessment_queries.led, assessment_actions.hand_over_lead, P.RISKS_WRITE),
        Duty(
            "risk_assessment",
            "participant",
            assessment_queries.to_rate,
            assessment_actions.hand_over_rating,
            P.RISKS_OWN,
        ),
    ],
    recompute=recompute,
)


def app() -> ASGIApp:
    """For `uvicorn --factory services.risk.app:app`."""
    return create_app(SERVICE)
