"""The roles on the team of one engagement, and what each permits by a token for it."""

from enum import StrEnum

from shared.identity.permissions import P, Permission


class TeamRole(StrEnum):
    """What a person is in the team of one engagement.

    The engagement partner is responsible for it and for its report, the quality reviewer takes no part in it and
    reviews it before the report is released (AICPA QM section 20 and AT-C section 105).
    """

    ENGAGEMENT_PARTNER = "engagement_partner"
    MANAGER = "manager"
    STAFF = "staff"
    QUALITY_REVIEWER = "quality_reviewer"


# What the scope of the engagement shows; the database decides which rows.
_IN_SCOPE = frozenset(
    {
        P.CONTROLS_READ,
        P.FRAMEWORKS_READ,
        P.TESTS_READ,
        P.POLICIES_READ,
        P.WAIVERS_READ,
        P.HISTORICAL_RECORDS_READ,
        P.ISSUES_READ,
        P.EVIDENCE_READ,
        P.RISKS_READ,
        P.ENGAGEMENTS_READ,
        P.ENGAGEMENT_TEAMS_READ,
        P.DESCRIPTIONS_READ,
        P.AUDIT_REPORTS_READ,
        P.CANDIDATES_READ,
        P.REQUESTS_READ,
        P.REQUEST_TEMPLATES_READ,
        P.ENGAGEMENT_DOCUMENTS_WRITE,
        P.CHRONOLOGIES_READ,
        P.POPULATIONS_READ,
        P.SAMPLES_READ,
        P.SAMPLING_POLICY_READ,
        P.FIRM_PROCEDURES_READ,
        P.PAPERS_READ,
        P.FINDINGS_READ,
        P.CERTIFICATES_READ,
        P.CONCLUSIONS_READ,
    }
)
_STAFF = _IN_SCOPE | {
    P.CANDIDATES_EVALUATE,
    P.REQUESTS_WRITE,
    P.REQUESTS_COMMENT,
    P.REQUESTS_ACCEPT,
    P.POPULATIONS_WRITE,
    P.SAMPLES_WRITE,
    P.PAPERS_WRITE,
}
_MANAGER = _STAFF | {P.ENGAGEMENTS_CONDUCT, P.AUDIT_REPORTS_WRITE, P.PAPERS_REVIEW, P.CONCLUSIONS_WRITE}
TEAM_GRANTS: dict[TeamRole, frozenset[Permission]] = {
    TeamRole.ENGAGEMENT_PARTNER: _MANAGER | {P.AUDIT_REPORTS_ISSUE, P.OPINIONS_DECIDE},
    TeamRole.MANAGER: _MANAGER,
    TeamRole.STAFF: _STAFF,
    TeamRole.QUALITY_REVIEWER: _IN_SCOPE,
}
