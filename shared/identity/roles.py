"""The roles of an organisation's members and API clients, and the permissions that each bundles."""

from enum import StrEnum

from shared.identity.permissions import AUDITORS_ONLY, P, Permission

_READ = frozenset(
    {
        P.CONTROLS_READ,
        P.FRAMEWORKS_READ,
        P.PROGRAMMES_READ,
        P.TESTS_READ,
        P.POLICIES_READ,
        P.WAIVERS_READ,
        P.HISTORICAL_RECORDS_READ,
        P.ISSUES_READ,
        P.EVIDENCE_READ,
        P.RETENTION_READ,
        P.RISKS_READ,
        P.ASSETS_READ,
        P.VENDORS_READ,
        P.PLANS_READ,
        P.TICKETS_READ,
        P.ORGANISATION_READ,
        P.FIRMS_READ,
        P.PEOPLE_READ,
        P.INDEPENDENCE_CONFIRM,
    }
)
_OPERATORS_ONLY = frozenset({P.ORGANISATIONS_FOUND, P.STORAGE_QUOTAS_WRITE, P.LICENCES_VERIFY, P.SIGNING_KEYS_ROTATE})
_PLATFORM = _OPERATORS_ONLY | {P.FIRMS_READ, P.TRAIL_READ, P.DEAD_LETTERS_READ, P.DEAD_LETTERS_REPLAY}


class Role(StrEnum):
    """What a member or an API client is in an organisation; those of an audit firm begin with `firm`."""

    ADMIN = "admin"
    COMPLIANCE_MANAGER = "compliance-manager"
    CONTROL_OWNER = "control-owner"
    EVIDENCE_REVIEWER = "evidence-reviewer"
    RISK_MANAGER = "risk-manager"
    FIRM_MANAGER = "firm-manager"
    FIRM_STAFF = "firm-staff"
    VIEWER = "viewer"
    MONITOR = "monitor"
    OPERATOR = "operator"


