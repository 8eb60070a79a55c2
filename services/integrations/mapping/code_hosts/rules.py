"""The rules of GitHub, GitLab and Bitbucket. Pure data, from their documentation of webhooks.

A run that did not run proves nothing: what was skipped, cancelled or left to a person is `inconclusive`.
"""

from services.integrations.mapping.rule_terms.models import Condition, Correction, FactKind, Path, Rule, RuleSet
from services.integrations.mapping.rule_terms.rules import dropped_when, means

_CHECK, _TICKET = FactKind.CHECK_REPORTED, FactKind.TICKET_CHANGED
_FLAW, _MOVED = FactKind.VULNERABILITY_REPORTED, FactKind.PERSON_MOVED

_GITHUB_RUN = means(
    **{"pass": "success"},
    fail="failure",
    error="timed_out startup_failure",
    inconclusive="neutral cancelled action_required stale skipped null",
    pending="queued in_progress waiting requested",
)
_GITLAB_RUN = means(
    **{"pass": "success"},
    fail="failed",
    inconclusive="canceled skipped manual",
    pending="created waiting_for_resource preparing pending running scheduled canceling",
)
# A pipeline also succeeds when a job failed that may fail; what failed on the runner's side is no failure of the check.
_FAILED_JOB = Condition(("status",), ("failed",), within=("builds",))
_FAILED_RUNNER = Condition(("build_failure_reason",), ("runner_system_failure", "stuck_or_timeout_failure"))
_NOT_REVOKED = Condition(("alert", "resolution"), ("false_positive", "wont_fix", "used_in_tests"))
_ALERT = means(open="open created reopened", fixed="fixed resolved", dismissed="dismissed auto_dismissed")


def _github_run(event: str, **more: Path) -> Rule:
    name = ("path",) if event == "workflow_run" else ("name",)
    branch = ("check_suite", "head_branch") if event == "check_run" else ("head_branch",)
    app: tuple[Path, ...] = ((event, "app", "slug"),) if event == "check_run" else ()
    attempt: tuple[Path, ...] = () if event == "check_run" else ((event, "run_attempt"),)
    return Rule(
        _CHECK,
        (f"{event}.completed",),
        thing=(*app, ("repository", "full_name"), (event, *name)),
        run=((event, "id"), *attempt),
        state=(event, "conclusion"),
        states=_GITHUB_RUN,
        time=(event, "completed_at") if event != "workflow_run" else (event, "updated_at"),
        url=(event, "html_url"),
        branch=(event, *branch),
        default_branch=("repository", "default_branch"),
        repository=("repository", "full_name"),
        more={"commit": (event, "head_sha"), **more},
        head_repository=("workflow_run", "head_repository", "full_name") if event == "workflow_run" else (),
    )


def _github_alert(event: str, *identity: Path, severity: Path) -> Rule:
    return Rule(
        _FLAW,
        (f"{event}.*",),
        thing=(("repository", "full_name"), ("alert", "number"), *identity),
        state=("alert", "state"),
        states=_ALERT,
        time=("alert", "updated_at"),
        url=("alert", "html_url"),
        corrections=(Correction(_NOT_REVOKED, of="fixed", to="dismissed"),),
        more={"cve": ("alert", "security_advisory", "cve_id")} | ({"severity": severity} if severity else {}),
    )


