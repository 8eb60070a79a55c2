"""The rules of each sender, version 2. Pure data.

Values and their meanings are those of the senders' documentation. A run that did not run proves nothing: what was
skipped, cancelled or left to a person is `inconclusive`, and nothing but success is `pass`.
"""

from collections.abc import Mapping
from types import MappingProxyType

from services.integrations.mapping.code_hosts.rules import BITBUCKET_CLOUD, GITHUB, GITLAB
from services.integrations.mapping.generic_senders.rules import GENERIC
from services.integrations.mapping.monitors.rules import DATADOG, SECURITY_HUB, SNYK
from services.integrations.mapping.rule_terms.models import Condition, Correction, FactKind, Path, Rule, RuleSet
from services.integrations.mapping.rule_terms.rules import dropped_when, means
from services.integrations.mapping.trackers.rules import AZURE_BOARDS, SENTRY
from services.integrations.receiving.sources.models import SourceKind as K

VERSION = 2
_CHECK, _TICKET = FactKind.CHECK_REPORTED, FactKind.TICKET_CHANGED
_DROPPED = ("Won't Do", "Duplicate", "Won't Fix", "Cannot Reproduce")

_CIRCLECI_RUN = means(**{"pass": "success"}, fail="failed", error="error", inconclusive="canceled unauthorized")
_JIRA_STATE = means(open="new", in_progress="indeterminate", done="done")
_AZURE = (
    Rule(
        _CHECK,
        ("build.complete",),
        thing=(("resource", "definition", "name"),),
        run=(("resource", "id"), ("resource", "buildNumber")),
        state=("resource", "result"),
        states=means(**{"pass": "succeeded"}, fail="failed", inconclusive="partiallySucceeded canceled"),
        time=("resource", "finishTime"),
        url=("resource", "url"),
    ),
)
_JIRA = (
    Rule(
        _TICKET,
        ("jira:issue_created", "jira:issue_updated"),
        thing=(("issue", "key"),),
        state=("issue", "fields", "status", "statusCategory", "key"),
        states=_JIRA_STATE,
        corrections=dropped_when(("issue", "fields", "resolution", "name"), *_DROPPED),
        time=("issue", "fields", "updated"),
        more={
            "resolution": ("issue", "fields", "resolution", "name"),
            "due_on": ("issue", "fields", "duedate"),
            "changed_by": ("user", "accountId"),
        },
    ),
)
_LINEAR_STATE = means(
    open="triage backlog unstarted", in_progress="started", done="completed", dropped="canceled duplicate"
)
_OKTA_USER: Path = ("target", "0", "alternateId")


def _okta(fact: FactKind, *more: Path, **states: str) -> Rule:
    """The state is the type of the event itself, each of which has one meaning."""
    table, time = means(**states), ("published",)
    return Rule(fact, tuple(table), thing=(*more, _OKTA_USER), state=("eventType",), states=table, time=time)


