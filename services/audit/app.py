"""Wiring only."""

from collections.abc import Mapping
from uuid import UUID

from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.types import ASGIApp

from services.audit import handlers, schedule
from services.audit.conduct.phase_moves.routes import routes as phase_move_routes
from services.audit.conduct.proposals.routes import routes as proposal_routes
from services.audit.conduct.scope_changes.routes import routes as scope_change_routes
from services.audit.description.description_documents.routes import routes as description_document_routes
from services.audit.description.description_lacks.routes import routes as description_lack_routes
from services.audit.description.significant_changes.routes import routes as significant_change_routes
from services.audit.description.subservice_organisations.routes import routes as subservice_organisation_routes
from services.audit.description.system_descriptions.routes import routes as system_description_routes
from services.audit.description.system_incidents.routes import routes as system_incident_routes
from services.audit.description.user_entity_controls.routes import routes as user_entity_control_routes
from services.audit.engagements.candidates.routes import routes as candidate_routes
from services.audit.engagements.engagement_documents.routes import routes as engagement_document_routes
from services.audit.engagements.engagement_history.routes import routes as engagement_history_routes
from services.audit.engagements.engagements.routes import routes as engagement_routes
from services.audit.engagements.examinations.actions import examine
from services.audit.engagements.scoped_definitions.routes import routes as scoped_definition_routes
from services.audit.engagements.team_members.routes import routes as team_member_routes
from services.audit.filing.engagement_files.routes import routes as engagement_file_routes
from services.audit.filing.file_additions.routes import routes as file_addition_routes
from services.audit.filing.file_archives.actions import ASSEMBLY
from services.audit.filing.file_archives.routes import routes as file_archive_routes
from services.audit.issuing.report_approvals.routes import routes as report_approval_routes
from services.audit.issuing.report_issuances.routes import routes as report_issuance_routes
from services.audit.judgement.areas_of_concern.routes import routes as area_of_concern_routes
from services.audit.judgement.certificates.routes import routes as certificate_routes
from services.audit.judgement.conclusions.actions import void_what_is_stale
from services.audit.judgement.conclusions.routes import routes as conclusion_routes
from services.audit.judgement.nonconformities.routes import routes as nonconformity_routes
from services.audit.judgement.opinions.actions import void_opinions
from services.audit.judgement.opinions.routes import routes as opinion_routes
from services.audit.papers.candidate_confirmations.routes import routes as candidate_confirmation_routes
from services.audit.papers.deviations.routes import routes as deviation_routes
from services.audit.papers.finding_remediations.routes import routes as finding_remediation_routes
from services.audit.papers.findings.routes import routes as finding_routes
from services.audit.papers.firm_procedures.routes import routes as firm_procedure_routes
from services.audit.papers.item_tests.routes import routes as item_test_routes
from services.audit.papers.paper_sheets.routes import routes as paper_sheet_routes
from services.audit.papers.paper_signatures.actions import reopen_what_lost_its_ground
from services.audit.papers.paper_signatures.routes import routes as paper_signature_routes
from services.audit.papers.papers.routes import routes as paper_routes
from services.audit.papers.reliability_records.routes import routes as reliability_record_routes
from services.audit.papers.review_notes.routes import routes as review_note_routes
from services.audit.planning.audit_calendar_feeds.routes import routes as audit_calendar_feed_routes
from services.audit.planning.cost_entries.routes import routes as cost_entry_routes
from services.audit.planning.cost_summaries.routes import routes as cost_summary_routes
from services.audit.planning.milestones import actions as milestone_actions
from services.audit.planning.milestones import queries as milestone_queries
from services.audit.planning.milestones.routes import routes as milestone_routes
from services.audit.planning.successor_proposals.routes import routes as successor_proposal_routes
from services.audit.planning.timetables.routes import routes as timetable_routes
from services.audit.proof.chronologies.routes import routes as chronology_routes
from services.audit.proof.inversions.routes import routes as inversion_routes
from services.audit.reporting.audit_reports.routes import routes as audit_report_routes
from services.audit.reporting.bridge_letters.routes import routes as bridge_letter_routes
from services.audit.reporting.issued_reports.routes import routes as issued_report_routes
from services.audit.reporting.report_coverage.routes import routes as report_coverage_routes
from services.audit.reporting.report_downloads.routes import routes as report_download_routes
from services.audit.reporting.report_renderings.actions import RENDERING
from services.audit.reporting.report_renderings.routes import routes as report_rendering_routes
from services.audit.reporting.signing import KEYS
from services.audit.requests.request_answers.routes import routes as request_answer_routes
from services.audit.requests.request_comments.routes import routes as request_comment_routes
from services.audit.requests.request_compilations.routes import routes as request_compilation_routes
from services.audit.requests.request_owners import actions as request_owner_actions
from services.audit.requests.request_owners.routes import routes as request_owner_routes
from services.audit.requests.request_releases.routes import routes as request_release_routes
from services.audit.requests.request_reviews.routes import routes as request_review_routes
from services.audit.requests.request_sheets.routes import routes as request_sheet_routes
from services.audit.requests.request_templates.routes import routes as request_template_routes
from services.audit.requests.requests import queries as request_queries
from services.audit.requests.requests.routes import routes as request_routes
from services.audit.sampling.deviation_limits.routes import routes as deviation_limit_routes
from services.audit.sampling.population_files.actions import POPULATION_FREEZING
from services.audit.sampling.population_files.routes import routes as population_file_routes
from services.audit.sampling.populations.routes import routes as population_routes
from services.audit.sampling.sample_draws.actions import SAMPLE_DRAW, SAMPLE_VERIFICATION
from services.audit.sampling.sample_draws.routes import routes as sample_draw_routes
from services.audit.sampling.sample_evaluations.routes import routes as sample_evaluation_routes
from services.audit.sampling.sample_exports.routes import routes as sample_export_routes
from services.audit.sampling.sample_extensions.routes import routes as sample_extension_routes
from services.audit.sampling.sample_items.routes import routes as sample_item_routes
from services.audit.sampling.sample_sizes.routes import routes as sample_size_routes
from services.audit.sampling.samples.routes import routes as sample_routes
from services.audit.sampling.sampling_policies.routes import routes as sampling_policy_routes
from shared.clock import now
from shared.data.transactions import Touch
from shared.events.event import handlers_in
from shared.identity.permissions import P
from shared.people.duties import Duty
from shared.platform import Platform
from shared.schedule import sweeps_in
from shared.service import Service, create_app


