"""Populations with their files and frames, and samples with their items: the firm's rows."""

from alembic import op

from shared.data.platform import IN_FIRM, OF_FIRM_IN_ENGAGEMENT, fence, let_auditors_read

revision = "audit_0005"
down_revision = "audit_0004"

_STATUSES = "'designed', 'drawn', 'released', 'testing', 'evaluated', 'voided'"


def _parts(name: str) -> tuple[str, str]:
    """A table of parts, and that they are kept as they are: they are compressed already."""
    return (
        f"""create table {name} (
            org_id uuid not null,
            engagement_id uuid not null,
            population_id uuid not null references populations (id),
            number integer not null,
            content bytea not null,
            primary key (population_id, number)
        )""",
        f"alter table {name} alter column content set storage external",
    )


_TABLES = (
    """create table sampling_policies (
        id uuid primary key,
        org_id uuid not null,
        frequencies jsonb not null,
        event_bands jsonb not null,
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        check (id = org_id)
    )""",
    """create table populations (
        id uuid primary key,
        org_id uuid not null,
        engagement_id uuid not null,
        series_id uuid not null references populations (id),
        number integer not null,
        control_id uuid,
        title text not null,
        description text not null,
        first_day date not null,
        last_day date not null,
        provenance jsonb,
        status text not null check (status in (
            'asked', 'receiving', 'rejected', 'frozen', 'reliable', 'unreliable', 'superseded'
        )),
        upload_id uuid,
        file_format text check (file_format in ('csv', 'xlsx')),
        file_size bigint,
        file_sha256 text,
        key_column text,
        day_column text,
        columns text[],
        row_count integer,
        frame_sha256 text,
        faults jsonb,
        more_faults integer not null,
        hints jsonb,
        frozen_by jsonb,
        frozen_at timestamptz,
        reliability jsonb,
        concluded_by jsonb,
        concluded_at timestamptz,
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        unique (series_id, number),
        constraint period_ends_where_it_starts_or_later check (first_day <= last_day),
        constraint files_have_a_source check (status = 'asked' or provenance is not null),
        constraint frozen_ones_have_a_frame check (
            (status in ('frozen', 'reliable', 'unreliable', 'superseded'))
                = (num_nulls(frame_sha256, row_count, frozen_by, frozen_at, hints) = 0)
        ),
        constraint reliability_is_concluded check (
            status not in ('reliable', 'unreliable') or num_nulls(reliability, concluded_by, concluded_at) = 0
        )
    )""",
    # Only the team of an engagement reads these, by a token for it.
    "create index populations_by_creation on populations (engagement_id, created_at, id)",
    "create index populations_by_update on populations (engagement_id, updated_at, id)",
    "create index populations_by_title on populations (engagement_id, title, id)",
    "create index populations_of_control on populations (org_id, control_id) where frozen_at is not null",
    *_parts("population_file_parts"),
    *_parts("population_frame_parts"),
    f"""create table samples (
        id uuid primary key,
        org_id uuid not null,
        engagement_id uuid not null,
        population_id uuid not null references populations (id),
        series_id uuid not null references populations (id),
        control_id uuid not null,
        title text not null,
        method text not null check (method in ('random', 'systematic', 'stratified', 'haphazard', 'targeted')),
        size integer not null check (size > 0),
        planned_size integer,
        planned_deviations integer,
        size_reason text,
        design jsonb not null,
        stratum_column text,
        strata jsonb,
        picks text[],
        selection_reason text,
        attributes jsonb not null,
        status text not null check (status in ({_STATUSES})),
        seed text,
        seed_origin text check (seed_origin in ('service', 'typed', 'carried')),
        seed_source text,
        seeded_at timestamptz,
        draw_number integer,
        frame_sha256 text,
        drawn_by jsonb,
        drawn_at timestamptz,
        released_by jsonb,
        released_at timestamptz,
        extension jsonb,
        evaluation jsonb,
        voided jsonb,
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        constraint seeds_are_whole check (num_nulls(seed, seed_origin, seeded_at, draw_number) in (0, 4)),
        constraint picked_items_have_no_seed check (
            (method in ('haphazard', 'targeted')) = (num_nulls(picks, selection_reason) = 0)
            and (seed is null or picks is null)
        ),
        constraint smaller_samples_have_a_reason check (size >= planned_size or size_reason is not null),
        constraint drawn_ones_say_when check (
            status in ('designed', 'voided') or num_nulls(drawn_at, drawn_by, frame_sha256) = 0
        ),
        constraint evaluated_ones_have_numbers check (status <> 'evaluated' or evaluation is not null),
        constraint voided_ones_have_a_reason check ((status = 'voided') = (voided is not null))
    )""",
    # Whoever draws twice may choose: a second draw of a control needs the first one voided, with its reason.
    """create unique index sample_stands on samples (series_id, control_id)
        where status <> 'voided' and method in ('random', 'systematic', 'stratified')""",
    "create index samples_by_creation on samples (engagement_id, created_at, id)",
    "create index samples_by_update on samples (engagement_id, updated_at, id)",
    "create index samples_by_title on samples (engagement_id, title, id)",
    "create index samples_of_population on samples (series_id, control_id)",
    """create table sample_items (
        id uuid primary key,
        org_id uuid not null,
        engagement_id uuid not null,
        sample_id uuid not null references samples (id),
        place integer not null,
        origin text not null check (origin in ('selected', 'replacement', 'extension')),
        replaces_id uuid references sample_items (id),
        key text not null,
        row integer not null,
        day date,
        stratum text,
        ticket text,
        cells jsonb not null,
        status text not null check (status in ('pending', 'passed', 'deviation', 'not_applicable', 'unavailable')),
        reason text,
        alternatives text,
        attributes text[] not null,
        decided_by jsonb,
        decided_at timestamptz,
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        unique (sample_id, place),
        constraint decided_items_say_who check ((status = 'pending') = (decided_at is null)),
        constraint replacements_name_the_item check ((origin = 'replacement') = (replaces_id is not null))
    )""",
    "create index sample_items_by_creation on sample_items (engagement_id, created_at, id)",
    "create index sample_items_by_update on sample_items (engagement_id, updated_at, id)",
    "create index sample_items_by_place on sample_items (engagement_id, place, id)",
    """create table sample_reserves (
        org_id uuid not null,
        engagement_id uuid not null,
        sample_id uuid not null references samples (id),
        place integer not null,
        key text not null,
        row integer not null,
        day date,
        stratum text,
        ticket text,
        cells jsonb not null,
        primary key (sample_id, place)
    )""",
)


def upgrade() -> None:
    for statement in _TABLES:
        op.execute(statement)
    for table in ("sampling_policies", "populations", "samples", "sample_items", "sample_reserves"):
        fence(op.execute, "audit", table)
    for table in ("population_file_parts", "population_frame_parts"):
        fence(op.execute, "audit", table, delete=True)
    for table in ("populations", "samples", "sample_items", "sample_reserves"):
        let_auditors_read(op.execute, "audit", table, OF_FIRM_IN_ENGAGEMENT)
    let_auditors_read(op.execute, "audit", "sampling_policies", f"org_id = {IN_FIRM}")
