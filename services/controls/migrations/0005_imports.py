"""Framework versions come in as documents, and keep them."""

from alembic import op

from shared.data.platform import fence, unfenced

revision = "controls_0005"
down_revision = "controls_0004"

_DOCUMENTS = (
    """alter table framework_versions
        drop column document,
        add media_type text,
        add size integer,
        add sha256 text,
        add bases uuid[] not null default '{}',
        add remarks jsonb not null default '[]',
        add constraint framework_version_has_its_document check (
            (origin = 'shipped') = (media_type is null) and (media_type is null) = (size is null)
            and (media_type is null) = (sha256 is null)
        )""",
    "alter table requirements add oscal_id text",
    """create table framework_documents (
        org_id uuid not null,
        version_id uuid not null references framework_versions,
        number integer not null,
        content bytea not null,
        primary key (version_id, number)
    )""",
    # JSON and CSV compress well, but slowly; what is read once in a while is kept as it came.
    "alter table framework_documents alter content set storage external",
)

# The ids that NIST's own OSCAL catalogues give these controls, so that NIST's profiles select from what is shipped.
_OSCAL_IDS = """
    update requirements r set oscal_id = case f.code
        when 'sp800-53' then lower(replace(replace(r.ref, '(', '.'), ')', ''))
        when 'sp800-171' then 'SP_800_171_' || r.ref
        else r.ref
    end
    from framework_versions v join frameworks f on f.id = v.framework_id
    where v.id = r.version_id and v.origin = 'shipped' and f.code in ('sp800-53', 'sp800-171', 'nist-csf')
"""


def upgrade() -> None:
    for statement in _DOCUMENTS:
        op.execute(statement)
    with unfenced(op.execute, "frameworks", "framework_versions", "requirements"):
        op.execute(_OSCAL_IDS)
    fence(op.execute, "controls", "framework_documents", delete=True)
    # What was never pinned can be withdrawn.
    op.execute("grant delete on frameworks, framework_versions, requirements to controls_app")
