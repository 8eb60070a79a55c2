"""Files say what was found in them: their type, malware; and when their bytes were disposed of."""

from alembic import op

revision = "evidence_0005"
down_revision = "evidence_0004"

_STATEMENTS = (
    """alter table files
        add column detected_type text,
        add column scan text not null default 'unscanned'
            check (scan in ('pending', 'clean', 'quarantined', 'unscanned')),
        add column finding text,
        add column scanned_at timestamptz,
        add column disposed_at timestamptz,
        add constraint quarantined_for_a_reason check ((scan = 'quarantined') = (finding is not null)),
        add constraint scanned_at_some_time check ((scan in ('clean', 'quarantined')) = (scanned_at is not null))""",
    "create index files_by_creation on files (org_id, created_at, id)",
    "create index files_by_update on files (org_id, updated_at, id)",
    "create index files_to_scan on files (scan, org_id) where scan in ('pending', 'unscanned') and disposed_at is null",
    # The sweep that scans looks for organisations with such files.
    "create policy worker_reads on files for select to evidence_worker using (true)",
    "grant select on files to evidence_worker",
)


def upgrade() -> None:
    for statement in _STATEMENTS:
        op.execute(statement)
