"""What deliveries mean: values by the senders' tables, forks and other branches, and what no rule knows."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.integrations.mapping.mappings.rules import instant, learnt, value_at
from services.integrations.mapping.senders.rules import RULES
from services.integrations.receiving.sources.models import SourceKind as K
from tests.integrations.senders import BODIES, EVENTS

GITHUB = BODIES[K.GITHUB]


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


STATES = {
    K.GITLAB: "pass",
    K.JIRA_CLOUD: "done",
    K.JIRA_DATA_CENTER: "done",
    K.SERVICENOW: "done",
    K.LINEAR: "done",
    K.PAGERDUTY: "done",
    K.CIRCLECI: "pass",
    K.BUILDKITE: None,
    K.JENKINS: "pass",
}


@pytest.mark.parametrize(("kind", "state"), STATES.items())
def test_each_senders_sample_means_what_its_table_says(kind: K, state: str | None) -> None:
    mapped = learnt(kind, EVENTS[kind], BODIES[kind], [])
    assert [fact.state for fact in mapped.facts] == ([state] if state else [])
    assert bool(mapped.unmapped) is (state is None)


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
    mapped = learnt(K.OKTA, "events", {"data": {"events": events}}, [])
    assert [(fact.kind, fact.thing) for fact in mapped.facts] == [
        ("person_joined", "nora@example.com"),
        ("person_left", "nora@example.com"),
    ]


def test_the_same_fact_has_the_same_digest_and_another_has_another() -> None:
    one = learnt(K.GITHUB, "check_run.completed", GITHUB, []).facts[0]
    again = learnt(K.GITHUB, "check_run.completed", dict(GITHUB), []).facts[0]
    other = learnt(K.GITHUB, "check_run.completed", run(conclusion="failure"), []).facts[0]
    assert one.digest == again.digest != other.digest


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


@given(st.sampled_from(list(RULES)), st.data())
def test_no_document_makes_the_rules_fail(kind: K, data: st.DataObject) -> None:
    rule = data.draw(st.sampled_from(list(RULES[kind])))
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
