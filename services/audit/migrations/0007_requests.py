"""What the auditing party asks the client for, the answers, and the threads of both."""

from alembic import op

from services.audit.fences import OURS, READABLE
from shared.data.platform import IN_ENGAGEMENT, IN_FIRM, OF_FIRM_IN_ENGAGEMENT, fence, let_auditors_read

revision = "audit_0007"
down_revision = "audit_0006"

_TABLES = (
    """create table known_evidence (
        org_id uuid not null,
        id uuid not null,
        title text not null,
        state text not null check (state in ('submitted', 'accepted', 'returned', 'replaced')),
        covers_from timestamptz not null,
        covers_until timestamptz not null,
        version integer not null,
        submitter_id uuid,
        sha256 text,
        submission_version integer not null,
        primary key (org_id, id)
    )""",
    """create table request_templates (
        id uuid primary key,
        org_id uuid not null,
        title text not null,
        engagement_kinds text[] not null,
        lines jsonb not null,
        status text not null check (status in ('active', 'withdrawn')),
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null
    )""",
    "create index request_templates_by_title on request_templates (org_id, title, id)",
    "create index request_templates_by_creation on request_templates (org_id, created_at, id)",
    "create index request_templates_by_update on request_templates (org_id, updated_at, id)",
    """create table requests (
        id uuid primary key,
        org_id uuid not null,
        engagement_id uuid not null references engagements (id),
        client_id uuid not null,
        code text not null,
        title text not null,
        text text not null,
        example text,
        addressee text,
        control_ids uuid[] not null,
        lines jsonb not null,
        lines_answered integer not null,
        due_on date,
        origin text not null
            check (origin in ('written', 'template', 'previous_engagement', 'controls', 'sample', 'sheet')),
        origin_id uuid,
        status text not null check (status in (
            'draft', 'open', 'submitted', 'returned', 'declared_unavailable', 'accepted', 'unavailable', 'cancelled'
        )),
        owner_id uuid,
        owner_name text,
        released_at timestamptz,
        answers integer not null check (answers >= 0),
        answered_at timestamptz,
        effect text check (effect in ('deviation', 'scope_limitation')),
        reason text,
        decided_by jsonb,
        decided_at timestamptz,
        overdue_announced_at timestamptz,
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        constraint one_code_names_one_request unique (engagement_id, code),
        constraint owners_have_names check ((owner_id is null) = (owner_name is null)),
        constraint drafts_are_not_released check (
            status = 'cancelled' or (status = 'draft') = (released_at is null)
        ),
        constraint released_requests_have_a_day check (released_at is null or due_on is not null),
        constraint lines_are_counted check (lines_answered between 0 and jsonb_array_length(lines)),
        constraint answered_requests_say_when check ((answers = 0) = (answered_at is null)),
        constraint submitted_requests_have_an_answer check (
            status not in ('submitted', 'declared_unavailable', 'accepted', 'unavailable') or answers > 0
        ),
        constraint unavailable_requests_have_an_effect check ((status = 'unavailable') = (effect is not null))
    )""",
    "create index requests_by_code on requests (engagement_id, code, id)",
    "create index requests_by_creation on requests (engagement_id, created_at, id)",
    "create index requests_by_update on requests (engagement_id, updated_at, id)",
    "create index requests_of_client_by_code on requests (client_id, code, id) where released_at is not null",
    "create index requests_of_client_by_creation on requests (client_id, created_at, id) where released_at is not null",
    "create index requests_of_client_by_update on requests (client_id, updated_at, id) where released_at is not null",
    """create index requests_to_announce on requests (org_id, due_on, id)
        where status in ('open', 'returned') and overdue_announced_at is null""",
    """create index requests_to_announce_anywhere on requests (due_on) include (org_id)
        where status in ('open', 'returned') and overdue_announced_at is null""",
    "create index requests_of_owner on requests (owner_id) where owner_id is not null",
    """create table request_answers (
        id uuid primary key,
        org_id uuid not null,
        request_id uuid not null references requests (id),
        engagement_id uuid not null references engagements (id),
        firm_id uuid not null,
        number integer not null,
        evidence jsonb not null,
        lines jsonb not null,
        text text,
        unavailable_because text,
        given_by jsonb not null,
        given_at timestamptz not null,
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        constraint answers_are_counted unique (request_id, number),
        constraint answer_says_something check (
            (unavailable_because is null)
                = (text is not null or jsonb_array_length(evidence) > 0 or jsonb_array_length(lines) > 0)
        )
    )""",
    "create index request_answers_by_creation on request_answers (org_id, created_at, id)",
    "create index request_answers_by_update on request_answers (org_id, updated_at, id)",
    "create index request_answers_of_engagement on request_answers (engagement_id, created_at, id)",
    """create table request_comments (
        id uuid primary key,
        org_id uuid not null,
        request_id uuid not null references requests (id),
        engagement_id uuid not null references engagements (id),
        firm_id uuid not null,
        client_id uuid not null,
        by_firm boolean not null,
        text text not null,
        mentions jsonb not null,
        written_by jsonb not null,
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        constraint comment_is_of_its_writer check (org_id = case when by_firm then firm_id else client_id end)
    )""",
    "create index request_comments_by_request on request_comments (request_id, created_at, id)",
    "create index request_comments_of_engagement on request_comments (engagement_id, created_at, id)",
    "create index request_comments_by_creation on request_comments (org_id, created_at, id)",
    "create index request_comments_by_update on request_comments (org_id, updated_at, id)",
)

# What the other party sees, to read: the client what the firm released, the firm what the client answered, and both
# what either wrote. Answers and comments are never changed: nobody is granted that.
_OTHER_PARTY = (
    f"""create policy released on requests for select to audit_app
        using (client_id = {OURS} and released_at is not null)""",
    f"create policy answered on request_answers for select to audit_app using (firm_id = {OURS})",
    f"create policy thread on request_comments for select to audit_app using ({OURS} in (firm_id, client_id))",
    "revoke update on request_answers, request_comments from audit_app",
)


# What a token for one engagement shows: the firm's own papers and the threads always, the answers of the client while
# the engagement is readable.
_OF_AUDITORS = {
    "requests": OF_FIRM_IN_ENGAGEMENT,
    "request_answers": f"engagement_id = {READABLE} and firm_id = {IN_FIRM}",
    "request_comments": f"engagement_id = {IN_ENGAGEMENT} and firm_id = {IN_FIRM}",
    "request_templates": f"org_id = {IN_FIRM}",
}


def upgrade() -> None:
    for statement in _TABLES:
        op.execute(statement)
    fence(op.execute, "audit", "requests", worker_reads=True)
    for table in ("known_evidence", "request_templates", "request_answers", "request_comments"):
        fence(op.execute, "audit", table)
    for statement in _OTHER_PARTY:
        op.execute(statement)
    for table, where in _OF_AUDITORS.items():
        let_auditors_read(op.execute, "audit", table, where)