_OKTA = (
    _okta(
        FactKind.PERSON_JOINED,
        joined="user.lifecycle.create user.lifecycle.activate user.lifecycle.reactivate user.lifecycle.unsuspend",
    ),
    _okta(
        FactKind.PERSON_LEFT,
        left="user.lifecycle.deactivate user.lifecycle.suspend user.lifecycle.delete.initiated",
    ),
    _okta(
        FactKind.PERSON_MOVED,
        ("target", "1", "displayName"),
        granted="group.user_membership.add application.user_membership.add",
        revoked="group.user_membership.remove application.user_membership.remove",
    ),
)
# A notification says that a user was changed, and not how: whether the account may still be used has to be read.
_GRAPH = tuple(
    Rule(
        fact,
        (f"users.{change}",),
        thing=(("resourceData", "id"),),
        state=("changeType",),
        states={change: state},
        more={"tenant": ("tenantId",)},
    )
    for fact, change, state in (
        (FactKind.PERSON_JOINED, "created", "joined"),
        (FactKind.PERSON_LEFT, "deleted", "left"),
    )
)
SHIPPED: Mapping[K, RuleSet] = MappingProxyType(
    {
        K.GITHUB: GITHUB,
        K.GITLAB: GITLAB,
        K.BITBUCKET_CLOUD: BITBUCKET_CLOUD,
        # Its events say nothing of builds: take those from the build server.
        K.BITBUCKET_DATA_CENTER: RuleSet(no_facts=("diagnostics:ping", "pr:*", "repo:*", "project:*", "mirror:*")),
        K.AZURE_DEVOPS: RuleSet((*_AZURE, *AZURE_BOARDS), no_facts=("workitem.commented", "git.*")),
        K.JIRA_CLOUD: RuleSet(_JIRA),
        K.JIRA_DATA_CENTER: RuleSet(_JIRA),
        K.SERVICENOW: RuleSet(
            (
                Rule(
                    _TICKET,
                    ("record",),
                    thing=(("number",),),
                    state=("state",),
                    states=means(open="1", in_progress="2 3", done="6 7", dropped="8"),
                    time=("sys_updated_on",),
                    corrections=dropped_when(("close_code",), *_DROPPED),
                    more={"resolution": ("close_code",), "due_on": ("due_date",), "changed_by": ("sys_updated_by",)},
                ),
            ),
        ),
        K.LINEAR: RuleSet(
            (
                Rule(
                    _TICKET,
                    ("Issue.create", "Issue.update"),
                    thing=(("data", "identifier"),),
                    state=("data", "state", "type"),
                    states=_LINEAR_STATE,
                    time=("data", "updatedAt"),
                    url=("url",),
                    more={"due_on": ("data", "dueDate"), "changed_by": ("actor", "id")},
                ),
            ),
        ),
        K.PAGERDUTY: RuleSet(
            (
                Rule(
                    _TICKET,
                    ("incident.*",),
                    thing=(("event", "data", "id"),),
                    state=("event", "data", "status"),
                    states=means(open="triggered", in_progress="acknowledged", done="resolved"),
                    time=("event", "occurred_at"),
                    url=("event", "data", "html_url"),
                    more={"changed_by": ("event", "agent", "id")},
                ),
            ),
            no_facts=("pagey.ping",),
        ),
        K.CIRCLECI: RuleSet(
            tuple(
                Rule(
                    _CHECK,
                    (f"{noun}-completed",),
                    thing=(("project", "slug"), (noun, "name")),
                    run=((noun, "id"),),
                    state=(noun, "status"),
                    states=_CIRCLECI_RUN,
                    time=("happened_at",),
                    url=("workflow", "url"),
                    branch=("pipeline", "vcs", "branch"),
                    more={"commit": ("pipeline", "vcs", "revision")},
                )
                for noun in ("workflow", "job")
            ),
            no_facts=("ping",),
        ),
        K.BUILDKITE: RuleSet(
            (
                Rule(
                    _CHECK,
                    ("build.finished",),
                    thing=(("pipeline", "slug"),),
                    run=(("build", "id"),),
                    state=("build", "state"),
                    states=means(
                        **{"pass": "passed"},
                        fail="failed",
                        error="waiting_failed",
                        inconclusive="canceled skipped not_run blocked",
                        pending="scheduled running failing waiting",
                    ),
                    corrections=(Correction(Condition(("build", "blocked"), ("true",)), of="pass", to="inconclusive"),),
                    time=("build", "finished_at"),
                    url=("build", "web_url"),
                    branch=("build", "branch"),
                    default_branch=("pipeline", "default_branch"),
                    more={"commit": ("build", "commit")},
                ),
            ),
            no_facts=("ping", "build.scheduled", "build.running", "build.failing", "job.*", "agent.*"),
        ),
        K.JENKINS: RuleSet(
            (
                Rule(
                    _CHECK,
                    ("build.finalized",),
                    thing=(("name",),),
                    run=(("build", "full_url"), ("build", "number")),
                    state=("build", "status"),
                    states=means(
                        **{"pass": "SUCCESS"}, fail="FAILURE", inconclusive="UNSTABLE ABORTED NOT_BUILT", pending="null"
                    ),
                    url=("build", "full_url"),
                    branch=("build", "scm", "branch"),
                    more={"commit": ("build", "scm", "commit")},
                ),
            ),
            no_facts=("build.queued", "build.started", "build.completed"),
        ),
        K.OKTA: RuleSet(_OKTA),
        K.MICROSOFT_GRAPH: RuleSet(_GRAPH, no_facts=("users.updated", "lifecycle.*")),
        K.SENTRY: SENTRY,
        K.SNYK: SNYK,
        K.DATADOG: DATADOG,
        K.AWS_SNS: RuleSet(SECURITY_HUB.rules, no_facts=("SubscriptionConfirmation", "UnsubscribeConfirmation")),
        K.AWS_EVENTBRIDGE: SECURITY_HUB,
        K.STANDARD_WEBHOOKS: GENERIC,
        K.CLOUDEVENTS: GENERIC,
    }
)
