"""An organisation's own mapping rules: drafted, tried on what was delivered, put in force, and applied again."""

import json
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from deploy.local.stack import Stack
from services.integrations.mapping.rule_application.rules import learnt
from services.integrations.mapping.rule_terms.rules import NO_RULES
from services.integrations.mapping.rule_terms.schemas import RuleTerms
from services.integrations.mapping.rule_writing.rules import rule_set, terms_of
from services.integrations.mapping.senders.rules import SHIPPED
from services.integrations.receiving.sources.models import SourceKind as K
from tests.integrations.given import registered, trail
from tests.integrations.senders import BODIES, STANDARD_SECRET, signed
from tests.support import Organisation, created, eventually, ok, problem

VERSIONS = "/v1/mapping-versions"
RULE: dict[str, Any] = {
    "fact": "check_reported",
    "events": ["scan.finished"],
    "thing": ["/data/target", "/data/scanner"],
    "run": ["/data/run"],
    "state": "/data/result",
    "states": {"clean": "pass", "findings": "fail", "not run": "inconclusive", "running": "pending"},
    "time": "/data/finished_at",
}
DRAFT: dict[str, Any] = {"kind": "standard_webhooks", "rules": [RULE], "no_facts": ["scan.started"]}
SCAN = {"target": "api", "scanner": "zap", "run": "7", "result": "clean", "finished_at": "2026-05-14T09:00:00Z"}


@pytest.fixture
async def outside(stack: Stack) -> AsyncIterator[httpx.AsyncClient]:
    """A sender: it has no token."""
    async with httpx.AsyncClient(base_url=stack.url, timeout=30) as client:
        yield client


async def delivered(outside: httpx.AsyncClient, source: dict[str, Any], kind: K, document: dict[str, Any]) -> None:
    body = json.dumps(document).encode()
    answer = await outside.post(source["path"], content=body, headers=signed(kind, body, datetime.now(UTC)))
    assert answer.status_code == 202


async def scans(org: Organisation, outside: httpx.AsyncClient, *results: str) -> dict[str, Any]:
    """A scanner that reported these results, each of which is looked into."""
    source = await registered(org, kind="standard_webhooks", secret=STANDARD_SECRET)
    for number, result in enumerate(results):
        data = SCAN | {"result": result, "run": str(number)}
        await delivered(outside, source, K.STANDARD_WEBHOOKS, {"type": "scan.finished", "data": data})
    await states(org, source, len(results))
    return source


async def states(org: Organisation, source: dict[str, Any], count: int) -> list[str]:
    """The states of the deliveries of a source as soon as so many are looked into, the oldest first."""
    params = {"source_id": source["id"], "sort": "received_at"}

    async def all_of_them() -> list[str] | None:
        items = ok(await org.manager.get("/v1/source-deliveries", params=params))["items"]
        found = [item["state"] for item in items]
        return found if len(found) == count and "received" not in found else None

    return await eventually(all_of_them)


async def facts_of(org: Organisation, source: dict[str, Any]) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = ok(await org.manager.get("/v1/facts", params={"source_id": source["id"]}))["items"]
    return items


async def in_force(org: Organisation, draft: dict[str, Any]) -> dict[str, Any]:
    version = created(await org.manager.post(VERSIONS, json=draft))
    ok(await org.manager.post(f"{VERSIONS}/{version['id']}/trials", json={}))
    made: dict[str, Any] = ok(await org.manager.post(f"{VERSIONS}/{version['id']}/activations"))
    return made


async def remapped(org: Organisation, **asked: Any) -> dict[str, Any]:
    """What mapping again came to, as soon as the job is done."""
    draft = {"received_since": (datetime.now(UTC) - timedelta(hours=1)).isoformat()} | asked
    answer = await org.manager.post("/v1/remappings", json=draft)
    assert answer.status_code == 202, answer.text

    async def done() -> dict[str, Any] | None:
        job = ok(await org.manager.get(answer.headers["location"]))
        return job if job["state"] in {"succeeded", "failed"} else None

    job = await eventually(done)
    assert (job["state"], job["progress"]) == ("succeeded", 1.0)
    result: dict[str, Any] = job["result"]
    return result


