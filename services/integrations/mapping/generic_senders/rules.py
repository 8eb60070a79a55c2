"""The rules of events that any system may send: the state is named as facts name it, below `data`. Pure data.

A CloudEvent has the same members in structured mode as a message of Standard Webhooks.
"""

from collections.abc import Mapping

from services.integrations.mapping.rule_terms.models import FactKind, Path, Rule, RuleSet
from services.integrations.mapping.rule_terms.rules import means

_PREFIX = "attest."
_TIME: Path = ("data", "observed_at")


def _rule(fact: FactKind, name: str, states: Mapping[str, str], *things: str, more: tuple[str, ...] = ()) -> Rule:
    return Rule(
        fact,
        (_PREFIX + name,),
        thing=tuple(("data", each) for each in things),
        state=("data", "state"),
        states=states,
        time=_TIME,
        url=("data", "url"),
        more={each: ("data", each) for each in more},
    )


_CHECK = Rule(
    FactKind.CHECK_REPORTED,
    (f"{_PREFIX}check.reported",),
    thing=(("data", "target"), ("data", "check")),
    run=(("data", "run"),),
    state=("data", "state"),
    states=means(
        **{"pass": "pass"},
        fail="fail",
        error="error",
        inconclusive="inconclusive skipped cancelled",
        not_applicable="not_applicable",
        pending="pending",
    ),
    time=_TIME,
    url=("data", "url"),
    branch=("data", "branch"),
    default_branch=("data", "default_branch"),
    repository=("data", "repository"),
    head_repository=("data", "head_repository"),
    more={"commit": ("data", "commit")},
)
_TICKET = means(open="open", in_progress="in_progress", done="done", dropped="dropped")
_FLAW = means(open="open", fixed="fixed", dismissed="dismissed")
GENERIC = RuleSet(
    (
        _CHECK,
        _rule(FactKind.TICKET_CHANGED, "ticket.changed", _TICKET, "ticket", more=("due_on", "changed_by")),
        _rule(
            FactKind.VULNERABILITY_REPORTED,
            "vulnerability.reported",
            _FLAW,
            "asset",
            "vulnerability",
            more=("severity",),
        ),
        _rule(FactKind.PERSON_JOINED, "person.joined", means(joined="joined"), "person"),
        _rule(FactKind.PERSON_MOVED, "person.moved", means(granted="granted", revoked="revoked"), "access", "person"),
        _rule(FactKind.PERSON_LEFT, "person.left", means(left="left"), "person"),
    )
)
