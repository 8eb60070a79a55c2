"""The rules of each sender, version 1. Pure data.

Values and their meanings are those of the senders' documentation. A run that did not run proves nothing: what was
skipped, cancelled or left to a person is `inconclusive`, and nothing but success is `pass`.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from services.integrations.mapping.code_hosts.rules import BITBUCKET, GITHUB, GITLAB
from services.integrations.mapping.rule_terms.models import FactKind, Path, Rule
from services.integrations.mapping.rule_terms.rules import means
from services.integrations.receiving.sources.models import SourceKind as K

VERSION = 1
_CHECK, _TICKET = FactKind.CHECK_REPORTED, FactKind.TICKET_CHANGED
_JOINED, _LEFT = FactKind.PERSON_JOINED, FactKind.PERSON_LEFT

_CIRCLECI_RUN = means(**{"pass": "success"}, fail="failed", error="error", inconclusive="canceled unauthorized")
_JIRA_STATE = means(open="new", in_progress="indeterminate", done="done")
_AZURE = (
    Rule(
        _CHECK,
        r"build\.complete",
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
        r"jira:issue_(created|updated)",
        thing=(("issue", "key"),),
        state=("issue", "fields", "status", "statusCategory", "key"),
        states=_JIRA_STATE,
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
_OKTA_STATES = means(
    joined="user.lifecycle.create user.lifecycle.activate user.lifecycle.reactivate user.lifecycle.unsuspend",
    left="user.lifecycle.deactivate user.lifecycle.suspend user.lifecycle.delete.initiated",
)


def _okta(fact: FactKind, events: str) -> Rule:
    each, time = ("data", "events"), ("published",)
    return Rule(fact, events, each=each, thing=(_OKTA_USER,), state=("eventType",), states=_OKTA_STATES, time=time)


RULES: Mapping[K, Sequence[Rule]] = MappingProxyType(
    {
        K.GITHUB: GITHUB,
        K.GITLAB: GITLAB,
        K.BITBUCKET_CLOUD: BITBUCKET,
        K.AZURE_DEVOPS: _AZURE,
        K.JIRA_CLOUD: _JIRA,
        K.JIRA_DATA_CENTER: _JIRA,
        K.SERVICENOW: (
            Rule(
                _TICKET,
                "record",
                thing=(("number",),),
                state=("state",),
                states=means(open="1", in_progress="2 3", done="6 7", dropped="8"),
                time=("sys_updated_on",),
                more={"resolution": ("close_code",), "due_on": ("due_date",), "changed_by": ("sys_updated_by",)},
            ),
        ),
        K.LINEAR: (
            Rule(
                _TICKET,
                r"Issue\.(create|update)",
                thing=(("data", "identifier"),),
                state=("data", "state", "type"),
                states=_LINEAR_STATE,
                time=("data", "updatedAt"),
                url=("url",),
                more={"due_on": ("data", "dueDate"), "changed_by": ("actor", "id")},
            ),
        ),
        K.PAGERDUTY: (
            Rule(
                _TICKET,
                r"incident\..+",
                thing=(("event", "data", "id"),),
                state=("event", "data", "status"),
                states=means(open="triggered", in_progress="acknowledged", done="resolved"),
                time=("event", "occurred_at"),
                url=("event", "data", "html_url"),
                more={"changed_by": ("event", "agent", "id")},
            ),
        ),
        K.CIRCLECI: tuple(
            Rule(
                _CHECK,
                f"{noun}-completed",
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
        K.BUILDKITE: (
            Rule(
                _CHECK,
                r"build\.finished",
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
                time=("build", "finished_at"),
                url=("build", "web_url"),
                branch=("build", "branch"),
                default_branch=("pipeline", "default_branch"),
                more={"commit": ("build", "commit")},
            ),
        ),
        K.JENKINS: (
            Rule(
                _CHECK,
                r"build\.finalized",
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
        K.OKTA: (
            _okta(_JOINED, r"user\.lifecycle\.(create|activate|reactivate|unsuspend)"),
            _okta(_LEFT, r"user\.lifecycle\.(deactivate|suspend|delete\.initiated)"),
        ),
    }
)
# Events that say nothing that becomes a fact: questions, and steps on the way.
NO_FACTS: Mapping[K, str] = MappingProxyType(
    {
        K.GITHUB: (
            r"ping|check_run\.(created|requested_action|rerequested)"
            r"|workflow_(run|job)\.(requested|queued|waiting|in_progress)"
        ),
        K.CIRCLECI: "ping",
        K.BUILDKITE: r"ping|build\.(scheduled|running|failing)|job\..+|agent\..+",
        K.JENKINS: r"build\.(queued|started|completed)",
        K.SNYK: "ping/v0",
        K.AWS_SNS: "SubscriptionConfirmation|UnsubscribeConfirmation",
        K.PAGERDUTY: r"pagey\.ping",
    }
)
