"""Who may be told of an event: the permission that reads what it is about, and where that is read.

Deny by default: an event whose noun is missing here is told to nobody outside (`tests/shape/test_readers.py`).
"""

from dataclasses import dataclass
from types import MappingProxyType
from uuid import UUID

from shared.events.event import Event
from shared.identity.permissions import P, Permission


@dataclass(frozen=True, slots=True)
class Readers:
    """The permission that reads the thing, and the collection it is in, where it can be read by its id."""

    permission: Permission
    path: str | None = None

    def address_of(self, subject: UUID) -> str | None:
        """The path of the thing, for whoever wants to read all of it."""
        return f"/v1/{self.path}/{subject}" if self.path else None


def readers_of(kind: type[Event]) -> Readers | None:
    """Who may be told of events of this kind."""
    return READERS.get(kind.name.rpartition(".")[0])


_TRAILS = {
    f"{service}.trail": Readers(P.TRAIL_READ)
    for service in ("gateway", "controls", "evidence", "risk", "audit", "integrations")
}
_JOBS = {
    f"{service}.job": Readers(P.TRAIL_READ, f"services/{service}/jobs")
    for service in ("controls", "risk", "audit", "integrations")
}
_AUDIT = {
    "audit.area_of_concern": Readers(P.FINDINGS_READ, "areas-of-concern"),
    "audit.audit_calendar_feed": Readers(P.PLANS_READ),
    "audit.audit_report": Readers(P.AUDIT_REPORTS_READ, "audit-reports"),
    "audit.bridge_letter": Readers(P.BRIDGE_LETTERS_READ, "bridge-letters"),
    "audit.candidate": Readers(P.CANDIDATES_READ, "candidates"),
    "audit.certificate": Readers(P.CERTIFICATES_READ, "certificates"),
    "audit.conclusion": Readers(P.CONCLUSIONS_READ, "conclusions"),
    "audit.cost_entry": Readers(P.COSTS_READ, "cost-entries"),
    "audit.deviation": Readers(P.PAPERS_READ, "deviations"),
    "audit.engagement": Readers(P.ENGAGEMENTS_READ, "engagements"),
    "audit.engagement_document": Readers(P.ENGAGEMENTS_READ, "engagement-documents"),
    "audit.engagement_file": Readers(P.ENGAGEMENT_FILES_READ, "engagement-files"),
    "audit.engagement_proposal": Readers(P.ENGAGEMENTS_READ, "engagement-proposals"),
    "audit.file_addition": Readers(P.ENGAGEMENT_FILES_READ, "file-additions"),
    "audit.finding": Readers(P.FINDINGS_READ, "findings"),
    "audit.finding_remediation": Readers(P.FINDINGS_READ, "finding-remediations"),
    "audit.firm_procedure": Readers(P.FIRM_PROCEDURES_READ, "firm-procedures"),
    "audit.item_test": Readers(P.PAPERS_READ, "item-tests"),
    "audit.milestone": Readers(P.PLANS_READ, "milestones"),
    "audit.nonconformity": Readers(P.FINDINGS_READ, "nonconformities"),
    "audit.opinion": Readers(P.CONCLUSIONS_READ, "opinions"),
    "audit.paper": Readers(P.PAPERS_READ, "papers"),
    "audit.population": Readers(P.POPULATIONS_READ, "populations"),
    "audit.reliability_record": Readers(P.PAPERS_READ, "reliability-records"),
    "audit.report_download": Readers(P.AUDIT_REPORTS_READ, "report-downloads"),
    "audit.request": Readers(P.REQUESTS_READ, "requests"),
    "audit.request_answer": Readers(P.REQUESTS_READ, "request-answers"),
    "audit.request_comment": Readers(P.REQUESTS_READ, "request-comments"),
    "audit.request_template": Readers(P.REQUEST_TEMPLATES_READ, "request-templates"),
    "audit.review_note": Readers(P.PAPERS_READ, "review-notes"),
    "audit.sample": Readers(P.SAMPLES_READ, "samples"),
    "audit.sample_item": Readers(P.SAMPLES_READ, "sample-items"),
    "audit.sampling_policy": Readers(P.SAMPLING_POLICY_READ),
    "audit.scope_change": Readers(P.ENGAGEMENTS_READ, "scope-changes"),
    "audit.significant_change": Readers(P.DESCRIPTIONS_READ, "significant-changes"),
    "audit.subservice_organisation": Readers(P.DESCRIPTIONS_READ, "subservice-organisations"),
    "audit.system_description": Readers(P.DESCRIPTIONS_READ, "system-descriptions"),
    "audit.system_incident": Readers(P.DESCRIPTIONS_READ, "system-incidents"),
    "audit.team_member": Readers(P.ENGAGEMENT_TEAMS_READ, "team-members"),
    "audit.user_entity_control": Readers(P.DESCRIPTIONS_READ, "user-entity-controls"),
}
_CONTROLS = {
    "controls.adopted_mapping": Readers(P.PROGRAMMES_READ, "adopted-mappings"),
    "controls.adoption": Readers(P.PROGRAMMES_READ, "adoptions"),
    "controls.check_link": Readers(P.TESTS_READ, "check-links"),
    "controls.requirement_link": Readers(P.TESTS_READ, "requirement-links"),
    "controls.commitment": Readers(P.PROGRAMMES_READ, "commitments"),
    "controls.control": Readers(P.CONTROLS_READ, "controls"),
    "controls.crosswalk": Readers(P.FRAMEWORKS_READ, "crosswalks"),
    "controls.crosswalk_entry": Readers(P.FRAMEWORKS_READ, "crosswalk-entries"),
    "controls.definition": Readers(P.CONTROLS_READ, "control-definitions"),
    "controls.framework": Readers(P.FRAMEWORKS_READ, "frameworks"),
    "controls.framework_version": Readers(P.FRAMEWORKS_READ, "framework-versions"),
    "controls.health": Readers(P.CONTROLS_READ, "controls"),
    "controls.health_policy": Readers(P.CONTROLS_READ),
    "controls.historical_record": Readers(P.HISTORICAL_RECORDS_READ, "historical-records"),
    "controls.interested_party": Readers(P.PROGRAMMES_READ, "interested-parties"),
    "controls.issue": Readers(P.ISSUES_READ, "issues"),
    "controls.issue_policy": Readers(P.ISSUES_READ),
    "controls.occurrence": Readers(P.CONTROLS_READ),
    "controls.policy": Readers(P.POLICIES_READ, "policies"),
    "controls.policy_campaign": Readers(P.POLICIES_READ, "policy-campaigns"),
    "controls.policy_version": Readers(P.POLICIES_READ, "policy-versions"),
    "controls.procedure": Readers(P.TESTS_READ, "procedures"),
    "controls.programme": Readers(P.PROGRAMMES_READ, "programmes"),
    "controls.scope_decision": Readers(P.PROGRAMMES_READ, "scope-decisions"),
    "controls.security_objective": Readers(P.PROGRAMMES_READ, "security-objectives"),
    "controls.statement_of_applicability": Readers(P.PROGRAMMES_READ, "statements-of-applicability"),
    "controls.test": Readers(P.TESTS_READ),
    "controls.test_result": Readers(P.TESTS_READ, "test-results"),
    "controls.test_results": Readers(P.TESTS_READ),
    "controls.test_standing": Readers(P.TESTS_READ, "test-standings"),
    "controls.upgrade": Readers(P.PROGRAMMES_READ, "upgrades"),
    "controls.waiver": Readers(P.WAIVERS_READ, "waivers"),
}
_EVIDENCE = {
    "evidence.bundle": Readers(P.BUNDLES_READ, "bundles"),
    "evidence.calendar_feed": Readers(P.EVIDENCE_READ),
    "evidence.collection": Readers(P.EVIDENCE_READ, "collections"),
    "evidence.disposal": Readers(P.RETENTION_READ, "disposals"),
    "evidence.expectation": Readers(P.EVIDENCE_READ, "expectations"),
    "evidence.file": Readers(P.EVIDENCE_READ, "files"),
    "evidence.hold": Readers(P.HOLDS_READ, "holds"),
    "evidence.item": Readers(P.EVIDENCE_READ, "evidence"),
    "evidence.link": Readers(P.EVIDENCE_READ),
    "evidence.record_schema": Readers(P.EVIDENCE_READ, "record-schemas"),
    "evidence.release": Readers(P.RETENTION_READ, "releases"),
    "evidence.retention_class": Readers(P.RETENTION_READ, "retention-classes"),
    "evidence.upload": Readers(P.EVIDENCE_READ),
}
_GATEWAY = {
    "gateway.api_client": Readers(P.API_CLIENTS_READ, "api-clients"),
    "gateway.firm": Readers(P.FIRMS_READ, "firms"),
    "gateway.firm_invitation": Readers(P.FIRM_INVITATIONS_READ, "firm-invitations"),
    "gateway.issuer": Readers(P.ISSUERS_READ, "issuers"),
    "gateway.licence": Readers(P.FIRMS_READ, "licences"),
    "gateway.member": Readers(P.MEMBERS_READ, "members"),
    "gateway.organisation": Readers(P.ORGANISATION_READ, "organisations"),
    "gateway.person": Readers(P.PEOPLE_READ, "people"),
    "gateway.signing_key": Readers(P.SIGNING_KEYS_ROTATE, "signing-keys"),
    "gateway.team": Readers(P.PEOPLE_READ, "teams"),
}
_INTEGRATIONS = {
    "integrations.check": Readers(P.SOURCES_READ),
    "integrations.mapping_version": Readers(P.SOURCES_READ, "mapping-versions"),
    "integrations.person": Readers(P.SOURCES_READ),
    "integrations.result_file": Readers(P.SOURCES_READ, "result-files"),
    "integrations.source": Readers(P.SOURCES_READ, "sources"),
    "integrations.ticket": Readers(P.SOURCES_READ),
    "integrations.ticket_connection": Readers(P.TICKET_CONNECTIONS_READ, "ticket-connections"),
    "integrations.ticket_rule": Readers(P.TICKET_CONNECTIONS_READ, "ticket-rules"),
    "integrations.tracked_ticket": Readers(P.TICKETS_READ, "tickets"),
    "integrations.vulnerability": Readers(P.SOURCES_READ),
    "integrations.vulnerability_finding": Readers(P.SOURCES_READ, "vulnerability-findings"),
    "integrations.vulnerability_policy": Readers(P.SOURCES_READ),
    "integrations.webhook_endpoint": Readers(P.WEBHOOKS_READ, "webhook-endpoints"),
}
_RISK = {
    "risk.acceptance": Readers(P.RISKS_READ, "acceptances"),
    "risk.assessed_risk": Readers(P.RISKS_READ, "assessed-risks"),
    "risk.assessment": Readers(P.RISKS_READ, "risk-assessments"),
    "risk.asset": Readers(P.ASSETS_READ, "assets"),
    "risk.assurance_report": Readers(P.VENDORS_READ, "assurance-reports"),
    "risk.complementary_control": Readers(P.VENDORS_READ, "complementary-controls"),
    "risk.indicator": Readers(P.RISKS_READ, "indicators"),
    "risk.loss_scenario": Readers(P.LOSSES_READ, "loss-scenarios"),
    "risk.loss_simulation": Readers(P.LOSSES_READ, "loss-simulations"),
    "risk.method": Readers(P.RISKS_READ, "risk-methods"),
    "risk.override": Readers(P.RISKS_READ, "risk-overrides"),
    "risk.questionnaire": Readers(P.VENDORS_READ, "questionnaires"),
    "risk.questionnaire_template": Readers(P.VENDORS_READ, "questionnaire-templates"),
    "risk.risk": Readers(P.RISKS_READ, "risks"),
    "risk.treatment": Readers(P.RISKS_READ, "treatments"),
    "risk.treatment_action": Readers(P.RISKS_READ, "treatment-actions"),
    "risk.treatment_return": Readers(P.LOSSES_READ, "treatment-returns"),
    "risk.vendor": Readers(P.VENDORS_READ, "vendors"),
    "risk.vendor_condition": Readers(P.VENDORS_READ, "vendor-conditions"),
    "risk.vendor_review": Readers(P.VENDORS_READ, "vendor-reviews"),
}
READERS = MappingProxyType(
    {**_TRAILS, **_JOBS, **_AUDIT, **_CONTROLS, **_EVIDENCE, **_GATEWAY, **_INTEGRATIONS, **_RISK}
)
