"""Versions, reviews as facts, tags and words of evidence; schemas of records."""

from alembic import op

from shared.data.platform import fence, unfenced

revision = "evidence_0007"
down_revision = "evidence_0006"

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
    "alter table expectations add column record_schema_id uuid references record_schemas",
    """alter table evidence_items
        add column series_id uuid,
        add column number integer not null default 1 check (number > 0),
        add column replaces_id uuid references evidence_items,
        add column replaced_by_id uuid references evidence_items,
        add column attestor_role text,
        add column record_schema_ids uuid[] not null default '{}',
        drop constraint evidence_items_status_check,
        drop constraint reviewed_by_someone""",
    """create table evidence_reviews (
        id uuid primary key,
        org_id uuid not null,
        item_id uuid not null unique references evidence_items,
        series_id uuid not null,
        number integer not null,
        decision text not null check (decision in ('accepted', 'returned')),
        reason text,
        reviewer text not null,
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
)

_FILL = (
    "update evidence_items set series_id = id",
    """insert into evidence_reviews (id, org_id, item_id, series_id, number, decision, reason, reviewer, reviewed_at)
        select uuidv7(), org_id, id, id, 1, status, review_reason, reviewer, reviewed_at
        from evidence_items where reviewer is not null""",
    """insert into evidence_words (item_id, word, org_id)
        select i.id, found.word, i.org_id
        from evidence_items i left join files f on f.id = i.file_id
        cross join lateral (
            select distinct left(word, 100) as word
            from unnest(tsvector_to_array(
                to_tsvector('simple', concat_ws(' ', i.title, i.source, i.statement, i.url, f.name))
                || jsonb_to_tsvector('simple', coalesce(i.record, '{}'), '["string", "numeric"]')
            )) as word
        ) found""",
)

_CONSTRAINTS = (
    "alter table evidence_items alter column series_id set not null",
    """alter table evidence_items
        add constraint evidence_items_status_check check (status in ('submitted', 'accepted', 'returned', 'replaced')),
        add constraint reviewed_by_someone check ((status in ('submitted', 'replaced')) = (reviewer is null)),
        add constraint replaces_unless_the_first check ((number = 1) = (replaces_id is null)),
        add constraint replaced_by_something check (status <> 'replaced' or replaced_by_id is not null)""",
    # Partial, since hardly any item is one: a sweep that changes a hundred thousand of them writes each index anew.
    "create unique index corrected_once on evidence_items (replaces_id) where replaces_id is not null",
    "create index evidence_items_of_a_series on evidence_items (series_id, number)",
)


def upgrade() -> None:
    for statement in _TABLES:
        op.execute(statement)
    with unfenced(op.execute, "evidence_items", "files"):
        for statement in _FILL:
            op.execute(statement)
    for statement in _CONSTRAINTS:
        op.execute(statement)
    for table in ("record_schemas", "evidence_reviews"):
        fence(op.execute, "evidence", table)
    for table in ("evidence_tags", "evidence_words"):
        fence(op.execute, "evidence", table, delete=True)
