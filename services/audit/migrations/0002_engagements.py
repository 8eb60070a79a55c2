"""Engagements, candidates, and what is known of controls, risks and audit firms."""

from alembic import op

from services.audit.fences import CLIENT, OURS, READABLE, SCOPE
from shared.data.platform import IN_ENGAGEMENT, IN_FIRM, OF_FIRM_IN_ENGAGEMENT, fence, let_auditors_read

revision = "audit_0002"
down_revision = "audit_0001"

_TABLES = (
    """create table engagements (
        id uuid primary key,
        org_id uuid not null,
        kind text not null check (kind in (
            'soc2_type1', 'soc2_type2', 'soc1_type1', 'soc1_type2', 'readiness', 'iso27001_internal',
            'iso27001_stage1', 'iso27001_stage2', 'iso27001_surveillance', 'iso27001_recertification'
        )),
        title text not null,
        firm_id uuid,
        programme_id uuid,
        follows_id uuid references engagements (id),
        categories text[] not null,
        as_of_date date,
        period_start date,
        period_end date,
        phase text not null check (phase in (
            'proposed', 'accepted', 'planning', 'fieldwork', 'evaluation', 'reporting', 'issued', 'completed',
            'declined', 'withdrawn'
        )),
        accepted_at timestamptz,
        fieldwork_at timestamptz,
        issued_at timestamptz,
        industry text check (industry in (
            'agriculture', 'mining', 'manufacturing', 'energy', 'water_and_waste', 'construction', 'trade', 'transport',
            'hospitality', 'information_and_communication', 'finance_and_insurance', 'real_estate',
            'professional_services', 'administrative_services', 'public_administration', 'education',
            'health_and_social_work', 'arts_and_recreation', 'other_services', 'households', 'extraterritorial'
        )),
        headcount integer check (headcount > 0),
        control_ids uuid[] not null,
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        constraint period_has_two_ends check ((period_start is null) = (period_end is null)),
        constraint period_ends_after_it_starts check (period_start < period_end),
        constraint either_a_date_or_a_period check ((as_of_date is null) <> (period_start is null)),
        constraint type1_is_as_of_a_date check ((kind in ('soc2_type1', 'soc1_type1')) = (as_of_date is not null)),
        constraint soc2_has_security_and_others_no_categories check (
            case when kind in ('soc2_type1', 'soc2_type2') then 'security' = any (categories)
                else cardinality(categories) = 0 end
        ),
        constraint own_teams_do_not_attest
            check (firm_id <> org_id or kind in ('readiness', 'iso27001_internal')),
        constraint accepted_by_somebody check (accepted_at is null or firm_id is not null),
        constraint acceptance_has_its_instant check ((phase in ('proposed', 'declined')) = (accepted_at is null)),
        constraint fieldwork_has_begun check (case
            when phase in ('proposed', 'declined', 'accepted', 'planning') then fieldwork_at is null
            else phase = 'withdrawn' or fieldwork_at is not null
        end),
        constraint report_is_issued check ((phase in ('issued', 'completed')) = (issued_at is not null))
    )""",
    "create index engagements_by_firm on engagements (firm_id, created_at, id)",
    """create table team_members (
        id uuid primary key,
        org_id uuid not null,
        engagement_id uuid not null references engagements (id),
        client_id uuid not null,
        person_id uuid not null,
        person_name text not null,
        role text not null check (role in ('engagement_partner', 'manager', 'staff', 'quality_reviewer')),
        independence text not null check (independence in ('unconfirmed', 'confirmed', 'withdrawn')),
        confirmation jsonb,
        released_at timestamptz,
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        constraint confirmed_independence_says_what
            check (case independence when 'unconfirmed' then confirmation is null
                                     when 'confirmed' then confirmation is not null else true end)
    )""",
    """create unique index person_is_on_the_team_once on team_members (engagement_id, person_id)
        where released_at is null""",
    "create index team_members_by_creation on team_members (org_id, created_at, id)",
    "create index team_members_by_update on team_members (org_id, updated_at, id)",
    "create index team_members_of_client on team_members (client_id, created_at, id)",
    """create table engagement_documents (
        id uuid primary key,
        org_id uuid not null,
        engagement_id uuid not null references engagements (id),
        client_id uuid not null,
        firm_id uuid not null,
        kind text not null check (kind in (
            'engagement_letter', 'management_assertion', 'subservice_assertion', 'representation_letter',
            'subsequent_events_inquiry', 'quality_review', 'audit_plan'
        )),
        title text not null,
        dated_on date not null,
        signatories jsonb not null,
        exceptions text[] not null,
        sha256 text,
        evidence_item_id uuid,
        recorded_by jsonb not null,
        shown boolean not null,
        status text not null check (status in ('recorded', 'withdrawn')),
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        constraint recorded_by_a_party check (org_id in (client_id, firm_id))
    )""",
    "create index engagement_documents_by_engagement on engagement_documents (engagement_id, created_at, id)",
    "create index engagement_documents_by_day on engagement_documents (org_id, dated_on, id)",
    "create index engagement_documents_by_creation on engagement_documents (org_id, created_at, id)",
    "create index engagement_documents_by_update on engagement_documents (org_id, updated_at, id)",
    """create table engagement_proposals (
        id uuid primary key,
        org_id uuid not null,
        engagement_id uuid not null references engagements (id),
        firm_id uuid not null,
        title text not null,
        kind text not null,
        status text not null check (status in ('open', 'accepted', 'declined', 'withdrawn')),
        proposed_by jsonb not null,
        settled_by jsonb,
        settled_at timestamptz,
        reason text,
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        constraint settled_proposals_say_by_whom_and_when check (
            (status = 'open') = (settled_at is null) and (settled_at is null) = (settled_by is null)
        ),
        constraint ended_proposals_say_why check ((status in ('declined', 'withdrawn')) = (reason is not null))
    )""",
    """create unique index engagement_has_one_open_proposal on engagement_proposals (engagement_id)
        where status = 'open'""",
    "create index engagement_proposals_by_creation on engagement_proposals (org_id, created_at, id)",
    "create index engagement_proposals_by_update on engagement_proposals (org_id, updated_at, id)",
    "create index engagement_proposals_of_firm on engagement_proposals (firm_id, created_at, id)",
    "create index engagements_by_creation on engagements (org_id, created_at, id)",
    "create index engagements_by_update on engagements (org_id, updated_at, id)",
    "create index engagements_of_programme on engagements (org_id, programme_id) where programme_id is not null",
    "create index engagements_by_title on engagements (org_id, title, id)",
    "create index engagements_to_complete on engagements (issued_at) where phase = 'issued'",
    """create table candidates (
        id uuid primary key,
        org_id uuid not null,
        engagement_id uuid not null references engagements (id),
        control_id uuid not null,
        control_code text not null,
        control_title text not null,
        failing_version integer,
        due_on date,
        kind text not null check (kind in ('design', 'operation', 'evidence_missing', 'late')),
        nature text not null,
        cause text[] not null,
        status text not null check (status in ('raised', 'remediated', 'lapsed')),
        failed_at timestamptz not null,
        remediated_at timestamptz,
        risks jsonb not null,
        management_response jsonb,
        responder_ids uuid[] not null,
        decision jsonb,
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        constraint candidate_is_a_failure_or_a_miss check ((failing_version is null) <> (due_on is null)),
        constraint missed_occurrences_stay_raised check (due_on is null or status = 'raised'),
        constraint remediated_candidates_say_when check ((status = 'raised') = (remediated_at is null))
    )""",
    """create unique index candidate_is_the_only_raised_one on candidates (engagement_id, control_id)
        where status = 'raised' and due_on is null""",
    """create unique index candidate_is_the_only_one_of_its_failure
        on candidates (engagement_id, control_id, failing_version)""",
    "create unique index candidate_is_the_only_one_of_its_day on candidates (engagement_id, control_id, due_on)",
    "create index candidates_by_control on candidates (org_id, control_id, created_at, id)",
    "create index candidates_by_engagement on candidates (org_id, engagement_id, created_at, id)",
    "create index candidates_by_raising on candidates (org_id, created_at, id)",
    "create index candidates_by_update on candidates (org_id, updated_at, id)",
    """create table known_programmes (
        org_id uuid not null,
        id uuid not null,
        title text not null,
        report_type text not null,
        ended boolean not null,
        version integer not null,
        primary key (org_id, id)
    )""",
    """create table known_controls (
        org_id uuid not null,
        id uuid not null,
        code text not null,
        title text not null,
        control_version integer not null,
        health text not null check (health in ('unknown', 'healthy', 'at_risk', 'failing')),
        health_version integer not null,
        failing_since timestamptz,
        owner_id uuid,
        backup_owner_id uuid,
        owner_version integer not null,
        primary key (org_id, id)
    )""",
    "create index known_controls_failing on known_controls (org_id, id) where failing_since is not null",
    """create table known_definitions (
        org_id uuid not null,
        id uuid not null,
        control_id uuid not null,
        control_code text not null,
        number integer not null,
        title text not null,
        statement text,
        kind text,
        nature text,
        frequency text,
        requirements text[],
        effective_from timestamptz,
        approved_at timestamptz,
        version integer not null,
        begun_earlier timestamptz,
        begun_version integer not null,
        withdrawn boolean not null,
        withdrawn_version integer not null,
        primary key (org_id, id),
        constraint approved_definitions_have_a_text
            check (version = 0 or (statement is not null and effective_from is not null and approved_at is not null))
    )""",
    "create index known_definitions_by_control on known_definitions (org_id, control_id, number)",
    """create table known_health (
        org_id uuid not null,
        control_id uuid not null,
        version integer not null,
        code text not null,
        title text not null,
        health text not null,
        before text not null,
        reasons text[] not null,
        reason_codes text[] not null,
        failing_since timestamptz,
        at timestamptz not null,
        primary key (org_id, control_id, version)
    )""",
    """create table known_misses (
        org_id uuid not null,
        control_id uuid not null,
        due_on date not null,
        code text not null,
        title text not null,
        missed_at timestamptz not null,
        version integer not null,
        primary key (org_id, control_id, due_on)
    )""",
    """create table known_performances (
        org_id uuid not null,
        id uuid not null,
        control_id uuid not null,
        due_on date not null,
        performed_at timestamptz not null,
        recorded_at timestamptz not null,
        withdrawn boolean not null,
        version integer not null,
        primary key (org_id, id)
    )""",
    "create index known_performances_by_day on known_performances (org_id, control_id, due_on)",
    """create table known_performers (
        org_id uuid not null,
        id uuid not null,
        control_id uuid not null,
        person_id uuid,
        performed_at timestamptz not null,
        withdrawn boolean not null,
        version integer not null,
        primary key (org_id, id)
    )""",
    "create index known_performers_by_person on known_performers (org_id, person_id, performed_at)",
    """create table known_historical_records (
        org_id uuid not null,
        id uuid not null,
        kind text not null,
        code text not null,
        control_ids uuid[] not null,
        effective_on date not null,
        recorded_at timestamptz not null,
        status text not null check (status in ('recorded', 'accepted', 'refused')),
        decided_at timestamptz check ((decided_at is null) = (status = 'recorded')),
        version integer not null,
        primary key (org_id, id)
    )""",
    "create index known_historical_records_by_record on known_historical_records (org_id, recorded_at, id)",
    "create index known_historical_records_by_effect on known_historical_records (org_id, effective_on, id)",
    """create table known_risks (
        org_id uuid not null,
        control_id uuid not null,
        risk_id uuid not null,
        version integer not null,
        title text not null,
        level text not null,
        above boolean not null,
        at timestamptz not null,
        primary key (org_id, control_id, risk_id, version)
    )""",
    """create table known_organisations (
        org_id uuid not null,
        id uuid not null check (id = org_id),
        title text not null,
        version integer not null,
        primary key (org_id, id)
    )""",
    """create table known_firms (
        org_id uuid not null,
        id uuid not null check (id = org_id),
        name text not null,
        kind text not null check (kind in ('cpa_firm', 'certification_body')),
        version integer not null,
        primary key (org_id, id)
    )""",
    """create table known_licences (
        org_id uuid not null,
        id uuid not null,
        kind text not null check (kind in ('firm_permit', 'accreditation', 'cpa_licence', 'lead_auditor')),
        person_id uuid,
        region text not null,
        issued_by text not null,
        number text not null,
        issued_to text not null,
        expires_on date not null,
        status text not null check (status in ('declared', 'verified', 'refused', 'withdrawn')),
        version integer not null,
        primary key (org_id, id)
    )""",
)

