"""Questionnaires: their templates, the ones sent with answers, and the links of respondents."""

from alembic import op

from shared.data.platform import fence

revision = "risk_0009"
down_revision = "risk_0008"

_RECORD = """
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null"""
_TABLES = (
    f"""create table questionnaire_templates (
        id uuid primary key,
        org_id uuid not null,
        title text not null,
        origin text not null check (origin in ('attest', 'mvsp', 'sheet', 'own')),
        sections jsonb not null,
        questions integer not null,
        status text not null check (status in ('draft', 'published', 'retired')),
        published_at timestamptz,{_RECORD},
        check (status <> 'published' or published_at is not null)
    )""",
    "create index questionnaire_templates_by_title on questionnaire_templates (org_id, title, id)",
    "create index questionnaire_templates_by_creation on questionnaire_templates (org_id, created_at, id)",
    "create index questionnaire_templates_by_update on questionnaire_templates (org_id, updated_at, id)",
    f"""create table questionnaires (
        id uuid primary key,
        org_id uuid not null,
        vendor_id uuid not null references vendors,
        template_id uuid not null references questionnaire_templates,
        title text not null,
        tier text not null,
        prefill boolean not null,
        prefilled_from uuid,
        sections jsonb not null,
        status text not null check (status in (
            'prepared', 'sent', 'opened', 'in_progress', 'submitted', 'clarification', 'accepted', 'returned',
            'cancelled', 'lapsed'
        )),
        expires_at timestamptz,
        sent_at timestamptz,
        submitted_at timestamptz,
        signed_by text,
        signer_role text,
        decided_by jsonb,
        decided_at timestamptz,
        status_reason text,
        prepared_by jsonb not null,{_RECORD},
        check (sent_at is not null or status in ('prepared', 'cancelled')),
        check (submitted_at is not null or status not in ('submitted', 'clarification', 'accepted', 'returned'))
    )""",
    "create index questionnaires_by_creation on questionnaires (org_id, created_at, id)",
    "create index questionnaires_by_update on questionnaires (org_id, updated_at, id)",
    "create index questionnaires_by_vendor on questionnaires (org_id, vendor_id, created_at)",
    """create index questionnaires_to_lapse on questionnaires (expires_at)
        where status in ('sent', 'opened', 'in_progress', 'clarification', 'returned')""",
    f"""create table questionnaire_answers (
        id uuid primary key,
        org_id uuid not null,
        questionnaire_id uuid not null references questionnaires,
        code text not null,
        value text check (value in ('yes', 'partly', 'no')),
        text text,
        evidence jsonb not null,
        not_applicable_because text,
        prefilled boolean not null,
        respondent_id uuid,
        respondent_name text,
        answered_at timestamptz,
        clarification text,
        clarification_by jsonb,
        clarified boolean not null,{_RECORD},
        constraint question_has_one_answer unique (questionnaire_id, code),
        check (value is null or not_applicable_because is null)
    )""",
    f"""create table questionnaire_respondents (
        id uuid primary key,
        org_id uuid not null,
        questionnaire_id uuid not null references questionnaires,
        name text not null,
        email text not null,
        sections text[],
        expires_at timestamptz not null,
        delegated_by uuid references questionnaire_respondents,
        opened_at timestamptz,
        revoked_at timestamptz,{_RECORD}
    )""",
    "create index questionnaire_respondents_by_creation on questionnaire_respondents (org_id, created_at, id)",
    "create index questionnaire_respondents_by_update on questionnaire_respondents (org_id, updated_at, id)",
    "create index questionnaire_respondents_by_one on questionnaire_respondents (org_id, questionnaire_id)",
    """create table questionnaire_secrets (
        respondent_id uuid primary key references questionnaire_respondents,
        org_id uuid not null,
        digest bytea not null
    )""",
)


def upgrade() -> None:
    for statement in _TABLES:
        op.execute(statement)
    fence(op.execute, "risk", "questionnaires", worker_reads=True)
    for table in ("questionnaire_templates", "questionnaire_answers", "questionnaire_respondents"):
        fence(op.execute, "risk", table)
    fence(op.execute, "risk", "questionnaire_secrets")
    op.execute("revoke update on questionnaire_secrets from risk_app")
