"""Retention: classes, recorded releases, disposal runs with their certificates, and what they leave of evidence."""

from alembic import op

from shared.data.platform import fence, share, unfenced

revision = "evidence_0009"
down_revision = "evidence_0008"

_TABLES = (
    """create table retention_classes (
        id uuid primary key,
        org_id uuid not null,
        name text not null,
        description text not null,
        years integer not null check (years between 1 and 100),
        basis text not null check (basis in ('report_release', 'collection', 'period_end', 'control_retirement')),
        is_default boolean not null,
        status text not null check (status in ('active', 'withdrawn')),
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        constraint audit_evidence_is_kept_for_five_years check (basis <> 'report_release' or years >= 5),
        constraint the_default_is_active check (not is_default or status = 'active')
    )""",
    "create unique index one_default_retention_class on retention_classes (org_id) where is_default",
    "create index retention_classes_by_creation on retention_classes (org_id, created_at, id)",
    "create index retention_classes_by_update on retention_classes (org_id, updated_at, id)",
    "create index retention_classes_by_name on retention_classes (org_id, name, id)",
    """create table report_releases (
        id uuid primary key,
        org_id uuid not null,
        title text not null,
        released_at timestamptz not null,
        control_ids uuid[] not null,
        covers_from timestamptz not null,
        covers_until timestamptz not null,
        status text not null check (status in ('recorded', 'withdrawn')),
        recorded_by text not null,
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        constraint covers_a_period check (covers_from < covers_until)
    )""",
    "create index report_releases_by_creation on report_releases (org_id, created_at, id)",
    "create index report_releases_by_update on report_releases (org_id, updated_at, id)",
    """create table disposals (
        id uuid primary key,
        org_id uuid not null,
        reason text not null,
        class_ids uuid[] not null,
        state text not null check (state in ('requested', 'approved', 'completed', 'cancelled')),
        requested_by text not null,
        organisation_items integer not null,
        needs_override boolean not null,
        override_reason text,
        approvers text[] not null,
        approved_at timestamptz,
        cancelled_reason text,
        completed_at timestamptz,
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        constraint nobody_approves_what_they_asked_for check (not requested_by = any (approvers)),
        constraint approved_by_as_many_as_it_needs check (
            state in ('requested', 'cancelled') or cardinality(approvers) >= case when needs_override then 2 else 1 end
        ),
        constraint overridden_with_a_reason check (
            not needs_override or cardinality(approvers) = 0 or override_reason is not null
        )
    )""",
    "create unique index one_open_disposal on disposals (org_id) where state in ('requested', 'approved')",
    "create index disposals_approved on disposals (org_id) where state = 'approved'",
    "create index disposals_by_creation on disposals (org_id, created_at, id)",
    "create index disposals_by_update on disposals (org_id, updated_at, id)",
    """create table disposal_items (
        org_id uuid not null,
        disposal_id uuid not null references disposals,
        item_id uuid not null references evidence_items,
        title text not null,
        kind text not null,
        file_id uuid,
        sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
        size bigint not null,
        class_id uuid not null,
        class_name text not null,
        retained_until timestamptz not null,
        fate text not null check (fate in ('selected', 'held', 'disposed', 'kept')),
        why text,
        disposed_at timestamptz,
        bytes text check (bytes in ('erased', 'shared')),
        primary key (disposal_id, item_id),
        constraint disposed_at_an_instant check ((fate = 'disposed') = (disposed_at is not null)),
        constraint kept_with_a_reason check (fate not in ('held', 'kept') or why is not null)
    )""",
    "create index disposal_items_by_end on disposal_items (org_id, disposal_id, retained_until, item_id)",
    "create unique index an_item_is_disposed_of_once on disposal_items (org_id, item_id) where fate = 'disposed'",
    """create table disposal_certificates (
        org_id uuid not null,
        disposal_id uuid primary key references disposals,
        document jsonb not null
    )""",
    """create table sealing_keys (
        org_id uuid not null,
        id text primary key,
        public_key bytea not null,
        first_used_at timestamptz not null
    )""",
    """create table bundles (
        id uuid primary key,
        org_id uuid not null,
        title text not null,
        control_ids uuid[] not null,
        covers_from timestamptz not null,
        covers_until timestamptz not null,
        assembled_by text not null,
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        constraint covers_a_period check (covers_from < covers_until)
    )""",
    "create index bundles_by_creation on bundles (org_id, created_at, id)",
    "create index bundles_by_update on bundles (org_id, updated_at, id)",
    "alter table retired_controls add retired_at timestamptz",
    "alter table evidence_items add retention_class_id uuid references retention_classes, add disposed_at timestamptz",
    "alter table evidence_items drop constraint has_what_its_kind_names",
    """alter table evidence_items add constraint has_what_its_kind_names check (
        (kind = 'file') = (file_id is not null)
        and case when disposed_at is null then
            (kind = 'link') = (url is not null) and (kind = 'record') = (record is not null)
            and (kind = 'attestation') = (statement is not null)
        else url is null and record is null and statement is null end
    )""",
    "create index evidence_items_by_file on evidence_items (org_id, file_id) where disposed_at is null",
)

_FENCED = (
    "retention_classes",
    "report_releases",
    "disposal_items",
    "disposal_certificates",
    "sealing_keys",
    "bundles",
)


def upgrade() -> None:
    for statement in _TABLES:
        op.execute(statement)
    for table in _FENCED:
        fence(op.execute, "evidence", table)
    fence(op.execute, "evidence", "disposals", worker_reads=True)
    share(op.execute, "evidence", "retention_classes")
    with unfenced(op.execute, "retention_classes"):
        op.execute("""
            insert into retention_classes values (
                '00000000-0000-7000-8000-0000000000a1', '00000000-0000-7000-8000-000000000000', 'Audit evidence',
                'What a report rests on. Seven years is what most firms keep; five is the least (AICPA AU-C 230).',
                7, 'report_release', false, 'active', 1, now(), now()
            )
        """)