async def test_a_version_is_tried_put_in_force_and_applied_again_from_a_date(
    org: Organisation, outside: httpx.AsyncClient
) -> None:
    source = await scans(org, outside, "clean", "findings", "odd")
    assert await states(org, source, 3) == ["unmapped"] * 3
    version = created(await org.manager.post(VERSIONS, json=DRAFT))
    assert (version["number"], version["status"], version["trial"]) == (1, "draft", None)
    problem(await org.manager.post(f"{VERSIONS}/{version['id']}/activations"), 409, "not-tried")
    trial = ok(await org.manager.post(f"{VERSIONS}/{version['id']}/trials", json={"source_id": source["id"]}))
    assert {name: trial[name] for name in ("deliveries", "changed", "facts", "unmapped", "complete")} == {
        "deliveries": 3,
        "changed": 3,
        "facts": 2,
        "unmapped": 1,
        "complete": True,
    }
    newest = trial["changes"][0]
    assert (newest["before"]["detail"], newest["after"]["detail"]) == (
        "no rule knows the event scan.finished",
        "data/result is odd",
    )
    oldest = trial["changes"][2]["after"]
    assert (oldest["state"], oldest["facts"]) == ("mapped", 1)
    assert oldest["first_facts"][0] == {
        "kind": "check_reported",
        "thing": "api / zap",
        "run": "0",
        "state": "pass",
        "evidence": True,
        "observed_at": "2026-05-14T09:00:00Z",
        "not_evidence": None,
        "data": {"value": "clean"},
    }
    assert await facts_of(org, source) == []
    made = ok(await org.manager.post(f"{VERSIONS}/{version['id']}/activations"))
    assert (made["status"], made["trial"]["changed"]) == ("in_force", 3)
    assert made["put_in_force_at"] is not None

    result = await remapped(org)
    assert result == {"deliveries": 3, "states": {"mapped": 2, "unmapped": 1}, "facts": 2, "replaced": 0}
    found = {fact["run"]: fact for fact in await facts_of(org, source)}
    assert {run: fact["state"] for run, fact in found.items()} == {"0": "pass", "1": "fail"}
    assert {fact["mapping_number"] for fact in found.values()} == {1}
    assert await remapped(org) == result | {"facts": 0}
    assert await remapped(org, states=["unmapped"]) == {
        "deliveries": 1,
        "states": {"unmapped": 1},
        "facts": 0,
        "replaced": 0,
    }
    none = await remapped(org, received_until=(datetime.now(UTC) - timedelta(minutes=59)).isoformat())
    assert none == {"deliveries": 0, "states": {}, "facts": 0, "replaced": 0}
    told = await trail(org, version["id"])
    assert [event["type"].rpartition(".")[2] for event in told] == ["drafted", "tried", "put_in_force"]


async def test_another_version_replaces_the_one_in_force_and_its_facts(
    org: Organisation, outside: httpx.AsyncClient
) -> None:
    first = await in_force(org, DRAFT)
    source = await scans(org, outside, "findings")
    (fact,) = await facts_of(org, source)
    assert (fact["state"], fact["mapping_number"]) == ("fail", 1)
    rule = RULE | {"states": RULE["states"] | {"findings": "inconclusive"}}
    second = await in_force(org, DRAFT | {"rules": [rule]})
    assert (second["number"], second["trial"]) == (2, {"deliveries": 1, "changed": 1, "facts": 1, "unmapped": 0})
    former = ok(await org.manager.get(f"{VERSIONS}/{first['id']}"))
    assert (former["status"], former["replaced_at"] is not None) == ("replaced", True)
    assert await remapped(org) == {"deliveries": 1, "states": {"mapped": 1}, "facts": 1, "replaced": 1}
    newer, _ = await facts_of(org, source)
    assert (newer["state"], newer["mapping_number"], newer["replaces"]) == ("inconclusive", 2, fact["id"])
    listed = ok(await org.manager.get(VERSIONS, params={"status": "in_force", "kind": "standard_webhooks"}))["items"]
    assert [each["id"] for each in listed] == [second["id"]]
    nothing = await in_force(org, {"kind": "standard_webhooks", "rules": []})
    assert nothing["trial"]["unmapped"] == 1


