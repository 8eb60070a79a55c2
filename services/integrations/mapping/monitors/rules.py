"""The rules of Datadog, AWS Security Hub and Snyk. Pure data, from their documentation of webhooks.

Datadog sends what its template says: `docs/integrations/mapping.md` has the one that these rules read.
"""

from services.integrations.mapping.rule_terms.models import Condition, Correction, FactKind, Path, Rule, RuleSet
from services.integrations.mapping.rule_terms.rules import ABSENT, means

_CHECK, _FLAW = FactKind.CHECK_REPORTED, FactKind.VULNERABILITY_REPORTED
DATADOG = RuleSet(
    (
        Rule(
            _CHECK,
            ("alert",),
            thing=(("scope",), ("monitor",)),
            state=("transition",),
            states={
                **means(**{"pass": "Recovered"}, fail="Triggered Re-Triggered", pending="Renotify"),
                **means(inconclusive="Warn Re-Warn"),
                **dict.fromkeys(("No Data", "Re-No Data"), "inconclusive"),
            },
            time=("date",),
            url=("link",),
            more={"title": ("title",)},
        ),
    )
)
_ARCHIVED = Condition(("each", "RecordState"), ("ARCHIVED",))
# Findings of controls have a compliance status; what has none, such as a detection, is no check.
SECURITY_HUB = RuleSet(
    (
        Rule(
            _CHECK,
            ("Security Hub Findings - Imported",),
            each=("detail", "findings"),
            only=(Condition(("each", "Compliance", "Status"), ("*",)),),
            thing=(("each", "AwsAccountId"), ("each", "GeneratorId"), ("each", "Resources", "0", "Id")),
            state=("each", "Compliance", "Status"),
            states=means(**{"pass": "PASSED"}, fail="FAILED", inconclusive="WARNING NOT_AVAILABLE"),
            corrections=tuple(Correction(_ARCHIVED, of=state, to="inconclusive") for state in ("pass", "fail")),
            time=("each", "UpdatedAt"),
            more={"severity": ("each", "Severity", "Label"), "title": ("each", "Title")},
        ),
    )
)


def _snyk(listed: str, **states: str) -> Rule:
    """Issues that a test found for the first time, or no more; the list says which of both it is."""
    each: Path = ("each", "issueData")
    return Rule(
        _FLAW,
        ("project_snapshot/v0",),
        each=(listed,),
        thing=(("project", "name"), ("each", "pkgName"), ("each", "id")),
        state=("each", "isIgnored"),
        states=means(**states),
        time=("project", "lastTestedDate"),
        more={"severity": (*each, "severity"), "cve": (*each, "identifiers", "CVE", "0"), "title": (*each, "title")},
    )


SNYK = RuleSet(
    (
        _snyk("newIssues", open=f"false {ABSENT}", dismissed="true"),
        _snyk("removedIssues", fixed=f"false true {ABSENT}"),
    ),
    no_facts=("ping/v0",),
)