async def recompute(session: AsyncSession, touched: Mapping[UUID, Touch]) -> None:
    """Bring candidates into line with the controls that were touched, and milestones with the engagements.

    Papers whose sample or reliance is gone are reopened, and what was concluded from papers that changed is voided.
    """
    await examine(session, touched)
    await milestone_actions.follow_engagements(session, touched)
    touched = await reopen_what_lost_its_ground(session, touched)
    await void_what_is_stale(session, touched)
    await void_opinions(session, touched)


async def prepare(platform: Platform, _app: FastAPI) -> None:
    """Fail at the start, and not at the first issue, when there is no key; let anybody check what it signs."""
    await KEYS.publish(platform.database, at=now())


SERVICE = Service(
    name="audit",
    summary="What the auditor does, and concludes",
    routes=[
        engagement_routes,
        proposal_routes,
        scoped_definition_routes,
        team_member_routes,
        engagement_document_routes,
        phase_move_routes,
        scope_change_routes,
        chronology_routes,
        inversion_routes,
        candidate_routes,
        engagement_history_routes,
        cost_entry_routes,
        cost_summary_routes,
        milestone_routes,
        timetable_routes,
        successor_proposal_routes,
        audit_calendar_feed_routes,
        subservice_organisation_routes,
        user_entity_control_routes,
        system_incident_routes,
        significant_change_routes,
        system_description_routes,
        description_document_routes,
        description_lack_routes,
        request_template_routes,
        request_routes,
        request_compilation_routes,
        request_sheet_routes,
        request_release_routes,
        request_owner_routes,
        request_answer_routes,
        request_review_routes,
        request_comment_routes,
        sampling_policy_routes,
        sample_size_routes,
        deviation_limit_routes,
        population_routes,
        population_file_routes,
        sample_routes,
        sample_draw_routes,
        sample_item_routes,
        sample_extension_routes,
        sample_evaluation_routes,
        sample_export_routes,
        audit_report_routes,
        report_rendering_routes,
        report_approval_routes,
        report_issuance_routes,
        issued_report_routes,
        report_download_routes,
        report_coverage_routes,
        bridge_letter_routes,
        firm_procedure_routes,
        paper_routes,
        item_test_routes,
        review_note_routes,
        reliability_record_routes,
        deviation_routes,
        paper_signature_routes,
        paper_sheet_routes,
        candidate_confirmation_routes,
        finding_routes,
        finding_remediation_routes,
        conclusion_routes,
        opinion_routes,
        area_of_concern_routes,
        nonconformity_routes,
        certificate_routes,
        engagement_file_routes,
        file_archive_routes,
        file_addition_routes,
    ],
    handlers=handlers_in(handlers),
    sweeps=sweeps_in(schedule),
    duties=[
        Duty("milestone", "owner", milestone_queries.owned, milestone_actions.hand_over),
        Duty("request", "owner", request_queries.owned, request_owner_actions.hand_over, needs=P.REQUESTS_ANSWER),
    ],
    jobs=[POPULATION_FREEZING, SAMPLE_DRAW, SAMPLE_VERIFICATION, RENDERING, ASSEMBLY],
    recompute=recompute,
    prepare=prepare,
)


def app() -> ASGIApp:
    """For `uvicorn --factory services.audit.app:app`."""
    return create_app(SERVICE)