async def test_a_version_that_was_in_force_never_changes_and_a_changed_one_is_tried_again(org: Organisation) -> None:
    version = created(await org.manager.post(VERSIONS, json=DRAFT))
    path = f"{VERSIONS}/{version['id']}"
    rules = {"rules": [RULE | {"events": ["scan.*"]}]}
    ok(await org.manager.post(f"{path}/trials", json={}))
    problem(await org.manager.put(path, json=rules), 428, "precondition-required")
    problem(await org.manager.put(path, json=rules, headers={"If-Match": '"1"'}), 412, "stale")
    revised = ok(await org.manager.put(path, json=rules, headers={"If-Match": "*"}))
    assert (revised["status"], revised["trial"], revised["rules"][0]["events"]) == ("draft", None, ["scan.*"])
    problem(await org.manager.post(f"{path}/activations"), 409, "not-tried")
    ok(await org.manager.post(f"{path}/trials", json={}))
    ok(await org.manager.post(f"{path}/activations"))
    problem(await org.manager.put(path, json=rules, headers={"If-Match": "*"}), 409, "conflict")
    for verb in ("discards", "activations"):
        problem(await org.manager.post(f"{path}/{verb}"), 409, "conflict")
    problem(await org.manager.post(f"{path}/trials", json={}), 409, "conflict")
    other = created(await org.manager.post(VERSIONS, json=DRAFT))
    assert other["number"] == 2
    assert ok(await org.manager.post(f"{VERSIONS}/{other['id']}/discards"))["status"] == "discarded"


INVALID: list[tuple[dict[str, Any], str]] = [
    ({"states": {"clean": "good"}}, "/rules/0/states/clean"),
    ({"states": {"not run": "pass"}}, "/rules/0/states/not run"),
    ({"states": {"SKIPPED": "pass"}}, "/rules/0/states/SKIPPED"),
    ({"states": {"a/b": "done"}}, "/rules/0/states/a~1b"),
    ({"states": {"null": "pass"}}, "/rules/0/states/null"),
    ({"states": {}}, "/rules/0/states"),
    ({"fact": "ticket_changed"}, "/rules/0/states/clean"),
    ({"events": ["scan.started"]}, "/rules/0/events/0"),
    ({"events": ["scan.*"]}, "/rules/0/events/0"),
    ({"events": ["*"]}, "/rules/0/events/0"),
    ({"events": ["sc*n"]}, "/rules/0/events/0"),
    ({"events": ["(a+)+$"] * 21}, "/rules/0/events"),
    ({"state": "data.result"}, "/rules/0/state"),
    ({"state": "/data/~2"}, "/rules/0/state"),
    ({"thing": []}, "/rules/0/thing"),
    ({"more": {"a b": "/a"}}, "/rules/0/more/a b"),
    ({"branches": ["main"]}, "/rules/0/branches"),
    (
        {"corrections": [{"when": {"at": "/x", "values": ["1"]}, "of": "fail", "to": "pass"}]},
        "/rules/0/corrections/0/to",
    ),
    (
        {"corrections": [{"when": {"at": "/x", "values": ["1"]}, "of": "good", "to": "fail"}]},
        "/rules/0/corrections/0/of",
    ),
]


@pytest.mark.parametrize(("changes", "pointer"), INVALID)
async def test_a_rule_that_is_not_sound_is_refused_with_its_place(
    org: Organisation, changes: dict[str, Any], pointer: str
) -> None:
    refused = problem(await org.manager.post(VERSIONS, json=DRAFT | {"rules": [RULE | changes]}), 422, "invalid")
    pointers = [each["pointer"] for each in refused["errors"]]
    assert any(each.startswith(pointer) for each in pointers), pointers


