"""The rules of Azure Boards and Sentry. Pure data, from their documentation of webhooks.

Azure's events hold the name of a state and not its category: these are the names of its own processes (Basic, Agile,
Scrum, CMMI). Other names are unmapped until the organisation says what they mean.
"""

from services.integrations.mapping.rule_terms.models import FactKind, Path, Rule, RuleSet
from services.integrations.mapping.rule_terms.rules import means

_TICKET = FactKind.TICKET_CHANGED
_AZURE_STATE = {
    **means(
        open="New Proposed Approved",
        in_progress="Active Committed Doing InProgress",
        done="Resolved Closed Done Completed",
        dropped="Removed",
    ),
    "To Do": "open",
    "In Progress": "in_progress",
}


def _work_item(*events: str, key: Path, fields: Path) -> Rule:
    return Rule(
        _TICKET,
        events,
        thing=((*fields, "System.TeamProject"), key),
        state=(*fields, "System.State"),
        states=_AZURE_STATE,
        time=(*fields, "System.ChangedDate"),
        more={"resolution": (*fields, "System.Reason"), "changed_by": ("resource", "revisedBy", "id")},
    )


AZURE_BOARDS = (
    _work_item("workitem.updated", key=("resource", "workItemId"), fields=("resource", "revision", "fields")),
    _work_item("workitem.created", "workitem.restored", key=("resource", "id"), fields=("resource", "fields")),
    Rule(
        _TICKET,
        ("workitem.deleted",),
        thing=(("resource", "fields", "System.TeamProject"), ("resource", "id")),
        state=("eventType",),
        states={"workitem.deleted": "dropped"},
        time=("createdDate",),
    ),
)
SENTRY = RuleSet(
    (
        Rule(
            _TICKET,
            ("issue.*",),
            thing=(("data", "issue", "project", "slug"), ("data", "issue", "shortId")),
            state=("data", "issue", "status"),
            states=means(open="unresolved", done="resolved", dropped="ignored archived"),
            url=("data", "issue", "web_url"),
            more={"changed_by": ("actor", "id")},
        ),
        Rule(
            FactKind.CHECK_REPORTED,
            ("metric_alert.*",),
            thing=(("data", "metric_alert", "projects", "0"), ("data", "metric_alert", "alert_rule", "name")),
            state=("action",),
            states=means(**{"pass": "resolved"}, fail="critical", inconclusive="warning"),
            url=("data", "web_url"),
        ),
    ),
    no_facts=("installation.*", "comment.*", "error.*", "event_alert.*"),
)