_GITHUB = (
    _github_run("check_run"),
    _github_run("workflow_run"),
    _github_run("workflow_job"),
    Rule(
        _CHECK,
        ("status",),
        thing=(("repository", "full_name"), ("context",)),
        run=(("id",),),
        state=("state",),
        states=means(**{"pass": "success"}, fail="failure", error="error", pending="pending"),
        time=("updated_at",),
        url=("target_url",),
        default_branch=("repository", "default_branch"),
        repository=("repository", "full_name"),
        branch=("branches", "0", "name"),
        more={"commit": ("sha",)},
    ),
    Rule(
        _TICKET,
        ("issues.*",),
        thing=(("repository", "full_name"), ("issue", "number")),
        state=("issue", "state"),
        states=means(open="open", done="closed"),
        corrections=dropped_when(("issue", "state_reason"), "not_planned", "duplicate"),
        time=("issue", "updated_at"),
        url=("issue", "html_url"),
        more={"resolution": ("issue", "state_reason"), "changed_by": ("sender", "login")},
    ),
    _github_alert("dependabot_alert", severity=("alert", "security_vulnerability", "severity")),
    _github_alert(
        "code_scanning_alert", ("alert", "rule", "id"), severity=("alert", "rule", "security_severity_level")
    ),
    _github_alert("secret_scanning_alert", ("alert", "secret_type"), severity=()),
    Rule(
        FactKind.PERSON_JOINED,
        ("organization.member_added",),
        thing=(("membership", "user", "login"),),
        state=("action",),
        states=means(joined="member_added"),
        more={"organisation": ("organization", "login")},
    ),
    Rule(
        FactKind.PERSON_LEFT,
        ("organization.member_removed",),
        thing=(("membership", "user", "login"),),
        state=("action",),
        states=means(left="member_removed"),
        more={"organisation": ("organization", "login")},
    ),
    Rule(
        _MOVED,
        ("membership.*",),
        thing=(("team", "slug"), ("member", "login")),
        state=("action",),
        states=means(granted="added", revoked="removed"),
        more={"organisation": ("organization", "login")},
    ),
)
GITHUB = RuleSet(
    _GITHUB,
    no_facts=(
        *("ping", "check_run.created", "check_run.requested_action", "check_run.rerequested", "workflow_run.requested"),
        *("workflow_run.in_progress", "workflow_job.queued", "workflow_job.waiting", "workflow_job.in_progress"),
        "organization.member_invited",
    ),
)
_GITLAB = (
    Rule(
        _CHECK,
        ("pipeline",),
        thing=(("project", "path_with_namespace"), ("object_kind",)),
        run=(("object_attributes", "id"),),
        state=("object_attributes", "status"),
        states=_GITLAB_RUN,
        corrections=(Correction(_FAILED_JOB, of="pass", to="inconclusive"),),
        time=("object_attributes", "finished_at"),
        url=("object_attributes", "url"),
        branch=("object_attributes", "ref"),
        default_branch=("project", "default_branch"),
        repository=("project", "path_with_namespace"),
        head_repository=("merge_request", "source", "path_with_namespace"),
        more={"commit": ("object_attributes", "sha")},
    ),
    Rule(
        _CHECK,
        ("build",),
        thing=(("project", "path_with_namespace"), ("build_name",)),
        run=(("build_id",),),
        state=("build_status",),
        states=_GITLAB_RUN,
        corrections=(Correction(_FAILED_RUNNER, of="fail", to="error"),),
        time=("build_finished_at",),
        branch=("ref",),
        default_branch=("project", "default_branch"),
        repository=("project", "path_with_namespace"),
        more={"commit": ("sha",)},
    ),
    Rule(
        _TICKET,
        ("issue",),
        thing=(("project", "path_with_namespace"), ("object_attributes", "iid")),
        state=("object_attributes", "state"),
        states=means(open="opened", done="closed"),
        time=("object_attributes", "updated_at"),
        url=("object_attributes", "url"),
        more={"due_on": ("object_attributes", "due_date"), "changed_by": ("user", "username")},
    ),
)
GITLAB = RuleSet(_GITLAB)
_BITBUCKET = (
    Rule(
        _CHECK,
        ("repo:commit_status_created", "repo:commit_status_updated"),
        thing=(("repository", "full_name"), ("commit_status", "key")),
        run=(("commit_status", "links", "commit", "href"), ("commit_status", "key")),
        state=("commit_status", "state"),
        states=means(**{"pass": "SUCCESSFUL"}, fail="FAILED", inconclusive="STOPPED", pending="INPROGRESS"),
        time=("commit_status", "updated_on"),
        url=("commit_status", "url"),
        branch=("commit_status", "refname"),
        default_branch=("repository", "mainbranch", "name"),
        repository=("repository", "full_name"),
    ),
)
BITBUCKET_CLOUD = RuleSet(_BITBUCKET)
