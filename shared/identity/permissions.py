"""Every permission there is, and the roles that bundle them. An operation names one; the contract shows it."""

from enum import StrEnum


class Permission(StrEnum):
    """`noun:verb`, as in a token's `scope` claim (RFC 6749)."""

    CONTROLS_READ = "controls:read"
    CONTROLS_WRITE = "controls:write"
    CONTROLS_APPROVE = "controls:approve"
    CONTROLS_PERFORM = "controls:perform"
    FRAMEWORKS_READ = "frameworks:read"
    FRAMEWORKS_WRITE = "frameworks:write"
    PROGRAMMES_READ = "programmes:read"
    PROGRAMMES_WRITE = "programmes:write"
    PROGRAMMES_APPROVE = "programmes:approve"
    TESTS_READ = "tests:read"
    TESTS_WRITE = "tests:write"
    TESTS_PERFORM = "tests:perform"
    TESTS_APPROVE = "tests:approve"
    TEST_RESULTS_PUSH = "test-results:push"
    POLICIES_READ = "policies:read"
    POLICIES_WRITE = "policies:write"
    POLICIES_APPROVE = "policies:approve"
    POLICIES_DECIDE = "policies:decide"
    POLICIES_ACKNOWLEDGE = "policies:acknowledge"
    WAIVERS_READ = "waivers:read"
    WAIVERS_WRITE = "waivers:write"
    WAIVERS_APPROVE = "waivers:approve"
    HISTORICAL_RECORDS_READ = "historical-records:read"
    HISTORICAL_RECORDS_WRITE = "historical-records:write"
    HISTORICAL_RECORDS_ACCEPT = "historical-records:accept"
    ISSUES_READ = "issues:read"
    ISSUES_WRITE = "issues:write"
    ISSUES_VERIFY = "issues:verify"
    ISSUE_POLICY_WRITE = "issue-policy:write"
    HEALTH_POLICY_WRITE = "health-policy:write"
    EVIDENCE_READ = "evidence:read"
    EVIDENCE_SUBMIT = "evidence:submit"
    EVIDENCE_REVIEW = "evidence:review"
    EXPECTATIONS_WRITE = "expectations:write"
    HOLDS_READ = "holds:read"
    HOLDS_WRITE = "holds:write"
    RETENTION_READ = "retention:read"
    RETENTION_WRITE = "retention:write"
    DISPOSALS_APPROVE = "disposals:approve"
    BUNDLES_READ = "bundles:read"
    BUNDLES_WRITE = "bundles:write"
    RISKS_READ = "risks:read"
    RISKS_WRITE = "risks:write"
    RISK_METHODS_WRITE = "risk-methods:write"
    ENGAGEMENTS_READ = "engagements:read"
    ENGAGEMENTS_WRITE = "engagements:write"
    ENGAGEMENTS_CONDUCT = "engagements:conduct"
    ENGAGEMENT_DOCUMENTS_WRITE = "engagement-documents:write"
    ENGAGEMENT_TEAMS_READ = "engagement-teams:read"
    ENGAGEMENT_TEAMS_WRITE = "engagement-teams:write"
    INDEPENDENCE_CONFIRM = "independence:confirm"
    PLANS_READ = "plans:read"
    PLANS_WRITE = "plans:write"
    COSTS_READ = "costs:read"
    COSTS_WRITE = "costs:write"
    DESCRIPTIONS_READ = "descriptions:read"
    DESCRIPTIONS_WRITE = "descriptions:write"
    DESCRIPTIONS_APPROVE = "descriptions:approve"
    REQUESTS_READ = "requests:read"
    REQUESTS_WRITE = "requests:write"
    REQUESTS_ANSWER = "requests:answer"
    REQUESTS_COMMENT = "requests:comment"
    REQUESTS_ACCEPT = "requests:accept"
    REQUEST_TEMPLATES_READ = "request-templates:read"
    REQUEST_TEMPLATES_WRITE = "request-templates:write"
    POPULATIONS_READ = "populations:read"
    POPULATIONS_WRITE = "populations:write"
    SAMPLES_READ = "samples:read"
    SAMPLES_WRITE = "samples:write"
    SAMPLING_POLICY_READ = "sampling-policy:read"
    SAMPLING_POLICY_WRITE = "sampling-policy:write"
    AUDIT_REPORTS_READ = "audit-reports:read"
    AUDIT_REPORTS_WRITE = "audit-reports:write"
    AUDIT_REPORTS_ISSUE = "audit-reports:issue"
    BRIDGE_LETTERS_READ = "bridge-letters:read"
    BRIDGE_LETTERS_WRITE = "bridge-letters:write"
    BRIDGE_LETTERS_SIGN = "bridge-letters:sign"
    FIRM_PROCEDURES_READ = "firm-procedures:read"
    FIRM_PROCEDURES_WRITE = "firm-procedures:write"
    PAPERS_READ = "papers:read"
    PAPERS_WRITE = "papers:write"
    PAPERS_REVIEW = "papers:review"
    CANDIDATES_READ = "candidates:read"
    CANDIDATES_RESPOND = "candidates:respond"
    CANDIDATES_EVALUATE = "candidates:evaluate"
    CHRONOLOGIES_READ = "chronologies:read"
    ORGANISATION_READ = "organisation:read"
    ORGANISATION_WRITE = "organisation:write"
    FIRMS_READ = "firms:read"
    FIRMS_WRITE = "firms:write"
    FIRM_INVITATIONS_READ = "firm-invitations:read"
    FIRM_INVITATIONS_WRITE = "firm-invitations:write"
    LICENCES_VERIFY = "licences:verify"
    PEOPLE_READ = "people:read"
    PEOPLE_WRITE = "people:write"
    MEMBERS_READ = "members:read"
    MEMBERS_WRITE = "members:write"
    API_CLIENTS_READ = "api-clients:read"
    API_CLIENTS_WRITE = "api-clients:write"
    ISSUERS_READ = "issuers:read"
    ISSUERS_WRITE = "issuers:write"
    TRAIL_READ = "trail:read"
    DEAD_LETTERS_READ = "dead-letters:read"
    DEAD_LETTERS_REPLAY = "dead-letters:replay"
    SWEEPS_RUN = "sweeps:run"
    ORGANISATIONS_FOUND = "organisations:found"
    STORAGE_QUOTAS_WRITE = "storage-quotas:write"
    SIGNING_KEYS_ROTATE = "signing-keys:rotate"


