"""Wiring only."""

from starlette.types import ASGIApp

from services.controls import handlers, schedule
from services.controls.acknowledgements.routes import routes as acknowledgement_routes
from services.controls.control_tests.routes import routes as control_test_routes
from services.controls.controls.routes import routes as control_routes
from services.controls.coverage.routes import routes as coverage_routes
from services.controls.crosswalk_entries.routes import routes as crosswalk_entry_routes
from services.controls.crosswalks.routes import routes as crosswalk_routes
from services.controls.definitions.routes import routes as definition_routes
from services.controls.differences.routes import routes as difference_routes
from services.controls.exceptions.routes import routes as exception_routes
from services.controls.frameworks.routes import routes as framework_routes
from services.controls.gaps.routes import routes as gap_routes
from services.controls.health.routes import routes as health_routes
from services.controls.imports.routes import routes as import_routes
from services.controls.issue_policies.routes import routes as issue_policy_routes
from services.controls.issues.routes import routes as issue_routes
from services.controls.occurrences.routes import routes as occurrence_routes
from services.controls.policies.routes import routes as policy_routes
from services.controls.policy_campaigns.routes import routes as policy_campaign_routes
from services.controls.policy_reviews.routes import routes as policy_review_routes
from services.controls.policy_versions.routes import routes as policy_version_routes
from services.controls.procedures.routes import routes as procedure_routes
from services.controls.programmes.routes import routes as programme_routes
from services.controls.readiness.routes import routes as readiness_routes
from services.controls.recurrences.routes import routes as recurrence_routes
from services.controls.remediation.routes import routes as remediation_routes
from services.controls.requirements.routes import routes as requirement_routes
from services.controls.scope_decisions.routes import routes as scope_decision_routes
from services.controls.statements_of_applicability.routes import routes as statement_routes
from services.controls.test_results.routes import routes as test_result_routes
from services.controls.test_standings.routes import routes as test_standing_routes
from services.controls.transfers.routes import routes as transfer_routes
from services.controls.upgrades.routes import routes as upgrade_routes
from services.controls.withdrawals.routes import routes as withdrawal_routes
from shared.events.event import handlers_in
from shared.schedule import sweeps_in
from shared.service import Service, create_app

SERVICE = Service(
    name="controls",
    summary="What we say we do, and whether it works",
    routes=[
        control_routes,
        definition_routes,
        transfer_routes,
        occurrence_routes,
        health_routes,
        framework_routes,
        import_routes,
        difference_routes,
        withdrawal_routes,
        requirement_routes,
        crosswalk_routes,
        crosswalk_entry_routes,
        coverage_routes,
        programme_routes,
        procedure_routes,
        control_test_routes,
        upgrade_routes,
        test_result_routes,
        test_standing_routes,
        exception_routes,
        issue_policy_routes,
        issue_routes,
        remediation_routes,
        scope_decision_routes,
        readiness_routes,
        gap_routes,
        statement_routes,
        recurrence_routes,
        policy_routes,
        policy_version_routes,
        policy_review_routes,
        policy_campaign_routes,
        acknowledgement_routes,
    ],
    handlers=handlers_in(handlers),
    sweeps=sweeps_in(schedule),
)


def app() -> ASGIApp:
    """For `uvicorn --factory services.controls.app:app`."""
    return create_app(SERVICE)
