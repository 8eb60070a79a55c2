"""Expectations that result files of a source are evidence for."""

from alembic import op

revision = "evidence_0009"
down_revision = "evidence_0008"


def upgrade() -> None:
    op.execute("alter table expectations add column result_source text")
    op.execute(
        """alter table expectations add constraint result_files_are_handed_in_as_records
            check (result_source is null or (kind = 'record' and record_schema_id is null))"""
    )
    op.execute(
        """create index expectations_by_result_source on expectations (org_id, result_source)
            where result_source is not null and status = 'active'"""
    )
