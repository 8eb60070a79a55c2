"""Evidence with its versions, reviews, tags and words, what it proves until when, and schemas of records."""

from alembic import op

from shared.data.platform import fence

revision = "evidence_0004"
down_revision = "evidence_0003"

_TABLES = (
    """create table record_schemas (
        id uuid primary key,
        org_id uuid not null,
        code text not null,
        number integer not null check (number > 0),
        title text not null,
        document jsonb not null,
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        constraint record_schema_number_is_unique unique (org_id, code, number)
    )""",
    "create index record_schemas_by_creation on record_schemas (org_id, created_at, id)",
    "create index record_schemas_by_update on record_schemas (org_id, updated_at, id)",
    """create table evidence_items (
        id uuid primary key,
        org_id uuid not null,
        series_id uuid not null,
        number integer not null check (number > 0),
        replaces_id uuid references evidence_items,
        replaced_by_id uuid references evidence_items,
        title text not null,
        kind text not null,
        file_id uuid references files,
        url text,
        record jsonb,
        statement text,
        attestor_role text,
        record_schema_ids uuid[] not null,
        source text not null,
        collected_at timestamptz not null,
        covers_from timestamptz not null,
        covers_until timestamptz not null,
        status text not null check (status in ('submitted', 'accepted', 'returned', 'replaced')),
        submitter jsonb not null,
        reviewer jsonb,
        reviewed_at timestamptz,
        review_reason text,
        retention_class_id uuid,
        disposed_at timestamptz,
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        constraint has_what_its_kind_names check (
            (kind = 'file') = (file_id is not null)
            and case when disposed_at is null then
                (kind = 'link') = (url is not null) and (kind = 'record') = (record is not null)
                and (kind = 'attestation') = (statement is not null)
            else url is null and record is null and statement is null end
        ),
        constraint covers_a_period check (covers_from < covers_until),
        constraint reviewer_is_not_the_submitter check (
            reviewer #> '{person,id}' <> submitter #> '{person,id}'
        ),
        constraint reviewed_by_someone check ((status in ('submitted', 'replaced')) = (reviewer is null)),
        constraint returned_with_a_reason check (status <> 'returned' or review_reason is not null),
        constraint replaces_unless_the_first check ((number = 1) = (replaces_id is null)),
        constraint replaced_by_something check (status <> 'replaced' or replaced_by_id is not null)
    )""",
    "create index evidence_items_by_creation on evidence_items (org_id, created_at, id)",
    "create index evidence_items_by_update on evidence_items (org_id, updated_at, id)",
    "create index evidence_items_by_end on evidence_items (org_id, covers_until, id)",
    # Partial, since hardly any item is one: a sweep that changes a hundred thousand of them writes each index anew.
    "create unique index corrected_once on evidence_items (replaces_id) where replaces_id is not null",
    "create index evidence_items_of_a_series on evidence_items (series_id, number)",
    "create index evidence_items_by_file on evidence_items (org_id, file_id) where disposed_at is null",
    """create table evidence_reviews (
        id uuid primary key,
        org_id uuid not null,
        item_id uuid not null unique references evidence_items,
        series_id uuid not null,
        number integer not null,
        decision text not null check (decision in ('accepted', 'returned')),
        reason text,
        reviewer jsonb not null,
        reviewed_at timestamptz not null,
        constraint returned_for_a_reason check (decision <> 'returned' or reason is not null)
    )""",
    "create index evidence_reviews_of_a_series on evidence_reviews (org_id, series_id, reviewed_at, id)",
    """create table evidence_tags (
        item_id uuid not null references evidence_items,
        tag text not null,
        org_id uuid not null,
        primary key (item_id, tag)
    )""",
    "create index evidence_tags_by_tag on evidence_tags (org_id, tag, item_id)",
    # A full-text index goes unused under row-level security, because its operators are not leakproof; those of a btree
    # over single words are. In the C collation, so that the words that begin alike stand together.
    """create table evidence_words (
        item_id uuid not null references evidence_items,
        word text collate "C" not null,
        org_id uuid not null,
        primary key (item_id, word)
    )""",
    "create index evidence_words_by_word on evidence_words (org_id, word, item_id)",
    # `due_at` is when something has to be announced next: generated, so that it cannot contradict the rest.
    """create table evidence_proofs (
        item_id uuid not null references evidence_items,
        expectation_id uuid not null references expectations,
        org_id uuid not null,
        control_id uuid not null,
        expiring_from timestamptz not null,
        valid_until timestamptz not null,
        announced text check (announced in ('fresh', 'expiring', 'expired', 'superseded', 'withdrawn')),
        ended_at timestamptz,
        superseded_by uuid references evidence_items,
        due_at timestamptz generated always as (
            case announced when 'fresh' then expiring_from when 'expiring' then valid_until end
        ) stored,
        primary key (item_id, expectation_id),
        constraint expires_after_expiring check (expiring_from <= valid_until),
        constraint superseded_by_something check (
            (announced is not distinct from 'superseded') = (superseded_by is not null)
        )
    )""",
    "create index evidence_proofs_by_expectation on evidence_proofs (org_id, expectation_id)",
    "create index evidence_proofs_by_control on evidence_proofs (org_id, control_id)",
    "create index evidence_proofs_due on evidence_proofs (org_id, due_at) where due_at is not null",
    "create index evidence_proofs_due_anywhere on evidence_proofs (due_at) include (org_id) where due_at is not null",
    "alter table expectations add foreign key (record_schema_id) references record_schemas",
    "alter table collected_items add foreign key (item_id) references evidence_items",
)


def upgrade() -> None:
    for statement in _TABLES:
        op.execute(statement)
    for table in ("record_schemas", "evidence_items", "evidence_reviews"):
        fence(op.execute, "evidence", table)
    fence(op.execute, "evidence", "evidence_proofs", worker_reads=True)
    for table in ("evidence_tags", "evidence_words"):
        fence(op.execute, "evidence", table, delete=True)
