"""Wiring only."""

from starlette.types import ASGIApp

from services.controls import handlers, schedule
from services.controls.frameworks.crosswalk_entries.routes import routes as crosswalk_entry_routes
from services.controls.frameworks.crosswalks.routes import routes as crosswalk_routes
from services.controls.frameworks.differences.routes import routes as difference_routes
from services.controls.frameworks.framework_imports.actions import FRAMEWORK_IMPORT
from services.controls.frameworks.framework_imports.routes import routes as import_routes
from services.controls.frameworks.frameworks.routes import routes as framework_routes
from services.controls.frameworks.requirements.routes import routes as requirement_routes
from services.controls.health.health.actions import reassess
from services.controls.health.health.routes import routes as health_routes
from services.controls.health.health_policies.routes import routes as health_policy_routes
from services.controls.history.historical_records.routes import routes as historical_record_routes
from services.controls.history.record_decisions.routes import routes as record_decision_routes
from services.controls.history.record_imports.actions import HISTORY_IMPORT
from services.controls.history.record_imports.routes import routes as record_import_routes
from services.controls.issues.issue_policies.routes import routes as issue_policy_routes
from services.controls.issues.issues import actions as issue_actions
from services.controls.issues.issues import queries as issue_queries
from services.controls.issues.issues.routes import routes as issue_routes
from services.controls.issues.recurrences.routes import routes as recurrence_routes
from services.controls.issues.remediation.routes import routes as remediation_routes
from services.controls.policies.acknowledgements.routes import routes as acknowledgement_routes
from services.controls.policies.policies import actions as policy_actions
from services.controls.policies.policies import queries as policy_queries
from services.controls.policies.policies.routes import routes as policy_routes
from services.controls.policies.policy_campaigns.routes import routes as policy_campaign_routes
from services.controls.policies.policy_reviews.routes import routes as policy_review_routes
from services.controls.policies.policy_versions import actions as policy_version_actions
from services.controls.policies.policy_versions import queries as policy_version_queries
from services.controls.policies.policy_versions.routes import routes as policy_version_routes
from services.controls.programmes.adopted_mappings.routes import routes as adopted_mapping_routes
from services.controls.programmes.adoptions.routes import routes as adoption_routes
from services.controls.programmes.commitments.routes import routes as commitment_routes
from services.controls.programmes.coverage.routes import routes as coverage_routes
from services.controls.programmes.framework_withdrawals.routes import routes as withdrawal_routes
from services.controls.programmes.gaps.routes import routes as gap_routes
from services.controls.programmes.interested_parties.routes import routes as interested_party_routes
from services.controls.programmes.period_readiness.routes import routes as period_readiness_routes
from services.controls.programmes.programmes import actions as programme_actions
from services.controls.programmes.programmes import queries as programme_queries
from services.controls.programmes.programmes.routes import routes as programme_routes
from services.controls.programmes.readiness.routes import routes as readiness_routes
from services.controls.programmes.scope_decisions.routes import routes as scope_decision_routes
from services.controls.programmes.security_objectives import actions as security_objective_actions
from services.controls.programmes.security_objectives import queries as security_objective_queries
from services.controls.programmes.security_objectives.routes import routes as security_objective_routes
from services.controls.programmes.statements_of_applicability.routes import routes as statement_routes
from services.controls.programmes.steps.routes import routes as step_routes
from services.controls.programmes.upgrades.routes import routes as upgrade_routes
from services.controls.register.control_batches.routes import routes as control_batch_routes
from services.controls.register.controls import queries as control_queries
from services.controls.register.controls.routes import routes as control_routes
from services.controls.register.definitions.routes import routes as definition_routes
from services.controls.register.lifecycles import actions as lifecycle_actions
from services.controls.register.lifecycles.routes import routes as lifecycle_routes
from services.controls.register.occurrences.routes import routes as occurrence_routes
from services.controls.register.waivers.routes import routes as waiver_routes
from services.controls.reported.requirement_links.routes import routes as requirement_link_routes
from services.controls.testing.check_links.routes import routes as check_link_routes
from services.controls.testing.control_tests import actions as control_test_actions
from services.controls.testing.control_tests import queries as control_test_queries
from services.controls.testing.control_tests.routes import routes as control_test_routes
from services.controls.testing.procedures.routes import routes as procedure_routes
from services.controls.testing.test_results.routes import routes as test_result_routes
from services.controls.testing.test_standings.routes import routes as test_standing_routes
from services.controls.transfers.control_imports.actions import CONTROL_IMPORT
from services.controls.transfers.control_imports.routes import routes as transfer_routes
from shared.events.event import handlers_in
from shared.identity.permissions import P
from shared.people.duties import Duty
from shared.schedule import sweeps_in
from shared.service import Service, create_app

SERVICE = Service(
    name="controls",
    summary="What we say we do, and whether it works",
    names_controls=True,
    routes=[
        framework_routes,
        requirement_routes,
        import_routes,
        difference_routes,
        crosswalk_routes,
        crosswalk_entry_routes,
        control_routes,
        lifecycle_routes,
        control_batch_routes,
        definition_routes,
        transfer_routes,
        occurrence_routes,
        waiver_routes,
        procedure_routes,
        control_test_routes,
        test_result_routes,
        test_standing_routes,
        check_link_routes,
        requirement_link_routes,
        health_routes,
        health_policy_routes,
        historical_record_routes,
        record_decision_routes,
        record_import_routes,
        issue_routes,
        issue_policy_routes,
        remediation_routes,
        recurrence_routes,
        policy_routes,
        policy_version_routes,
        policy_review_routes,
        policy_campaign_routes,
        acknowledgement_routes,
        programme_routes,
        commitment_routes,
        interested_party_routes,
        security_objective_routes,
        scope_decision_routes,
        step_routes,
        readiness_routes,
        period_readiness_routes,
        gap_routes,
        coverage_routes,
        adoption_routes,
        adopted_mapping_routes,
        statement_routes,
        upgrade_routes,
        withdrawal_routes,
    ],
    jobs=[CONTROL_IMPORT, FRAMEWORK_IMPORT, HISTORY_IMPORT],
    handlers=handlers_in(handlers),
    sweeps=sweeps_in(schedule),
    recompute=reassess,
    duties=[
        Duty("control", "owner", control_queries.owned, lifecycle_actions.hand_over),
        Duty("control", "backup_owner", control_queries.backed_up, lifecycle_actions.hand_over),
        Duty(
            "control_test",
            "tester",
            control_test_queries.to_perform,
            control_test_actions.hand_over,
            P.TESTS_PERFORM,
        ),
        Duty("issue", "owner", issue_queries.owned, issue_actions.hand_over),
        Duty("issue", "corrective_action", issue_queries.to_act, issue_actions.hand_over),
        Duty("policy", "owner", policy_queries.owned, policy_actions.hand_over),
        Duty(
            "policy_version",
            "approver",
            policy_version_queries.to_decide,
            policy_version_actions.hand_over,
            P.POLICIES_DECIDE,
        ),
        Duty("programme", "owner", programme_queries.owned, programme_actions.hand_over),
        Duty(
            "security_objective",
            "owner",
            security_objective_queries.owned,
            security_objective_actions.hand_over,
        ),
    ],
)


def app() -> ASGIApp:
    """For `uvicorn --factory services.controls.app:app`."""
    return create_app(SERVICE)