# A client reads of a firm that it knows by its id what the directory would show of it. Nobody else changes any of it.
_DIRECTORY = (
    "create policy directory on known_firms for select to audit_app using (true)",
    "create policy directory on known_licences for select to audit_app using (person_id is null)",
)


# What the two parties of an engagement see of each other's rows. Each changes its own only.
_PARTIES = (
    f"create policy auditing_party on engagements for select to audit_app using (firm_id = {OURS})",
    f"create policy client on team_members for select to audit_app using (client_id = {OURS})",
    f"""create policy auditing_party on known_organisations for select to audit_app
        using (id in (select org_id from engagements where firm_id = {OURS})
            or id in (select org_id from engagement_proposals where firm_id = {OURS}))""",
    f"create policy firm on engagement_proposals for select to audit_app using (firm_id = {OURS})",
    f"""create policy other_party on engagement_documents for select to audit_app
        using (shown and (client_id = {OURS} or firm_id = {OURS}))""",
)
# What a token for one engagement shows: of the client's rows only while the engagement is readable.
_TOLD = (
    *("id", "org_id", "type", "subject", "version", "actor", "person", "person_name", "firm", "reason", "occurred_at"),
    *("data", "position", "digest"),
)
# What of the client's own trail: what both parties see of the engagement. Its costs, plans and drafts are its own, and
# what is not named here is denied.
_SHARED = (
    *("engagement", "engagement_document", "candidate", "request", "request_answer", "request_comment"),
    *("user_entity_control", "subservice_organisation", "system_incident", "significant_change"),
    *("deviation", "finding", "finding_remediation", "area_of_concern", "nonconformity", "certificate"),
    *("conclusion", "opinion", "audit_report"),
)
_SHARED_TYPES = f"""(split_part(type, '.', 2) in {_SHARED}
    or type in ('audit.system_description.approved', 'audit.system_description.superseded'))"""
