"""Retention classes, releases of reports, legal holds, disposals with certificates, what is known of engagements."""

from alembic import op

from shared.data.platform import fence, share

revision = "evidence_0006"
down_revision = "evidence_0005"

_TABLES = (
    """create table known_engagements (
        org_id uuid not null,
        id uuid not null,
        title text not null,
        phase text not null,
        firm_id uuid,
        readable boolean not null,
        control_ids uuid[] not null,
        covers_from timestamptz,
        covers_until timestamptz,
        version integer not null,
        released_at timestamptz,
        release_version integer not null,
        primary key (org_id, id)
    )""",
    """create table answered_items (
        org_id uuid not null,
        engagement_id uuid not null,
        item_id uuid not null,
        answer_id uuid not null,
        version integer not null,
        primary key (org_id, engagement_id, item_id, answer_id)
    )""",
    "create index answered_items_by_item on answered_items (org_id, item_id)",
    """create table legal_holds (
        id uuid primary key,
        org_id uuid not null,
        matter text not null,
        reason text not null,
        item_ids uuid[] not null,
        control_ids uuid[] not null,
        expectation_ids uuid[] not null,
        engagement_ids uuid[] not null,
        covers_from timestamptz,
        covers_until timestamptz,
        status text not null check (status in ('placed', 'released')),
        placed_by jsonb not null,
        released_by jsonb,
        released_at timestamptz,
        release_reason text,
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        constraint covers_a_period check (
            (covers_from is null) = (covers_until is null) and covers_from < covers_until
        ),
        constraint holds_something check (
            covers_from is not null or item_ids <> '{}' or control_ids <> '{}' or expectation_ids <> '{}'
            or engagement_ids <> '{}'
        ),
        constraint released_by_someone_with_a_reason check (
            (status = 'released') = (released_by is not null)
            and (status = 'released') = (released_at is not null)
            and (status = 'released') = (release_reason is not null)
        )
    )""",
    "create index legal_holds_by_creation on legal_holds (org_id, created_at, id)",
    "create index legal_holds_by_update on legal_holds (org_id, updated_at, id)",
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
        recorded_by jsonb not null,
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
        requested_by jsonb not null,
        organisation_items integer not null,
        needs_override boolean not null,
        override_reason text,
        approvers jsonb not null check (jsonb_typeof(approvers) = 'array'),
        approved_at timestamptz,
        cancelled_reason text,
        completed_at timestamptz,
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        constraint nobody_approves_what_they_asked_for check (
            not approvers @> jsonb_build_array(
                jsonb_build_object('person', jsonb_build_object('id', requested_by #> '{person,id}'))
            )
        ),
        constraint approved_by_as_many_as_it_needs check (
            state in ('requested', 'cancelled')
            or jsonb_array_length(approvers) >= case when needs_override then 2 else 1 end
        ),
        constraint overridden_with_a_reason check (
            not needs_override or jsonb_array_length(approvers) = 0 or override_reason is not null
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
        updated_at timestamptz not null,
        primary key (disposal_id, item_id),
        constraint disposed_at_an_instant check ((fate = 'disposed') = (disposed_at is not null)),
        constraint kept_with_a_reason check (fate not in ('held', 'kept') or why is not null)
    )""",
    "create index disposal_items_by_end on disposal_items (org_id, disposal_id, retained_until, item_id)",
    "create index disposal_items_by_update on disposal_items (org_id, disposal_id, updated_at, item_id)",
    "create unique index an_item_is_disposed_of_once on disposal_items (org_id, item_id) where fate = 'disposed'",
    """create table disposal_certificates (
        org_id uuid not null,
        disposal_id uuid primary key references disposals,
        document jsonb not null
    )""",
    "alter table evidence_items add foreign key (retention_class_id) references retention_classes",
)


def upgrade() -> None:
    for statement in _TABLES:
        op.execute(statement)
    op.execute("""
        insert into retention_classes
            (id, org_id, name, description, years, basis, is_default, status, version, created_at, updated_at)
        values (
            '00000000-0000-7000-8000-0000000000a1', '00000000-0000-7000-8000-000000000000', 'Audit evidence',
            'What a report rests on. Seven years is what most firms keep; five is the least (AICPA AU-C 230).',
            7, 'report_release', false, 'active', 1, now(), now()
        )
    """)
    for table in (
        "retention_classes",
        "report_releases",
        "disposal_items",
        "disposal_certificates",
        "legal_holds",
        "known_engagements",
        "answered_items",
    ):
        fence(op.execute, "evidence", table)
    fence(op.execute, "evidence", "disposals", worker_reads=True)
    share(op.execute, "evidence", "retention_classes")