P = Permission

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
        P.PLANS_READ,
        P.ORGANISATION_READ,
        P.FIRMS_READ,
        P.PEOPLE_READ,
        P.INDEPENDENCE_CONFIRM,
    }
)
_OPERATORS_ONLY = frozenset({P.ORGANISATIONS_FOUND, P.STORAGE_QUOTAS_WRITE, P.LICENCES_VERIFY, P.SIGNING_KEYS_ROTATE})
_PLATFORM = _OPERATORS_ONLY | {P.FIRMS_READ, P.TRAIL_READ, P.DEAD_LETTERS_READ, P.DEAD_LETTERS_REPLAY}
# Verbs of the auditing party, which no role of an organisation holds, its administrator's neither: they come with a
# token for one engagement only. The auditor writes nothing that management asserts, and management nothing that the
# auditor concludes (AICPA Code of Professional Conduct, independence: no management decisions for the attest client).
AUDITORS_ONLY = frozenset(
    {
        P.ENGAGEMENTS_CONDUCT,
        P.CHRONOLOGIES_READ,
        P.CANDIDATES_EVALUATE,
        P.REQUESTS_WRITE,
        P.REQUESTS_ACCEPT,
        P.POPULATIONS_READ,
        P.POPULATIONS_WRITE,
        P.SAMPLES_READ,
        P.SAMPLES_WRITE,
        P.AUDIT_REPORTS_WRITE,
        P.AUDIT_REPORTS_ISSUE,
        P.PAPERS_READ,
        P.PAPERS_WRITE,
        P.PAPERS_REVIEW,
    }
)


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
        P.REQUESTS_READ,
        P.REQUESTS_ANSWER,
        P.REQUESTS_COMMENT,
        P.REQUEST_TEMPLATES_READ,
        P.REQUEST_TEMPLATES_WRITE,
        P.FIRM_INVITATIONS_READ,
        P.FIRM_INVITATIONS_WRITE,
        P.MEMBERS_READ,
        P.TRAIL_READ,
        P.SWEEPS_RUN,
    },
    Role.CONTROL_OWNER: _READ
    | {
        P.CONTROLS_PERFORM,
        P.TESTS_PERFORM,
        P.POLICIES_ACKNOWLEDGE,
        P.POLICIES_DECIDE,
        P.WAIVERS_WRITE,
        P.ISSUES_WRITE,
        P.EVIDENCE_SUBMIT,
        P.CANDIDATES_READ,
        P.CANDIDATES_RESPOND,
        P.REQUESTS_READ,
        P.REQUESTS_ANSWER,
        P.REQUESTS_COMMENT,
    },
    Role.EVIDENCE_REVIEWER: _READ | {P.EVIDENCE_REVIEW, P.POLICIES_ACKNOWLEDGE, P.POLICIES_DECIDE},
    Role.RISK_MANAGER: _READ | {P.RISKS_WRITE, P.RISK_METHODS_WRITE, P.POLICIES_ACKNOWLEDGE, P.POLICIES_DECIDE},
    # Who leads engagements assigns their teams; what each does in one comes with their token for it.
    Role.FIRM_MANAGER: _OF_FIRMS
    | {
        P.ENGAGEMENT_TEAMS_WRITE,
        P.REQUEST_TEMPLATES_WRITE,
        P.SAMPLING_POLICY_WRITE,
        P.FIRM_PROCEDURES_WRITE,
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
        P.REQUESTS_READ,
        P.POLICIES_ACKNOWLEDGE,
        P.POLICIES_DECIDE,
    },
    Role.MONITOR: frozenset({P.TEST_RESULTS_PUSH}),  # a build server or scanner: it reports, and reads nothing
    Role.OPERATOR: _PLATFORM,
}


def granted(roles: frozenset[Role]) -> frozenset[Permission]:
    """All that the roles permit together."""
    return frozenset().union(*(GRANTS[role] for role in roles))