_OF_AUDITORS = {
    "engagements": f"id = {IN_ENGAGEMENT} and firm_id = {IN_FIRM}",
    "team_members": OF_FIRM_IN_ENGAGEMENT,
    "engagement_documents": f"engagement_id = {IN_ENGAGEMENT} and firm_id = {IN_FIRM}",
    "known_organisations": f"id = {CLIENT}",
    "known_firms": f"id = {IN_FIRM}",
    "candidates": f"engagement_id = {READABLE}",
    "known_controls": f"org_id = {CLIENT} and id = any ({SCOPE})",
    "known_definitions": f"org_id = {CLIENT} and control_id = any ({SCOPE})",
    "known_historical_records": f"org_id = {CLIENT} and control_ids && {SCOPE}",
}


def upgrade() -> None:
    for statement in _TABLES:
        op.execute(statement)
    for table in ("engagements", "candidates", "known_controls"):
        fence(op.execute, "audit", table, worker_reads=True)
    for table in (
        "engagement_proposals",
        "team_members",
        "engagement_documents",
        "known_definitions",
        "known_programmes",
        "known_health",
        "known_misses",
        "known_performances",
        "known_performers",
        "known_historical_records",
        "known_risks",
        "known_organisations",
        "known_firms",
        "known_licences",
    ):
        fence(op.execute, "audit", table)
    for statement in (*_DIRECTORY, *_PARTIES):
        op.execute(statement)
    for table, where in _OF_AUDITORS.items():
        let_auditors_read(op.execute, "audit", table, where)
    let_auditors_read(op.execute, "audit", "known_people", f"org_id = {CLIENT}", columns=("org_id", "id", "name"))
    # Both parties' trails of the engagement, without what rows held before and after.
    op.execute("create index events_by_engagement on events (org_id, (data ->> 'engagement_id'), occurred_at, id)")
    about = f"(subject = {IN_ENGAGEMENT} or data ->> 'engagement_id' = {IN_ENGAGEMENT}::text)"
    where = f"(org_id = {IN_FIRM} or org_id = {CLIENT} and {_SHARED_TYPES}) and {about}"
    let_auditors_read(op.execute, "audit", "events", where, columns=_TOLD)
