"""The firm's procedures, papers, item tests, review notes, reliability records, deviations and findings."""

from alembic import op

from services.audit.fences import FOLLOWED, OURS
from shared.data.platform import IN_ENGAGEMENT, IN_FIRM, OF_FIRM_IN_ENGAGEMENT, fence, let_auditors_read

revision = "audit_0008"
down_revision = "audit_0007"

_RECORD = """
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null"""
_OF_PAPERS = """
        id uuid primary key,
        org_id uuid not null,
        engagement_id uuid not null,
        paper_id uuid not null references papers (id),"""

_TABLES = (
    f"""create table firm_procedures (
        id uuid primary key,
        org_id uuid not null,
        code text not null,
        title text not null,
        kind text not null check (kind in ('inquiry', 'observation', 'inspection', 'reperformance')),
        text text not null,
        status text not null check (status in ('in_use', 'retired')),{_RECORD}
    )""",
    "create unique index firm_procedure_code_is_its_own on firm_procedures (org_id, code) where status = 'in_use'",
    "create index firm_procedures_by_code on firm_procedures (org_id, code, id)",
    "create index firm_procedures_by_creation on firm_procedures (org_id, created_at, id)",
    "create index firm_procedures_by_update on firm_procedures (org_id, updated_at, id)",
    f"""create table papers (
        id uuid primary key,
        org_id uuid not null,
        engagement_id uuid not null,
        number integer not null,
        control_id uuid not null,
        control_code text not null,
        definition_id uuid not null,
        definition integer not null,
        criteria text[] not null,
        title text not null,
        procedures jsonb not null,
        extent jsonb,
        executed_at timestamptz,
        evidence jsonb not null,
        legend jsonb not null,
        work text,
        result jsonb,
        status text not null check (status in (
            'planned', 'in_progress', 'prepared', 'reviewed', 'partner_reviewed', 'withdrawn'
        )),
        edition integer not null,
        signatures jsonb not null,
        withdrawal jsonb,{_RECORD},
        unique (engagement_id, number),
        constraint signed_papers_have_a_result
            check (status not in ('prepared', 'reviewed', 'partner_reviewed') or result is not null),
        constraint withdrawn_papers_have_a_reason check ((status = 'withdrawn') = (withdrawal is not null))
    )""",
    "create index papers_by_control on papers (engagement_id, control_code, id)",
    "create index papers_by_creation on papers (engagement_id, created_at, id)",
    "create index papers_by_update on papers (engagement_id, updated_at, id)",
    # One paper tests all attributes of a sample.
    """create unique index sample_is_tested_once on papers ((extent ->> 'sample_id'))
        where extent ->> 'sample_id' is not null and status <> 'withdrawn'""",
    f"""create table item_tests ({_OF_PAPERS}
        sample_id uuid not null references samples (id),
        sample_item_id uuid not null references sample_items (id),
        attributes jsonb not null,
        tick_marks text[] not null,
        evidence text[] not null,
        note text,
        tested_by jsonb not null,{_RECORD},
        unique (paper_id, sample_item_id)
    )""",
    f"""create table review_notes ({_OF_PAPERS}
        edition integer not null,
        text text not null,
        status text not null check (status in ('open', 'answered', 'cleared')),
        raised_by jsonb not null,
        answer jsonb,
        clearance jsonb,{_RECORD},
        constraint cleared_notes_say_who check ((status = 'cleared') = (clearance is not null))
    )""",
    "create index review_notes_of_paper on review_notes (paper_id)",
    f"""create table reliability_records ({_OF_PAPERS}
        title text not null,
        evidence_item_id uuid,
        provenance jsonb not null,
        reliable boolean not null,
        procedures jsonb not null,
        conclusion text not null,
        recorded_by jsonb not null,
        status text not null check (status in ('recorded', 'withdrawn')),{_RECORD}
    )""",
    "create index reliability_records_of_paper on reliability_records (paper_id)",
    "create index reliability_records_by_title on reliability_records (engagement_id, title, id)",
    f"""create table deviations (
        id uuid primary key,
        org_id uuid not null,
        engagement_id uuid not null,
        control_id uuid not null,
        control_code text not null,
        paper_id uuid references papers (id),
        sample_item_ids uuid[] not null,
        candidate_id uuid,
        request_id uuid,
        kind text not null check (kind in ('design', 'operation', 'evidence_missing', 'late')),
        nature text not null,
        status text not null check (status in ('recorded', 'analysed', 'concluded', 'retracted')),
        recorded_by jsonb not null,
        analysis jsonb,
        conclusion jsonb,
        retraction jsonb,{_RECORD},
        constraint deviations_come_from_somewhere check (num_nulls(paper_id, candidate_id, request_id) < 3),
        constraint analysed_deviations_say_how check (status not in ('analysed', 'concluded') or analysis is not null),
        constraint concluded_deviations_say_what check (status <> 'concluded' or conclusion is not null),
        constraint retracted_deviations_have_a_reason check ((status = 'retracted') = (retraction is not null))
    )""",
    """create unique index candidate_is_confirmed_once on deviations (candidate_id)
        where candidate_id is not null and status <> 'retracted'""",
    "create index deviations_by_control on deviations (engagement_id, control_code, id)",
    "create index deviations_of_paper on deviations (paper_id)",
    f"""create table findings (
        id uuid primary key,
        org_id uuid not null,
        engagement_id uuid not null references engagements (id),
        client_id uuid not null,
        control_id uuid not null,
        control_code text not null,
        title text not null,
        text text not null,
        criteria text[] not null,
        deviation_ids uuid[] not null,
        compensating jsonb not null,
        status text not null check (status in ('drafted', 'communicated', 'responded', 'concluded', 'withdrawn')),
        drafted_by jsonb not null,
        communicated jsonb,
        response jsonb,
        conclusion jsonb,
        withdrawal jsonb,{_RECORD},
        constraint shown_findings_say_when
            check (status not in ('communicated', 'responded', 'concluded') or communicated is not null),
        constraint responses_are_kept check (status <> 'responded' or response is not null),
        constraint concluded_findings_say_what check ((status = 'concluded') = (conclusion is not null)),
        constraint withdrawn_findings_have_a_reason check ((status = 'withdrawn') = (withdrawal is not null))
    )""",
    "create index findings_by_title on findings (engagement_id, title, id)",
    "create index findings_of_client on findings (client_id, created_at, id)",
    """create table finding_remediations (
        id uuid primary key,
        org_id uuid not null,
        finding_id uuid not null references findings (id),
        engagement_id uuid not null references engagements (id),
        firm_id uuid not null,
        control_id uuid not null,
        text text not null,
        done_on date not null,
        evidence_item_ids uuid[] not null check (cardinality(evidence_item_ids) > 0),
        status text not null check (status in ('stated', 'verified', 'rejected')),
        stated_by jsonb not null,
        decision jsonb,
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        constraint decided_remediations_say_by_whom check ((status = 'stated') = (decision is null))
    )""",
    "create index finding_remediations_by_creation on finding_remediations (org_id, created_at, id)",
    "create index finding_remediations_by_update on finding_remediations (org_id, updated_at, id)",
    "create index finding_remediations_of_firm on finding_remediations (firm_id, created_at, id)",
    "create index finding_remediations_of_engagement on finding_remediations (engagement_id, created_at, id)",
    *(
        f"create index {table}_by_{name} on {table} (engagement_id, {column}, id)"
        for table in ("item_tests", "review_notes", "reliability_records", "deviations", "findings")
        for name, column in (("creation", "created_at"), ("update", "updated_at"))
    ),
)
# The client sees a finding from when it is communicated.
_CLIENT = f"""create policy client on findings for select to audit_app
    using (client_id = {OURS} and communicated is not null)"""


def upgrade() -> None:
    for statement in _TABLES:
        op.execute(statement)
    of_engagements = ("papers", "item_tests", "review_notes", "reliability_records", "deviations", "findings")
    for table in ("firm_procedures", *of_engagements):
        fence(op.execute, "audit", table)
    op.execute(_CLIENT)
    fence(op.execute, "audit", "finding_remediations")
    op.execute(f"create policy auditing_party on finding_remediations for select to audit_app using (firm_id = {OURS})")
    own = f"firm_id = {IN_FIRM} and (engagement_id = {IN_ENGAGEMENT} or engagement_id = {FOLLOWED})"
    let_auditors_read(op.execute, "audit", "finding_remediations", own)
    for table in of_engagements:
        let_auditors_read(op.execute, "audit", table, OF_FIRM_IN_ENGAGEMENT)
    let_auditors_read(op.execute, "audit", "firm_procedures", f"org_id = {IN_FIRM}")