async def test_a_value_that_a_shipped_rule_knows_to_be_no_success_is_none(org: Organisation) -> None:
    rule = RULE | {"events": ["check_run.completed"], "states": {"action_required": "pass", "perfect": "pass"}}
    refused = problem(await org.manager.post(VERSIONS, json={"kind": "github", "rules": [rule]}), 422, "invalid")
    assert [each["pointer"] for each in refused["errors"]] == ["/rules/0/states/action_required"]


async def test_a_remapping_has_a_period(org: Organisation) -> None:
    now = datetime.now(UTC)
    wrong = {"received_since": now.isoformat(), "received_until": (now - timedelta(days=1)).isoformat()}
    problem(await org.manager.post("/v1/remappings", json=wrong), 422, "invalid")
    problem(await org.manager.post("/v1/remappings", json={}), 422, "invalid")


async def test_who_may_see_and_write_versions(org: Organisation, other_org: Organisation) -> None:
    version = created(await org.manager.post(VERSIONS, json=DRAFT))
    path = f"{VERSIONS}/{version['id']}"
    problem(await other_org.manager.get(path), 404, "not-found")
    assert ok(await other_org.manager.get(VERSIONS))["items"] == []
    problem(await other_org.manager.put(path, json={"rules": []}, headers={"If-Match": "*"}), 404, "not-found")
    for verb in ("trials", "activations", "discards"):
        body: dict[str, Any] | None = {} if verb == "trials" else None
        problem(await other_org.manager.post(f"{path}/{verb}", json=body), 404, "not-found")
        problem(await org.manager.post(f"{VERSIONS}/{uuid.uuid4()}/{verb}", json=body), 404, "not-found")
        problem(await org.viewer.post(f"{path}/{verb}", json=body), 403, "forbidden")
    problem(await org.viewer.get(path), 403, "forbidden")
    problem(await org.viewer.post(VERSIONS, json=DRAFT), 403, "forbidden")
    problem(await org.viewer.post("/v1/remappings", json={"received_since": "2026-01-01T00:00:00Z"}), 403, "forbidden")
    assert created(await other_org.manager.post(VERSIONS, json=DRAFT))["number"] == 1


async def test_the_shipped_rules_are_shown_as_an_organisation_would_write_them(org: Organisation) -> None:
    items = ok(await org.manager.get(f"{VERSIONS}/shipped"))["items"]
    shown = {item["kind"]: item for item in items}
    assert {kind: len(item["rules"]) for kind, item in shown.items()} == {
        str(kind): len(shipped.rules) for kind, shipped in SHIPPED.items()
    }
    for kind, item in shown.items():
        rules = [RuleTerms.model_validate(rule) for rule in item["rules"]]
        assert rule_set(rules, item["no_facts"]) == SHIPPED[K(kind)]


def own(**changes: Any) -> Any:
    rule = {
        "fact": "check_reported",
        "events": ["check_run.completed"],
        "thing": ["/check_run/name"],
        "state": "/action",
        "states": {"completed": "pass"},
    }
    return rule_set([RuleTerms.model_validate(rule | changes)], [])


@pytest.mark.parametrize(
    ("conclusion", "state"),
    [("success", "pass"), ("skipped", "inconclusive"), ("failure", "fail"), (None, "inconclusive"), ("custom", "pass")],
)
def test_no_rule_of_an_organisation_makes_a_pass_of_what_its_sender_calls_none(
    conclusion: str | None, state: str
) -> None:
    document = BODIES[K.GITHUB] | {"check_run": BODIES[K.GITHUB]["check_run"] | {"conclusion": conclusion}}
    (fact,) = learnt(K.GITHUB, "check_run.completed", document, [], SHIPPED[K.GITHUB], own()).facts
    assert (fact.state, fact.own, fact.evidence) == (state, True, True)


