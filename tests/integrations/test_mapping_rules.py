"""What deliveries mean: values by the senders' tables, forks and other branches, and what no rule knows."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.integrations.mapping.documents.rules import document_of, instant, value_at
from services.integrations.mapping.rule_application import rules
from services.integrations.mapping.rule_application.rules import Mapped
from services.integrations.mapping.rule_terms.models import Condition, FactKind, Rule, RuleSet
from services.integrations.mapping.rule_terms.rules import is_named
from services.integrations.mapping.senders.rules import SHIPPED
from services.integrations.receiving.sources.models import SourceKind as K
from tests.integrations.senders import BODIES, EVENTS, SENDERS

GITHUB = BODIES[K.GITHUB]


def learnt(kind: K, event: str, document: dict[str, Any], branches: list[str]) -> Mapped:
    """What the shipped rules make of a delivery."""
    return rules.learnt(kind, event, document, branches, SHIPPED[kind])


def run(**changes: Any) -> dict[str, Any]:
    return GITHUB | {"check_run": GITHUB["check_run"] | changes}


def workflow(**changes: Any) -> dict[str, Any]:
    made = {"id": 1, "run_attempt": 2, "path": ".github/workflows/ci.yml", "conclusion": "success"}
    made |= {"head_branch": "main", "head_repository": {"full_name": "acme/api"}}
    return {"workflow_run": made | changes, "repository": GITHUB["repository"]}


def test_a_check_is_told_with_what_it_ran_on() -> None:
    (fact,) = learnt(K.GITHUB, "check_run.completed", GITHUB, []).facts
    assert (fact.thing, fact.run, fact.state) == ("github-actions / acme/api / branch-protection", "128620228", "pass")
    assert fact.observed_at == datetime(2026, 5, 14, 9, tzinfo=UTC)
    assert fact.url == "https://github.com/acme/api/runs/128620228"


@pytest.mark.parametrize(
    ("conclusion", "state"),
    [
        *(("success", "pass"), ("failure", "fail"), ("timed_out", "error"), ("startup_failure", "error")),
        *((value, "inconclusive") for value in ("neutral", "cancelled", "action_required", "stale", "skipped", None)),
    ],
)
def test_nothing_but_success_passes(conclusion: str | None, state: str) -> None:
    (fact,) = learnt(K.GITHUB, "check_run.completed", run(conclusion=conclusion), []).facts
    assert fact.state == state


def test_a_value_and_an_event_that_no_rule_knows_are_unmapped() -> None:
    odd = learnt(K.GITHUB, "check_run.completed", run(conclusion="perfect"), [])
    assert (odd.facts, odd.unmapped) == ([], ["check_run/conclusion is perfect"])
    unknown = learnt(K.GITHUB, "star.created", {}, [])
    assert (unknown.facts, unknown.unmapped) == ([], ["no rule knows the event star.created"])
    ping = learnt(K.GITHUB, "ping", {}, [])
    assert (ping.facts, ping.unmapped, ping.known) == ([], [], True)
    unnamed = learnt(K.GITHUB, "check_run.completed", run(name=None), [])
    assert unnamed.unmapped == ["it does not say what it is about"]


@pytest.mark.parametrize(
    ("changes", "branches", "denied"),
    [
        ({}, [], None),
        ({"head_branch": "topic"}, [], "other_branch"),
        ({"head_branch": "topic"}, ["topic"], None),
        ({"head_repository": {"full_name": "mallory/api"}}, [], "fork"),
        ({"head_repository": {"full_name": "mallory/api"}}, ["main"], "fork"),
    ],
)
def test_a_fork_and_another_branch_are_no_evidence(changes: Any, branches: list[str], denied: str | None) -> None:
    (fact,) = learnt(K.GITHUB, "workflow_run.completed", workflow(**changes), branches).facts
    assert (fact.evidence, fact.not_evidence) == (denied is None, denied)
    assert fact.run == "1 / 2"


BUCKET = "123456789012 / security-control/{} / arn:aws:s3:::{}"
# What the samples of each sender are: the kind of fact, what it is about, its state.
SAMPLES: dict[K, list[tuple[str, str, str]]] = {
    K.GITHUB: [("check_reported", "github-actions / acme/api / branch-protection", "pass")],
    K.GITLAB: [("check_reported", "acme/api / pipeline", "pass")],
    K.BITBUCKET_CLOUD: [("check_reported", "build", "pass")],
    K.BITBUCKET_DATA_CENTER: [],
    K.AZURE_DEVOPS: [("check_reported", "api", "pass")],
    K.JIRA_CLOUD: [("ticket_changed", "SEC-1", "done")],
    K.JIRA_DATA_CENTER: [("ticket_changed", "SEC-1", "done")],
    K.SERVICENOW: [("ticket_changed", "INC0010001", "done")],
    K.LINEAR: [("ticket_changed", "SEC-1", "done")],
    K.PAGERDUTY: [("ticket_changed", "P1", "done")],
    K.SENTRY: [("ticket_changed", "api / API-1", "open")],
    K.CIRCLECI: [("check_reported", "build", "pass")],
    K.BUILDKITE: [("check_reported", "api", "pass")],
    K.JENKINS: [("check_reported", "api", "pass")],
    K.SNYK: [
        ("vulnerability_reported", "api / x / SNYK-JS-X-1", "open"),
        ("vulnerability_reported", "api / x / SNYK-JS-X-2", "dismissed"),
        ("vulnerability_reported", "api / y / SNYK-JS-Y-1", "fixed"),
    ],
    K.DATADOG: [("check_reported", "env:prod / 42", "pass")],
    K.OKTA: [("person_left", "nora@example.com", "left")],
    K.MICROSOFT_GRAPH: [("person_joined", "0", "joined"), ("person_left", "2", "left")],
    K.AWS_EVENTBRIDGE: [
        ("check_reported", BUCKET.format("S3.1", "PASSED"), "pass"),
        ("check_reported", BUCKET.format("S3.8", "FAILED"), "fail"),
        ("check_reported", BUCKET.format("S3.1", "WARNING"), "inconclusive"),
    ],
    K.STANDARD_WEBHOOKS: [("check_reported", "api / zap", "pass")],
    K.CLOUDEVENTS: [("check_reported", "api / zap", "pass")],
}


@pytest.mark.parametrize("kind", SENDERS)
def test_each_senders_sample_means_what_its_table_says(kind: K) -> None:
    mapped = learnt(kind, EVENTS[kind], BODIES[kind], [])
    assert [(fact.kind, fact.thing, fact.state) for fact in mapped.facts] == SAMPLES[kind]
    assert (mapped.unmapped, mapped.known) == ([], True)


def changed(document: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """A copy with another value at this place."""
    name, _, rest = path.partition("/")
    return document | {name: changed(document[name], rest, value) if rest else value}


VALUES: list[tuple[K, str, str, dict[str, str]]] = [
    (
        K.DATADOG,
        "alert",
        "transition",
        {
            "Recovered": "pass",
            "Triggered": "fail",
            "Re-Triggered": "fail",
            "No Data": "inconclusive",
            "Warn": "inconclusive",
            "Renotify": "-",
        },
    ),
    (
        K.SENTRY,
        "issue.resolved",
        "data/issue/status",
        {"unresolved": "open", "resolved": "done", "ignored": "dropped"},
    ),
    (
        K.STANDARD_WEBHOOKS,
        "attest.check.reported",
        "data/state",
        {
            "pass": "pass",
            "fail": "fail",
            "error": "error",
            "skipped": "inconclusive",
            "cancelled": "inconclusive",
            "not_applicable": "not_applicable",
            "pending": "-",
        },
    ),
    (
        K.AZURE_DEVOPS,
        "build.complete",
        "resource/result",
        {
            "succeeded": "pass",
            "failed": "fail",
            "partiallySucceeded": "inconclusive",
            "canceled": "inconclusive",
        },
    ),
]


@pytest.mark.parametrize(("kind", "event", "path", "table"), VALUES)
def test_each_value_means_what_its_senders_table_says_and_another_is_unmapped(
    kind: K, event: str, path: str, table: dict[str, str]
) -> None:
    for value, state in table.items():
        mapped = learnt(kind, event, changed(BODIES[kind], path, value), [])
        assert ([fact.state for fact in mapped.facts], mapped.unmapped) == ([] if state == "-" else [state], [])
    unknown: list[tuple[Any, str]] = [("odd", "odd"), (None, "null"), ({}, "null")]
    for other, said in unknown:
        mapped = learnt(kind, event, changed(BODIES[kind], path, other), [])
        assert (mapped.facts, mapped.unmapped) == ([], [f"{path} is {said}"])


def work_item(state: str) -> dict[str, Any]:
    return {"System.TeamProject": "Web", "System.State": state, "System.ChangedDate": "2026-05-14T09:00:00Z"}


@pytest.mark.parametrize(
    ("state", "told"),
    [
        *(("New", "open"), ("To Do", "open"), ("Active", "in_progress"), ("In Progress", "in_progress")),
        *(("Closed", "done"), ("Done", "done"), ("Resolved", "done"), ("Removed", "dropped"), ("In Review", None)),
    ],
)
def test_a_work_item_of_azure_is_told_by_the_name_of_its_state(state: str, told: str | None) -> None:
    updated = {"resource": {"workItemId": 7, "rev": 3, "revision": {"id": 7, "fields": work_item(state)}}}
    made = {"resource": {"id": 7, "fields": work_item(state)}}
    for event, document in (("workitem.updated", updated), ("workitem.created", made), ("workitem.restored", made)):
        mapped = learnt(K.AZURE_DEVOPS, event, document, [])
        found = [(fact.kind, fact.thing, fact.state, fact.observed_at) for fact in mapped.facts]
        at = datetime(2026, 5, 14, 9, tzinfo=UTC)
        assert found == ([("ticket_changed", "Web / 7", told, at)] if told else [])
        assert bool(mapped.unmapped) is (told is None)
    deleted = made | {"eventType": "workitem.deleted", "createdDate": "2026-05-14T10:00:00Z"}
    (fact,) = learnt(K.AZURE_DEVOPS, "workitem.deleted", deleted, []).facts
    assert (fact.thing, fact.state) == ("Web / 7", "dropped")
    assert learnt(K.AZURE_DEVOPS, "workitem.commented", made, []).unmapped == []


@pytest.mark.parametrize(("action", "state"), [("resolved", "pass"), ("critical", "fail"), ("warning", "inconclusive")])
def test_a_metric_alert_of_sentry_is_a_check(action: str, state: str) -> None:
    alert = {"projects": ["api"], "alert_rule": {"name": "Too many errors"}}
    document = {"action": action, "data": {"metric_alert": alert}}
    (fact,) = learnt(K.SENTRY, f"metric_alert.{action}", document, []).facts
    assert (fact.kind, fact.thing, fact.state) == ("check_reported", "api / Too many errors", state)


def test_an_archived_finding_proves_nothing_and_security_hub_may_come_by_sns() -> None:
    finding = BODIES[K.AWS_EVENTBRIDGE]["detail"]["findings"][0]
    document = BODIES[K.AWS_EVENTBRIDGE] | {"detail": {"findings": [finding | {"RecordState": "ARCHIVED"}]}}
    (fact,) = learnt(K.AWS_EVENTBRIDGE, EVENTS[K.AWS_EVENTBRIDGE], document, []).facts
    assert fact.state == "inconclusive"
    wrapped = {"Type": "Notification", "Message": json.dumps(BODIES[K.AWS_EVENTBRIDGE])}
    by_sns = learnt(K.AWS_SNS, "Notification", wrapped, []).facts
    assert by_sns == learnt(K.AWS_EVENTBRIDGE, EVENTS[K.AWS_EVENTBRIDGE], BODIES[K.AWS_EVENTBRIDGE], []).facts
    plain = learnt(K.AWS_SNS, "Notification", {"Type": "Notification", "Message": "Hello"}, [])
    assert (plain.facts, plain.unmapped) == ([], ["no rule knows the event Notification"])


@pytest.mark.parametrize(
    ("event", "data", "told"),
    [
        ("ticket.changed", {"ticket": "T-1", "state": "dropped"}, ("ticket_changed", "T-1", "dropped")),
        (
            "vulnerability.reported",
            {"asset": "api", "vulnerability": "CVE-2026-1", "state": "fixed", "severity": "high"},
            ("vulnerability_reported", "api / CVE-2026-1", "fixed"),
        ),
        ("person.joined", {"person": "nora", "state": "joined"}, ("person_joined", "nora", "joined")),
        (
            "person.moved",
            {"access": "admins", "person": "nora", "state": "revoked"},
            ("person_moved", "admins / nora", "revoked"),
        ),
        ("person.left", {"person": "nora", "state": "left"}, ("person_left", "nora", "left")),
    ],
)
def test_any_system_may_send_facts_in_their_own_words(event: str, data: dict[str, Any], told: tuple[str, ...]) -> None:
    for kind in (K.STANDARD_WEBHOOKS, K.CLOUDEVENTS):
        (fact,) = learnt(kind, f"attest.{event}", {"type": f"attest.{event}", "data": data}, []).facts
        assert (fact.kind, fact.thing, fact.state) == told
    assert learnt(K.CLOUDEVENTS, f"attest.{event}", {"data": data | {"state": "odd"}}, []).unmapped


def test_a_fork_that_any_system_reports_is_no_evidence() -> None:
    data = BODIES[K.CLOUDEVENTS]["data"] | {"repository": "acme/api", "head_repository": "mallory/api"}
    (fact,) = learnt(K.CLOUDEVENTS, "attest.check.reported", {"data": data}, []).facts
    assert (fact.evidence, fact.not_evidence) == (False, "fork")


def test_a_ticket_that_nobody_will_do_is_dropped_and_not_done() -> None:
    issue = {"number": 7, "state": "closed", "state_reason": "not_planned", "updated_at": "2026-05-14T09:00:00Z"}
    (fact,) = learnt(K.GITHUB, "issues.closed", {"issue": issue, "repository": GITHUB["repository"]}, []).facts
    assert (fact.kind, fact.state) == ("ticket_changed", "dropped")


def test_okta_sends_several_events_at_once() -> None:
    target = [{"alternateId": "nora@example.com"}]
    events = [
        {"eventType": f"user.lifecycle.{verb}", "target": target, "published": "2026-05-14T09:00:00Z"}
        for verb in ("create", "deactivate")
    ]
    group = [*target, {"type": "UserGroup", "displayName": "Admins"}]
    events += [
        {"eventType": f"group.user_membership.{verb}", "target": group, "published": "2026-05-14T09:00:00Z"}
        for verb in ("add", "remove")
    ]
    mapped = learnt(K.OKTA, "events", {"data": {"events": events}}, [])
    assert [(fact.kind, fact.thing, fact.state) for fact in mapped.facts] == [
        ("person_joined", "nora@example.com", "joined"),
        ("person_left", "nora@example.com", "left"),
        ("person_moved", "Admins / nora@example.com", "granted"),
        ("person_moved", "Admins / nora@example.com", "revoked"),
    ]
    unknown = learnt(K.OKTA, "events", {"data": {"events": [{"eventType": "user.session.start"}]}}, [])
    assert (unknown.facts, unknown.unmapped) == ([], ["no rule knows the event user.session.start"])


@pytest.mark.parametrize(("action", "state"), [("added", "granted"), ("removed", "revoked")])
def test_a_member_of_a_team_moved(action: str, state: str) -> None:
    document = {"action": action, "team": {"slug": "admins"}, "member": {"login": "nora"}}
    (fact,) = learnt(K.GITHUB, f"membership.{action}", document, []).facts
    assert (fact.kind, fact.thing, fact.state) == ("person_moved", "admins / nora", state)


def test_a_build_that_is_blocked_or_had_a_job_that_may_fail_has_not_passed() -> None:
    build = {"id": "b1", "state": "passed", "branch": "main"}
    pipeline = {"slug": "api", "default_branch": "main"}
    for blocked, state in ((False, "pass"), (True, "inconclusive")):
        document = {"build": build | {"blocked": blocked}, "pipeline": pipeline}
        assert [fact.state for fact in learnt(K.BUILDKITE, "build.finished", document, []).facts] == [state]
    for status, state in (("success", "pass"), ("failed", "inconclusive")):
        document = BODIES[K.GITLAB] | {"builds": [{"status": "success"}, {"status": status, "allow_failure": True}]}
        assert [fact.state for fact in learnt(K.GITLAB, "pipeline", document, []).facts] == [state]


@pytest.mark.parametrize(
    ("state", "resolution", "told"),
    [
        *(("open", None, "open"), ("resolved", "revoked", "fixed"), ("resolved", "wont_fix", "dismissed")),
        *(("resolved", "false_positive", "dismissed"), ("auto_dismissed", None, "dismissed")),
    ],
)
def test_an_alert_that_nobody_fixed_is_dismissed(state: str, resolution: str | None, told: str) -> None:
    alert = {"number": 3, "secret_type": "aws_key", "state": state, "resolution": resolution}
    document = {"alert": alert, "repository": GITHUB["repository"]}
    (fact,) = learnt(K.GITHUB, "secret_scanning_alert.resolved", document, []).facts
    assert (fact.kind, fact.state) == ("vulnerability_reported", told)


def test_what_happens_again_in_the_same_words_is_told_apart_by_the_body() -> None:
    left = {"action": "member_removed", "membership": {"user": {"login": "nora"}}}
    (fact,) = learnt(K.GITHUB, "organization.member_removed", left, []).facts
    assert fact.observed_at is None
    assert fact.digest("a") != fact.digest("b")
    assert fact.digest("a") == learnt(K.GITHUB, "organization.member_removed", left, []).facts[0].digest("a")


EACH = Rule(
    FactKind.CHECK_REPORTED,
    ("scan.*",),
    each=("findings",),
    only=(Condition(("each", "class"), ("config*",)),),
    thing=(("account",), ("each", "id")),
    state=("each", "status"),
    states={"OK": "pass", "BAD": "fail"},
)


def test_each_thing_that_is_listed_is_a_fact_except_what_the_rule_leaves_out() -> None:
    listed: list[Any] = [
        {"id": id_, "class": class_, "status": status}
        for id_, class_, status in (
            ("a", "config", "OK"),
            ("b", "configuration", "BAD"),
            ("c", "secret", "OK"),
            ("d", "config", "ODD"),
        )
    ]
    listed += ["no object", {"id": "e", "status": "OK"}]
    document = {"account": "7", "findings": listed}
    mapped = rules.learnt(K.STANDARD_WEBHOOKS, "scan.finished", document, [], RuleSet((EACH,)))
    assert [(fact.thing, fact.state) for fact in mapped.facts] == [("7 / a", "pass"), ("7 / b", "fail")]
    assert mapped.unmapped == ["each/status is ODD"]
    many = {"account": "7", "findings": [{"id": str(n), "class": "config", "status": "OK"} for n in range(1002)]}
    mapped = rules.learnt(K.STANDARD_WEBHOOKS, "scan.finished", many, [], RuleSet((EACH,)))
    assert (len(mapped.facts), mapped.unmapped) == (1000, ["2 more things than 1,000 are listed"])
    other = rules.learnt(K.STANDARD_WEBHOOKS, "scans.finished", document, [], RuleSet((EACH,)))
    assert (other.facts, other.unmapped) == ([], ["no rule knows the event scans.finished"])


@pytest.mark.parametrize(
    ("name", "names", "is_one"),
    [
        ("a.b", ("a.b",), True),
        ("a.b", ("a.*",), True),
        ("a", ("a.*",), False),
        ("ab", ("a",), False),
        ("x", ("*",), True),
    ],
)
def test_a_name_is_exact_or_a_beginning(name: str, names: tuple[str, ...], is_one: bool) -> None:
    assert is_named(name, names) is is_one


def test_a_cloudevent_reads_the_same_in_both_modes() -> None:
    headers = {"ce-type": "scan.finished", "ce-id": "1", "ce-source": "/scans", "ce-specversion": "1.0"}
    binary = document_of(K.CLOUDEVENTS, headers, b'{"status": "ok"}')
    structured = {
        "specversion": "1.0",
        "id": "1",
        "source": "/scans",
        "type": "scan.finished",
        "data": {"status": "ok"},
    }
    assert binary == structured == document_of(K.CLOUDEVENTS, {}, json.dumps(structured).encode())


def test_the_same_fact_has_the_same_digest_and_another_has_another() -> None:
    one = learnt(K.GITHUB, "check_run.completed", GITHUB, []).facts[0]
    again = learnt(K.GITHUB, "check_run.completed", dict(GITHUB), []).facts[0]
    other = learnt(K.GITHUB, "check_run.completed", run(conclusion="failure"), []).facts[0]
    assert one.digest("a") == again.digest("b") != other.digest("a")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2026-05-14T09:00:00Z", 9),
        ("2026-05-14T11:00:00.000+0200", 9),
        ("2026-05-14 09:00:00 UTC", 9),
        ("2026-05-14 09:00:00", 9),
        (1778749200, 9),
        (1778749200000, 9),
        ("yesterday", None),
        (None, None),
        (True, None),
        (-1, None),
        (1e300, None),
    ],
)
def test_times_are_read_as_senders_write_them(written: Any, read: int | None) -> None:
    found = instant(written)
    assert found == (None if read is None else datetime(2026, 5, 14, read, tzinfo=UTC))


JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=10),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=10), inside, max_size=3),
    max_leaves=10,
)


@given(st.sampled_from([kind for kind, shipped in SHIPPED.items() if shipped.rules]), st.data())
def test_no_document_makes_the_rules_fail(kind: K, data: st.DataObject) -> None:
    rule = data.draw(st.sampled_from(list(SHIPPED[kind].rules)))
    document: Any = dict[str, Any]()
    for path in (*rule.thing, *rule.run, rule.state, rule.time, rule.url, rule.branch):
        inside = document
        for part in path[:-1]:
            inside = inside.setdefault(part, {}) if isinstance(inside, dict) else {}
        if path and isinstance(inside, dict):
            inside[path[-1]] = data.draw(JSON)
    learnt(kind, EVENTS.get(kind, "x"), document, [])
    assert value_at({"a": [{"b": 1}]}, ("a", "0", "b")) == 1
    assert value_at({"a": []}, ("a", "0", "b")) is None
