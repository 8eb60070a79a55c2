"""Results that machines report: each once, each answered, and the control's health after them."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from deploy.story import implemented_control
from tests.support import Organisation, ok, problem

NOON = datetime(2026, 6, 30, 12, tzinfo=UTC)


def _result(control: str, outcome: str = "pass", *, run: int = 1, hour: int = 0, **more: Any) -> dict[str, Any]:
    return {
        "control": control,
        "source": "github-actions",
        "run_id": f"run {run}",
        "check": "branch-protection",
        "outcome": outcome,
        "observed_at": (NOON + timedelta(hours=hour)).isoformat(),
        **more,
    }


async def _pushed(org: Organisation, *results: dict[str, Any], **query: str) -> dict[str, Any]:
    return ok(await org.monitor.post("/v1/test-results", json={"results": list(results)}, params=query))


async def _health(org: Organisation, control: str) -> tuple[str, list[str]]:
    health = ok(await org.viewer.get(f"/v1/controls/{control}/health"))
    return health["state"], health["reason_codes"]


async def _standing(org: Organisation, control: str) -> dict[str, Any]:
    (standing,) = ok(await org.viewer.get("/v1/test-standings", params={"control_id": control}))["items"]
    return dict(standing)


async def test_a_failed_check_makes_its_control_fail_and_a_pass_recovers_it(org: Organisation) -> None:
    control = await implemented_control(org, "CM-01")
    assert (await _health(org, control)) == ("unknown", ["no_evidence_expected", "no_test"])
    answer = await _pushed(org, _result("CM-01", "fail", notes="Two rules are off.", url="https://ci.example/1"))
    assert (answer["recorded"], answer["already_known"], answer["refused"]) == (1, 0, 0)
    assert await _health(org, control) == ("failing", ["operation_failed"])
    (listed,) = ok(await org.viewer.get("/v1/test-results", params={"control_id": control}))["items"]
    assert listed == ok(await org.viewer.get(f"/v1/test-results/{answer['results'][0]['id']}"))
    assert (listed["automated"], listed["review"], listed["url"]) == (True, "not_needed", "https://ci.example/1")
    await _pushed(org, _result(control, "pass", run=2, hour=1))
    assert await _health(org, control) == ("healthy", ["test_passed"])
    standing = await _standing(org, control)
    assert (standing["concluded"], standing["latest"], standing["version"]) == ("pass", "pass", 2)
    assert ok(await org.viewer.get(f"/v1/test-standings/{standing['id']}")) == standing


@pytest.mark.parametrize("outcome", ["error", "inconclusive", "not_applicable"])
async def test_what_concludes_nothing_clears_no_failure(org: Organisation, outcome: str) -> None:
    control = await implemented_control(org, "CM-01")
    await _pushed(org, _result("CM-01", outcome))
    assert await _health(org, control) == ("unknown", ["nothing_shown"])
    await _pushed(org, _result("CM-01", "fail", run=2, hour=1))
    await _pushed(org, _result("CM-01", outcome, run=3, hour=2))
    assert await _health(org, control) == ("failing", ["operation_failed"])
    assert (await _standing(org, control))["latest"] == outcome


async def test_what_is_older_does_not_overrule(org: Organisation) -> None:
    control = await implemented_control(org, "CM-01")
    await _pushed(org, _result("CM-01", "fail", hour=5), _result("CM-01", "pass", run=2, hour=3))
    await _pushed(org, _result("CM-01", "pass", run=3, hour=4))
    assert (await _health(org, control))[0] == "failing"
    listed = ok(await org.viewer.get("/v1/test-results", params={"sort": "observed_at"}))["items"]
    assert [each["outcome"] for each in listed] == ["pass", "pass", "fail"]


async def test_the_same_again_is_known_and_another_outcome_of_the_same_run_refused(org: Organisation) -> None:
    await implemented_control(org, "CM-01")
    first = (await _pushed(org, _result("CM-01", "fail")))["results"][0]
    answer = await _pushed(org, _result("CM-01", "fail"), _result("CM-01", "pass"), _result("CM-01", run=2, hour=1))
    again, otherwise, new = answer["results"]
    assert (again["status"], again["id"]) == ("already_known", first["id"])
    assert (otherwise["status"], otherwise["id"]) == ("refused", first["id"])
    assert (otherwise["problem"]["type"], otherwise["problem"]["status"]) == ("/problems/reported-otherwise", 409)
    assert otherwise["problem"]["errors"] == [{"pointer": "/results/1/outcome", "detail": "was fail"}]
    assert (new["status"], answer["recorded"]) == ("recorded", 1)
    twice = await _pushed(org, _result("CM-01", "pass", run=9), _result("CM-01", "fail", run=9))
    assert [each["status"] for each in twice["results"]] == ["recorded", "refused"]


async def test_each_result_is_answered_by_itself_or_none_is_recorded(org: Organisation) -> None:
    await implemented_control(org, "CM-01")
    wrong = [
        _result("CM-99"),
        _result("CM-01", "passed"),
        _result("CM-01", run=2, observed_at=(datetime.now(UTC) + timedelta(hours=1)).isoformat()),
        _result("CM-01", run=3, colour="red"),
    ]
    pointers = ["/results/1/control", "/results/2/outcome", "/results/3/observed_at", "/results/4/colour"]
    everything = {"results": [_result("CM-01"), *wrong]}
    refused = await org.monitor.post("/v1/test-results", json=everything, params={"atomic": "true"})
    assert [each["pointer"] for each in problem(refused, 422, "push-refused")["errors"]] == pointers
    assert ok(await org.viewer.get("/v1/test-results"))["items"] == []
    answer = await _pushed(org, *everything["results"])
    assert [each["status"] for each in answer["results"]] == ["recorded", *["refused"] * 4]
    assert [each["problem"]["errors"][0]["pointer"] for each in answer["results"][1:]] == pointers
    kinds = [each["problem"]["type"].removeprefix("/problems/") for each in answer["results"][1:]]
    assert kinds == ["unknown-control", "invalid", "not-yet-observed", "invalid"]


async def test_a_retired_control_is_not_tested(org: Organisation) -> None:
    control = await implemented_control(org, "CM-01")
    ok(await org.manager.post(f"/v1/controls/{control}/retirements", json={"reason": "Replaced"}))
    (answer,) = (await _pushed(org, _result("CM-01")))["results"]
    assert answer["problem"]["type"] == "/problems/control-not-tested"


async def test_a_thousand_are_recorded_at_once(org: Organisation) -> None:
    for number in range(5):
        await implemented_control(org, f"CM-{number}")
    many = [
        _result(f"CM-{number % 5}", "fail" if number == 999 else "pass", check=f"host {number}")
        for number in range(1000)
    ]
    began = time.perf_counter()
    answer = await _pushed(org, *many)
    assert time.perf_counter() - began < 5
    assert (answer["recorded"], len({each["id"] for each in answer["results"]})) == (1000, 1000)
    states = {each["code"]: each["state"] for each in ok(await org.viewer.get("/v1/control-health"))["items"]}
    assert states == {"CM-0": "healthy", "CM-1": "healthy", "CM-2": "healthy", "CM-3": "healthy", "CM-4": "failing"}
    assert (await _pushed(org, *many))["already_known"] == 1000
    too_many = {"results": [*many, _result("CM-0", run=2)]}
    problem(await org.monitor.post("/v1/test-results", json=too_many), 422, "invalid")


async def test_a_thousand_controls_are_reassessed_at_once(org: Organisation) -> None:
    control = await implemented_control(org, "CM-01")
    await _pushed(org, *[_result("CM-01", run=number, hour=number) for number in range(50)])
    trail = ok(await org.admin.get("/v1/services/controls/trail", params={"limit": "200"}))["items"]
    kinds = [each["type"] for each in trail]
    assert kinds.count("controls.test.recorded") == 1
    assert kinds.count("controls.test_results.pushed") == 1
    assert kinds.count("controls.health.proven") == 1
    pushed = next(each for each in trail if each["type"] == "controls.test_results.pushed")
    assert pushed["data"] == {"recorded": 50, "outcomes": {"pass": 50}, "sources": ["github-actions"]}
    listed = ok(await org.viewer.get("/v1/test-results", params={"control_id": control}))["items"]
    assert {each["push_id"] for each in listed} == {pushed["subject"]}


async def test_lists_filter_and_page(org: Organisation) -> None:
    control, other = await implemented_control(org, "CM-01"), await implemented_control(org, "CM-02")
    await _pushed(org, *[_result("CM-01", run=hour, hour=hour) for hour in range(5)])
    await _pushed(org, _result("CM-02", "fail", hour=9, source="nightly scan", check="ports"))

    async def found(**query: str) -> list[int]:
        items = ok(await org.viewer.get("/v1/test-results", params={"sort": "observed_at", **query}))["items"]
        return [(datetime.fromisoformat(each["observed_at"]) - NOON) // timedelta(hours=1) for each in items]

    assert await found(control_id=other) == await found(outcome="fail") == await found(check="ports") == [9]
    assert await found(source="nightly scan") == [9]
    assert await found(run_id="run 3") == [3]
    assert await found(automated="false") == await found(review="awaited") == await found(kind="design") == []
    since = {"observed_from": (NOON + timedelta(hours=2)).isoformat()}
    assert await found(**since, observed_until=(NOON + timedelta(hours=4)).isoformat()) == [2, 3]
    page = ok(await org.viewer.get("/v1/test-results", params={"control_id": control, "limit": "2"}))
    rest = {"control_id": control, "cursor": page["next_cursor"]}
    assert len(ok(await org.viewer.get("/v1/test-results", params=rest))["items"]) == 3
    concluded = ok(await org.viewer.get("/v1/test-standings", params={"concluded": "fail"}))["items"]
    assert [each["title"] for each in concluded] == ["ports (nightly scan)"]


async def test_what_is_no_longer_tested_does_not_count_until_it_is_again(org: Organisation) -> None:
    control = await implemented_control(org, "CM-01")
    await _pushed(org, _result("CM-01", "fail"))
    standing = (await _standing(org, control))["id"]
    gone = {"reason": "The repository was archived."}
    problem(await org.owner.post(f"/v1/test-standings/{standing}/withdrawals", json=gone), 403, "forbidden")
    withdrawn = ok(await org.manager.post(f"/v1/test-standings/{standing}/withdrawals", json=gone))
    assert withdrawn["withdrawn_at"] is not None
    assert await _health(org, control) == ("unknown", ["no_evidence_expected", "no_test"])
    problem(await org.manager.post(f"/v1/test-standings/{standing}/withdrawals", json=gone), 409, "conflict")
    await _pushed(org, _result("CM-01", "fail", run=2, hour=1))
    assert (await _health(org, control))[0] == "failing"
    assert (await _standing(org, control))["withdrawn_at"] is None


async def test_who_may_not_report_is_refused_and_a_monitor_reads_nothing(org: Organisation) -> None:
    await implemented_control(org, "CM-01")
    body = {"results": [_result("CM-01")]}
    for stranger in (org.viewer, org.owner, org.reviewer):
        problem(await stranger.post("/v1/test-results", json=body), 403, "forbidden")
    for path in ("/v1/test-results", "/v1/test-standings", "/v1/control-health-changes"):
        problem(await org.monitor.get(path), 403, "forbidden")


async def test_another_organisation_neither_sees_nor_tests_it(org: Organisation, other_org: Organisation) -> None:
    control = await implemented_control(org, "CM-01")
    result = (await _pushed(org, _result("CM-01")))["results"][0]["id"]
    standing = (await _standing(org, control))["id"]
    for path in (f"/v1/test-results/{result}", f"/v1/test-standings/{standing}"):
        problem(await other_org.viewer.get(path), 404, "not-found")
    for path in ("/v1/test-results", "/v1/test-standings", "/v1/control-health-changes"):
        assert ok(await other_org.viewer.get(path))["items"] == []
    for name in ("CM-01", control):
        assert (await _pushed(other_org, _result(name)))["results"][0]["status"] == "refused"
    reason = {"reason": "Not theirs"}
    problem(await other_org.manager.post(f"/v1/test-standings/{standing}/withdrawals", json=reason), 404, "not-found")
