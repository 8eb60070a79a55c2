"""Every permission there is. An operation names one; the contract shows it."""

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
    RISKS_OWN = "risks:own"
    RISKS_APPROVE = "risks:approve"
    RISK_METHODS_WRITE = "risk-methods:write"
    ASSETS_READ = "assets:read"
    ASSETS_WRITE = "assets:write"
    INDICATORS_WRITE = "indicators:write"
    INDICATOR_VALUES_PUSH = "indicator-values:push"
    LOSSES_READ = "losses:read"
    LOSSES_WRITE = "losses:write"
    VENDORS_READ = "vendors:read"
    VENDORS_WRITE = "vendors:write"
    VENDORS_APPROVE = "vendors:approve"
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
    CONCLUSIONS_READ = "conclusions:read"
    CONCLUSIONS_WRITE = "conclusions:write"
    OPINIONS_DECIDE = "opinions:decide"
    CERTIFICATES_READ = "certificates:read"
    CERTIFICATES_DECIDE = "certificates:decide"
    ENGAGEMENT_FILES_READ = "engagement-files:read"
    ENGAGEMENT_FILES_WRITE = "engagement-files:write"
    FINDINGS_READ = "findings:read"
    FINDINGS_RESPOND = "findings:respond"
    CANDIDATES_READ = "candidates:read"
    CANDIDATES_RESPOND = "candidates:respond"
    CANDIDATES_EVALUATE = "candidates:evaluate"
    CHRONOLOGIES_READ = "chronologies:read"
    SOURCES_READ = "sources:read"
    SOURCES_WRITE = "sources:write"
    MAPPING_VERSIONS_WRITE = "mapping-versions:write"
    WEBHOOKS_READ = "webhooks:read"
    WEBHOOKS_WRITE = "webhooks:write"
    TICKET_CONNECTIONS_READ = "ticket-connections:read"
    TICKET_CONNECTIONS_WRITE = "ticket-connections:write"
    TICKETS_READ = "tickets:read"
    TICKETS_WRITE = "tickets:write"
    RESULT_FILES_PUSH = "result-files:push"
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
        P.CONCLUSIONS_READ,
        P.CONCLUSIONS_WRITE,
        P.OPINIONS_DECIDE,
    }
)