_OF_FIRMS = frozenset(
    {
        P.ORGANISATION_READ,
        P.FIRMS_READ,
        P.PEOPLE_READ,
        P.ENGAGEMENTS_READ,
        P.ENGAGEMENT_TEAMS_READ,
        P.INDEPENDENCE_CONFIRM,
        P.REQUEST_TEMPLATES_READ,
        P.SAMPLING_POLICY_READ,
        P.FIRM_PROCEDURES_READ,
        P.CERTIFICATES_READ,
    }
)
GRANTS: dict[Role, frozenset[Permission]] = {
    Role.ADMIN: frozenset(Permission) - _OPERATORS_ONLY - AUDITORS_ONLY,
    Role.COMPLIANCE_MANAGER: _READ
    | {
        P.CONTROLS_WRITE,
        P.CONTROLS_APPROVE,
        P.CONTROLS_PERFORM,
        P.FRAMEWORKS_WRITE,
        P.PROGRAMMES_WRITE,
        P.PROGRAMMES_APPROVE,
        P.TESTS_WRITE,
        P.TESTS_PERFORM,
        P.TESTS_APPROVE,
        P.TEST_RESULTS_PUSH,
        P.POLICIES_WRITE,
        P.POLICIES_APPROVE,
        P.POLICIES_ACKNOWLEDGE,
        P.POLICIES_DECIDE,
        P.WAIVERS_WRITE,
        P.WAIVERS_APPROVE,
        P.HISTORICAL_RECORDS_WRITE,
        P.HISTORICAL_RECORDS_ACCEPT,
        P.ISSUES_WRITE,
        P.ISSUES_VERIFY,
        P.ISSUE_POLICY_WRITE,
        P.HEALTH_POLICY_WRITE,
        P.EVIDENCE_SUBMIT,
        P.EVIDENCE_REVIEW,
        P.EXPECTATIONS_WRITE,
        P.HOLDS_READ,
        P.HOLDS_WRITE,
        P.RETENTION_WRITE,
        P.DISPOSALS_APPROVE,
        P.BUNDLES_READ,
        P.BUNDLES_WRITE,
        P.RISKS_WRITE,
        P.ASSETS_WRITE,
        P.RISKS_OWN,
        P.RISKS_APPROVE,
        P.INDICATORS_WRITE,
        P.INDICATOR_VALUES_PUSH,
        P.LOSSES_READ,
        P.LOSSES_WRITE,
        P.VENDORS_WRITE,
        P.VENDORS_APPROVE,
        P.ENGAGEMENTS_READ,
        P.ENGAGEMENTS_WRITE,
        P.ENGAGEMENT_DOCUMENTS_WRITE,
        P.ENGAGEMENT_TEAMS_READ,
        P.PLANS_WRITE,
        P.COSTS_READ,
        P.COSTS_WRITE,
        P.DESCRIPTIONS_READ,
        P.DESCRIPTIONS_WRITE,
        P.DESCRIPTIONS_APPROVE,
        P.AUDIT_REPORTS_READ,
        P.BRIDGE_LETTERS_READ,
        P.BRIDGE_LETTERS_WRITE,
        P.CANDIDATES_READ,
        P.CANDIDATES_RESPOND,
        P.FINDINGS_READ,
        P.CERTIFICATES_READ,
        P.FINDINGS_RESPOND,
        P.REQUESTS_READ,
        P.REQUESTS_ANSWER,
        P.REQUESTS_COMMENT,
        P.REQUEST_TEMPLATES_READ,
        P.REQUEST_TEMPLATES_WRITE,
        P.FIRM_INVITATIONS_READ,
        P.FIRM_INVITATIONS_WRITE,
        P.MEMBERS_READ,
        P.SOURCES_READ,
        P.SOURCES_WRITE,
        P.MAPPING_VERSIONS_WRITE,
        P.WEBHOOKS_READ,
        P.WEBHOOKS_WRITE,
        P.TICKET_CONNECTIONS_READ,
        P.TICKET_CONNECTIONS_WRITE,
        P.TICKETS_WRITE,
        P.RESULT_FILES_PUSH,
        P.TRAIL_READ,
        P.SWEEPS_RUN,
    },
    Role.CONTROL_OWNER: _READ
    | {
        P.CONTROLS_PERFORM,
        P.TESTS_PERFORM,
        P.POLICIES_ACKNOWLEDGE,
        P.POLICIES_DECIDE,
        P.RISKS_OWN,
        P.RISKS_APPROVE,
        P.WAIVERS_WRITE,
        P.ISSUES_WRITE,
        P.EVIDENCE_SUBMIT,
        P.CANDIDATES_READ,
        P.CANDIDATES_RESPOND,
        P.FINDINGS_READ,
        P.CERTIFICATES_READ,
        P.FINDINGS_RESPOND,
        P.REQUESTS_READ,
        P.REQUESTS_ANSWER,
        P.REQUESTS_COMMENT,
        P.TICKETS_WRITE,
    },
    Role.EVIDENCE_REVIEWER: _READ
    | {P.EVIDENCE_REVIEW, P.POLICIES_ACKNOWLEDGE, P.POLICIES_DECIDE, P.RISKS_OWN, P.RISKS_APPROVE},
    Role.RISK_MANAGER: _READ
    | {
        P.RISKS_WRITE,
        P.RISKS_OWN,
        P.RISKS_APPROVE,
        P.RISK_METHODS_WRITE,
        P.ASSETS_WRITE,
        P.INDICATORS_WRITE,
        P.INDICATOR_VALUES_PUSH,
        P.LOSSES_READ,
        P.LOSSES_WRITE,
        P.VENDORS_WRITE,
        P.VENDORS_APPROVE,
        P.POLICIES_ACKNOWLEDGE,
        P.POLICIES_DECIDE,
        P.TICKETS_WRITE,
    },
    # Who leads engagements assigns their teams; what each does in one comes with their token for it.
    Role.FIRM_MANAGER: _OF_FIRMS
    | {
        P.ENGAGEMENT_TEAMS_WRITE,
        P.REQUEST_TEMPLATES_WRITE,
        P.SAMPLING_POLICY_WRITE,
        P.FIRM_PROCEDURES_WRITE,
        P.CERTIFICATES_DECIDE,
        P.ENGAGEMENT_FILES_READ,
        P.ENGAGEMENT_FILES_WRITE,
    },
    Role.FIRM_STAFF: _OF_FIRMS,
    Role.VIEWER: _READ
    | {
        P.ENGAGEMENTS_READ,
        P.ENGAGEMENT_TEAMS_READ,
        P.DESCRIPTIONS_READ,
        P.AUDIT_REPORTS_READ,
        P.BRIDGE_LETTERS_READ,
        P.CANDIDATES_READ,
        P.FINDINGS_READ,
        P.CERTIFICATES_READ,
        P.REQUESTS_READ,
        P.POLICIES_ACKNOWLEDGE,
        P.POLICIES_DECIDE,
        P.RISKS_OWN,
        P.RISKS_APPROVE,
    },
    # A build server or scanner: it reports, and reads nothing.
    Role.MONITOR: frozenset({P.TEST_RESULTS_PUSH, P.INDICATOR_VALUES_PUSH, P.RESULT_FILES_PUSH}),
    Role.OPERATOR: _PLATFORM,
}


def granted(roles: frozenset[Role]) -> frozenset[Permission]:
    """All that the roles permit together."""
    return frozenset().union(*(GRANTS[role] for role in roles))