def test_a_fork_and_another_branch_stay_no_evidence_by_any_rule() -> None:
    run = {"id": 1, "run_attempt": 1, "path": "ci.yml", "conclusion": "success", "head_branch": "main"}
    rules = own(events=["workflow_run.*"], thing=["/workflow_run/path"])
    for repository, branches, denied in (("mallory/api", [], "fork"), ("acme/api", ["release"], "other_branch")):
        document = {
            "action": "completed",
            "workflow_run": run | {"head_repository": {"full_name": repository}},
            "repository": BODIES[K.GITHUB]["repository"],
        }
        (fact,) = learnt(K.GITHUB, "workflow_run.completed", document, branches, SHIPPED[K.GITHUB], rules).facts
        assert (fact.evidence, fact.not_evidence) == (False, denied)


def test_own_rules_go_before_the_shipped_ones_only_for_the_events_they_name() -> None:
    silent = rule_set([], ["check_run.*"])
    assert learnt(K.GITHUB, "check_run.completed", BODIES[K.GITHUB], [], SHIPPED[K.GITHUB], silent).facts == []
    others = own(events=["status"])
    (fact,) = learnt(K.GITHUB, "check_run.completed", BODIES[K.GITHUB], [], SHIPPED[K.GITHUB], others).facts
    assert (fact.own, fact.state) == (False, "pass")


def test_a_listed_thing_is_no_better_than_a_shipped_rule_says_of_the_same_thing() -> None:
    rule = {
        "fact": "check_reported",
        "events": ["scan"],
        "each": "/findings",
        "thing": ["/each/id"],
        "state": "/each/verdict",
        "states": {"ok": "pass"},
    }
    shipped = rule_set([RuleTerms.model_validate(rule | {"state": "/each/status", "states": {"BAD": "fail"}})], [])
    listed = [{"id": "a", "verdict": "ok", "status": "BAD"}, {"id": "b", "verdict": "ok", "status": "GOOD"}]
    mine = rule_set([RuleTerms.model_validate(rule)], [])
    found = learnt(K.STANDARD_WEBHOOKS, "scan", {"findings": listed}, [], shipped, mine).facts
    assert [fact.state for fact in found] == ["fail", "pass"]
    elsewhere = rule_set([RuleTerms.model_validate(rule | {"each": "/others"})], [])
    document = {"findings": listed, "others": [{"id": "c", "verdict": "ok"}]}
    (fact,) = learnt(K.STANDARD_WEBHOOKS, "scan", document, [], shipped, elsewhere).facts
    assert fact.state == "fail"
    assert learnt(K.STANDARD_WEBHOOKS, "scan", document, [], NO_RULES, elsewhere).facts[0].state == "pass"


@pytest.mark.parametrize("kind", SHIPPED)
def test_a_shipped_rule_reads_the_same_when_it_is_written(kind: K) -> None:
    for rule in SHIPPED[kind].rules:
        assert rule_set([terms_of(rule)], []).rules == (rule,)


def test_rules_that_would_look_at_too_much_of_a_delivery_make_nothing_of_it() -> None:
    condition = {"at": "/x", "values": ["1"], "within": "/findings"}
    rule = {
        "fact": "check_reported",
        "events": ["scan"],
        "each": "/findings",
        "thing": ["/each/id"],
        "state": "/each/state",
        "states": {"ok": "pass"},
        "corrections": [{"when": condition, "of": "pass", "to": "fail"}],
    }
    rules = rule_set([RuleTerms.model_validate(rule)], [])
    for number, facts in ((100, 100), (1000, 0)):
        document = {"findings": [{"id": str(each), "state": "ok"} for each in range(number)]}
        mapped = learnt(K.STANDARD_WEBHOOKS, "scan", document, [], NO_RULES, rules)
        assert len(mapped.facts) == facts
        assert mapped.unmapped == ([] if facts else ["the rules look at more than 100,000 things in it"])


def test_a_long_value_is_read_no_further_than_it_is_kept() -> None:
    document = {"action": "completed", "check_run": {"name": "x" * 1_000_000}}
    (fact,) = learnt(K.GITHUB, "check_run.completed", document, [], NO_RULES, own()).facts
    assert fact.thing == "x" * 300
