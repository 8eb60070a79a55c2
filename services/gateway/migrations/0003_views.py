"""Things of all services as their events tell them, the words to find them by, what happened each day, and lags."""

from alembic import op

from shared.data.platform import (
    IN_ENGAGEMENT,
    IN_FIRM,
    READABLE_ENGAGEMENT,
    fence,
    let_auditors_read,
    of_engagement,
    share,
)

revision = "gateway_0003"
down_revision = "gateway_0002"

_TABLES = (
    """create table known_engagements (
        org_id uuid not null,
        id uuid not null,
        programme_id uuid,
        firm_id uuid,
        readable boolean not null,
        control_ids uuid[] not null,
        covers_from timestamptz not null,
        covers_until timestamptz not null,
        version integer not null,
        primary key (org_id, id)
    )""",
    """create table things (
        org_id uuid not null,
        kind text not null,
        id uuid not null,
        facts jsonb not null,
        code text,
        title text,
        about text,
        status text,
        control_ids uuid[] not null,
        engagement_id uuid,
        covers_from timestamptz,
        covers_until timestamptz,
        task text,
        waits_for uuid[] not null,
        waits_on text,
        waits_without uuid,
        due_at timestamptz,
        automated boolean,
        told_at timestamptz not null,
        constraint tasks_say_who_does_them check ((task is null) = (waits_on is null)),
        primary key (org_id, kind, id)
    )""",
    "create index things_waiting on things (org_id, kind) where task is not null",
    """create table thing_words (
        org_id uuid not null,
        kind text not null,
        id uuid not null,
        word text collate "C" not null,
        primary key (org_id, kind, id, word)
    )""",
    # A full-text index goes unused under row-level security, because its operators are not leakproof; those of a btree
    # over single words are. In the C collation, so that the words that begin alike stand together.
    "create index thing_words_by_word on thing_words (org_id, word, kind, id)",
    """create table happenings (
        org_id uuid not null,
        day date not null,
        type text not null,
        number integer not null,
        noted_at timestamptz not null,
        primary key (org_id, day, type)
    )""",
    "create index happenings_by_time on happenings (noted_at)",
    """create table posture_days (
        org_id uuid not null,
        day date not null,
        numbers jsonb not null,
        computed_at timestamptz not null,
        primary key (org_id, day)
    )""",
    """create table lags (
        org_id uuid not null,
        service text not null,
        since timestamptz not null,
        primary key (org_id, service)
    )""",
)

_CLIENT = of_engagement("org_id")
_SCOPE = f"{of_engagement('control_ids')}::uuid[]"
# What a token for one engagement shows, as the migrations of the services that own these kinds let their auditors read:
# of the firm what is of the engagement or its methods, of the client by the controls in scope, by the engagement, and
# evidence by the period as well. A kind that is not here is not shown, and none is shown more than in its own service.
_OF_FIRM = (
    *("area_of_concern", "audit_report", "certificate", "conclusion", "deviation", "engagement_document", "finding"),
    *("finding_remediation", "item_test", "nonconformity", "opinion", "paper", "population", "reliability_record"),
    *("report_download", "request", "request_answer", "request_comment", "review_note", "sample", "sample_item"),
    *("scope_change", "team_member"),
)
_METHODS_OF_FIRM = ("firm_procedure", "request_template")
_BY_CONTROL = (
    *("control", "control_health", "control_definition", "control_test", "test_result", "test_standing", "occurrence"),
    *("waiver", "historical_record", "issue", "expectation", "risk"),
)
_BY_ENGAGEMENT = (
    *("candidate", "significant_change", "subservice_organisation", "system_incident", "user_entity_control"),
)


def _listed(kinds: tuple[str, ...]) -> str:
    return ", ".join(f"'{kind}'" for kind in kinds)


_SHOWN = f"""
    org_id = {IN_FIRM} and (
        kind in ({_listed(_OF_FIRM)}) and engagement_id = {IN_ENGAGEMENT} or kind in ({_listed(_METHODS_OF_FIRM)}))
    or org_id = {_CLIENT} and (
        kind in ({_listed(_BY_CONTROL)}) and control_ids && {_SCOPE}
        or kind = 'evidence' and control_ids && {_SCOPE}
            and covers_from < {of_engagement("covers_until")} and covers_until > {of_engagement("covers_from")}
        or kind in ({_listed(_BY_ENGAGEMENT)}) and engagement_id = {of_engagement("id")}
        or kind = 'engagement' and id = {of_engagement("id")}
    )
"""


def upgrade() -> None:
    for statement in _TABLES:
        op.execute(statement)
    for table in ("known_engagements", "things"):
        fence(op.execute, "gateway", table)
    fence(op.execute, "gateway", "thing_words", delete=True)
    for table in ("happenings", "posture_days"):
        fence(op.execute, "gateway", table, worker_reads=True)
    fence(op.execute, "gateway", "lags", delete=True, worker_reads=True)
    share(op.execute, "gateway", "lags")
    let_auditors_read(
        op.execute,
        "gateway",
        "known_engagements",
        READABLE_ENGAGEMENT,
        columns=("org_id", "id", "firm_id", "readable", "control_ids", "covers_from", "covers_until"),
    )
    let_auditors_read(op.execute, "gateway", "things", _SHOWN)
    let_auditors_read(
        op.execute,
        "gateway",
        "thing_words",
        f"org_id in ({IN_FIRM}, {_CLIENT}) and (org_id, kind, id) in (select org_id, kind, id from things)",
    )
    let_auditors_read(op.execute, "gateway", "lags", "true")
