"""Reports with their files and downloads, the register of those that were issued, and bridge letters."""

from alembic import op

from shared.data.platform import (
    IN_ENGAGEMENT,
    IN_FIRM,
    OF_FIRM_IN_ENGAGEMENT,
    fence,
    let_auditors_read,
    let_worker_read,
)

revision = "audit_0006"
down_revision = "audit_0005"

_RECORD = """
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null"""
_KINDS = """kind text not null check (kind in (
            'soc2_type1', 'soc2_type2', 'soc3', 'soc1_type1', 'soc1_type2', 'readiness', 'iso27001_internal',
            'iso27001_stage1', 'iso27001_stage2', 'iso27001_surveillance', 'iso27001_recertification'
        ))"""

_TABLES = (
    f"""create table audit_reports (
        id uuid primary key,
        org_id uuid not null,
        engagement_id uuid not null references engagements (id),
        client_id uuid not null,
        {_KINDS},
        number integer not null,
        title text not null,
        covers_from date not null,
        covers_until date not null,
        report_date date,
        content jsonb not null,
        content_sha256 text not null,
        warnings text[] not null,
        status text not null check (status in (
            'draft', 'management_review', 'approved', 'issued', 'superseded', 'withdrawn'
        )),
        revises_id uuid references audit_reports (id),
        revision_reason text,
        released_at timestamptz,
        rendered_content text,
        rendered_as_draft boolean,
        rendered_at timestamptz,
        approved_by jsonb,
        approved_at timestamptz,
        issued_by jsonb,
        issued_at timestamptz,
        released_on date,
        sha256 text,
        signature jsonb,
        warned_days integer,
        ended_at timestamptz,
        end_reason text,{_RECORD},
        constraint reports_of_a_kind_are_counted unique (engagement_id, kind, number),
        constraint report_covers_days check (covers_from <= covers_until),
        constraint drafts_are_not_shown check ((status = 'draft') = (released_at is null)),
        constraint approval_has_its_person check (
            (status in ('draft', 'management_review')) = (approved_at is null)
            and (approved_at is null) = (approved_by is null)
        ),
        constraint issued_reports_are_signed check (
            (status in ('issued', 'superseded', 'withdrawn')) = (issued_at is not null)
            and (issued_at is null) = (sha256 is null) and (issued_at is null) = (signature is null)
            and (issued_at is null or (report_date is not null and released_on is not null))
        ),
        constraint ended_reports_say_when check ((status in ('superseded', 'withdrawn')) = (ended_at is not null))
    )""",
    """create unique index one_report_of_a_kind_stands on audit_reports (engagement_id, kind)
        where status = 'issued'""",
    "create index audit_reports_by_creation on audit_reports (org_id, created_at, id)",
    "create index audit_reports_by_update on audit_reports (org_id, updated_at, id)",
    "create index audit_reports_by_day on audit_reports (org_id, covers_until, id)",
    """create index audit_reports_that_stand on audit_reports (client_id, kind, covers_until)
        where status = 'issued'""",
    "create index audit_reports_issued on audit_reports (covers_until) where status = 'issued'",
    "create index audit_reports_of_engagement on audit_reports (engagement_id, created_at, id)",
    "create index audit_reports_of_client on audit_reports (client_id, created_at, id) where released_at is not null",
    """create index audit_reports_of_client_by_update on audit_reports (client_id, updated_at, id)
        where released_at is not null""",
    """create table report_files (
        org_id uuid not null,
        client_id uuid not null,
        report_id uuid not null references audit_reports (id),
        form text not null check (form in ('pdf', 'docx', 'html', 'json')),
        sha256 text not null,
        size bigint not null,
        rendered_at timestamptz not null,
        primary key (report_id, form)
    )""",
    """create table report_file_parts (
        org_id uuid not null,
        client_id uuid not null,
        report_id uuid not null references audit_reports (id),
        form text not null,
        number integer not null,
        content bytea not null,
        primary key (report_id, form, number)
    )""",
    f"""create table report_downloads (
        id uuid primary key,
        org_id uuid not null,
        report_id uuid not null references audit_reports (id),
        engagement_id uuid not null references engagements (id),
        firm_id uuid not null,
        client_id uuid not null,
        form text not null check (form in ('pdf', 'docx', 'html', 'json')),
        sha256 text not null,
        size bigint not null,
        report_version integer not null,
        for_party text not null,
        purpose text not null,
        agreed boolean not null,
        person_id uuid,
        downloaded_by jsonb not null,
        expires_at timestamptz not null,{_RECORD},
        constraint downloaded_by_a_party check (org_id in (firm_id, client_id))
    )""",
    "create index report_downloads_by_creation on report_downloads (org_id, created_at, id)",
    "create index report_downloads_by_update on report_downloads (org_id, updated_at, id)",
    "create index report_downloads_of_firm on report_downloads (firm_id, created_at, id)",
    "create index report_downloads_of_engagement on report_downloads (engagement_id, created_at, id)",
    "create index report_downloads_of_report on report_downloads (report_id, created_at, id)",
    f"""create table issued_reports (
        org_id uuid not null,
        sha256 text primary key,
        report_id uuid not null,
        firm_id uuid not null,
        signed_as text not null,
        {_KINDS},
        released_on date not null,
        standing text not null check (standing in ('issued', 'superseded', 'withdrawn')),
        ended_at timestamptz,
        constraint what_does_not_stand_says_since_when check ((standing = 'issued') = (ended_at is null))
    )""",
    """create table sealing_keys (
        org_id uuid not null,
        id text primary key,
        public_key bytea not null,
        first_used_at timestamptz not null
    )""",
    f"""create table bridge_letters (
        id uuid primary key,
        org_id uuid not null,
        report_id uuid not null references audit_reports (id),
        engagement_id uuid not null references engagements (id),
        firm text not null,
        report_kind text not null,
        report_title text not null,
        report_from date not null,
        report_until date not null,
        organization text not null,
        covers_from date not null,
        covers_until date not null,
        addressee text not null,
        changes text,
        no_changes boolean not null,
        incidents text,
        no_incidents boolean not null,
        override_reason text,
        status text not null check (status in ('draft', 'signed', 'sent', 'withdrawn')),
        signatory jsonb,
        signed_on date,
        signed_by jsonb,
        sendings jsonb not null,{_RECORD},
        constraint letter_follows_its_report check (covers_from = report_until + 1 and covers_from <= covers_until),
        constraint signed_letters_say_by_whom check (
            (signatory is null) = (signed_on is null) and (signatory is null) = (signed_by is null)
            and (status not in ('signed', 'sent') or signed_on >= covers_until)
        ),
        constraint signed_letters_say_what_there_was check (
            signed_on is null or ((changes is null) = no_changes and (incidents is null) = no_incidents)
        )
    )""",
    "create index bridge_letters_by_creation on bridge_letters (org_id, created_at, id)",
    "create index bridge_letters_by_update on bridge_letters (org_id, updated_at, id)",
    "create index bridge_letters_by_day on bridge_letters (org_id, covers_until, id)",
)

# The client sees a report and its files from management's review on. The auditing party sees every download.
_OURS = "(select nullif(current_setting('app.org_id', true), '')::uuid)"
_SHOWN = """exists (
    select from audit_reports where audit_reports.id = {table}.report_id and audit_reports.released_at is not null
)"""
_OTHER_PARTY = (
    f"""create policy released on audit_reports for select to audit_app
        using (client_id = {_OURS} and released_at is not null)""",
    *(
        f"""create policy released on {table} for select to audit_app
            using (client_id = {_OURS} and {_SHOWN.format(table=table)})"""
        for table in ("report_files", "report_file_parts")
    ),
    f"create policy of_our_reports on report_downloads for select to audit_app using (firm_id = {_OURS})",
    # What was signed stays as it was, and nobody changes a download on record.
    "revoke update on report_files, report_file_parts, report_downloads, sealing_keys from audit_app",
)


def upgrade() -> None:
    for statement in _TABLES:
        op.execute(statement)
    for table in ("audit_reports", "report_downloads", "issued_reports", "sealing_keys", "bridge_letters"):
        fence(op.execute, "audit", table)
    let_worker_read(op.execute, "audit", "audit_reports")  # to find reports that end
    for table in ("report_files", "report_file_parts"):
        fence(op.execute, "audit", table, delete=True)
    for statement in _OTHER_PARTY:
        op.execute(statement)
    let_auditors_read(op.execute, "audit", "audit_reports", OF_FIRM_IN_ENGAGEMENT)
    where = f"engagement_id = {IN_ENGAGEMENT} and firm_id = {IN_FIRM}"
    let_auditors_read(op.execute, "audit", "report_downloads", where)
