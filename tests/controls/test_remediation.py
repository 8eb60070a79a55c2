"""Remediation: a plan, a claim, and a check by someone else; regressions instead of duplicates; the issue policy."""

from datetime import UTC, datetime
from typing import Any

import pytest

from deploy.story import implemented_control
from tests.controls.deficient import (
    DAY,
    checked,
    issue_draft,
    kinds_told_of,
    opened,
    plan_of,
    proven_control,
    resolved,
    until_health,
)
from tests.controls.given import pushed
from tests.support import Organisation, created, eventually, ok, person, problem

ANY = {"If-Match": "*"}
CHECK = {"outcome": "effective", "method": "Ten leavers were looked at.", "conclusion": "All were gone."}
POLICY = {
    "due_days": {"critical": 3, "high": 14, "medium": 30, "low": 60},
    "opens_for_failing_controls": True,
    "severity_for_failing_controls": "low",
}


async def test_an_issue_goes_from_plan_to_verified(org: Organisation) -> None:
    issue = (await opened(org, await implemented_control(org, "AC-01")))["id"]
    response = await org.viewer.get(f"/v1/issues/{issue}")
    tag = {"If-Match": response.headers["ETag"]}
    problem(await org.owner.put(f"/v1/issues/{issue}/plan", json=plan_of()), 428, "precondition-required")
    planned = ok(await org.owner.put(f"/v1/issues/{issue}/plan", json=plan_of(None), headers=tag))
    assert (planned["status"], planned["plan"]["root_cause"]) == ("remediating", plan_of()["root_cause"])
    problem(await org.owner.put(f"/v1/issues/{issue}/plan", json=plan_of(), headers=tag), 412, "stale")
    claim = {"statement": "It is live."}
    unfinished = problem(await org.owner.post(f"/v1/issues/{issue}/resolutions", json=claim), 409, "actions-unfinished")
    assert unfinished["errors"] == [{"pointer": "/plan/actions/0/done_on", "detail": "not done"}]
    done = await resolved(org, issue)
    assert (done["status"], done["resolution"]["statement"]) == (
        "resolved",
        "The trigger is live; both accounts are gone.",
    )
    closed = await checked(org, issue)
    assert (closed["status"], closed["closure"]["outcome"]) == ("closed", "verified")
    assert [each["outcome"] for each in closed["effectiveness_checks"]] == ["effective"]
    told = await kinds_told_of(org, issue, "issue")
    assert told == ["opened", "action_planned", "action_planned", "resolved", "closed"]


async def test_who_resolves_does_not_verify(org: Organisation) -> None:
    issue = (await opened(org, await implemented_control(org, "AC-01")))["id"]
    ok(await org.manager.put(f"/v1/issues/{issue}/plan", json=plan_of(), headers=ANY))
    ok(await org.manager.post(f"/v1/issues/{issue}/resolutions", json={"statement": "It is live."}))
    path = f"/v1/issues/{issue}/effectiveness-checks"
    problem(await org.manager.post(path, json=CHECK), 403, "separation-of-duties")
    problem(await org.owner.post(path, json=CHECK), 403, "forbidden")
    assert ok(await org.second_manager.post(path, json=CHECK))["status"] == "closed"


async def test_a_correction_that_does_not_work_is_planned_anew(org: Organisation) -> None:
    issue = (await opened(org, await implemented_control(org, "AC-01")))["id"]
    await resolved(org, issue)
    again = await checked(org, issue, "not_effective")
    assert (again["status"], again["resolution"], again["regressions"]) == ("open", None, 0)
    claim = await org.owner.post(f"/v1/issues/{issue}/resolutions", json={"statement": "It is live."})
    assert "plan" in problem(claim, 409, "conflict")["detail"]
    await resolved(org, issue)
    closed = await checked(org, issue)
    assert [each["outcome"] for each in closed["effectiveness_checks"]] == ["not_effective", "effective"]


@pytest.mark.parametrize(
    ("done", "verb", "allowed"),
    [
        ([], "resolutions", "plan"),
        ([], "effectiveness-checks", "plan"),
        (["resolved"], "resolutions", "check"),
        (["resolved", "checked"], "effectiveness-checks", "reopen"),
        (["resolved", "checked"], "due-dates", "reopen"),
    ],
)
async def test_what_a_state_does_not_allow_names_what_it_does(
    org: Organisation, done: list[str], verb: str, allowed: str
) -> None:
    issue = (await opened(org, await implemented_control(org, "AC-01")))["id"]
    if "resolved" in done:
        await resolved(org, issue)
    if "checked" in done:
        await checked(org, issue)
    bodies: dict[str, dict[str, Any]] = {
        "resolutions": {"statement": "S"},
        "effectiveness-checks": CHECK,
        "due-dates": {"due_on": "2027-01-31", "reason": "R"},
    }
    refused = await org.second_manager.post(f"/v1/issues/{issue}/{verb}", json=bodies[verb])
    assert allowed in problem(refused, 409, "conflict")["detail"]


async def test_the_same_cause_is_never_opened_twice(org: Organisation) -> None:
    control, other = await implemented_control(org, "AC-01"), await implemented_control(org, "AC-02")
    issue = await opened(org, control, recurs_with="test:mfa")
    refused = await org.owner.post("/v1/issues", json=issue_draft(control, other, recurs_with="test:mfa"))
    assert issue["id"] in problem(refused, 409, "issue-known")["detail"]
    created(await org.owner.post("/v1/issues", json=issue_draft(other, recurs_with="test:mfa")))


async def _reopened(org: Organisation, issue: str) -> dict[str, Any]:
    async def there() -> dict[str, Any] | None:
        found = ok(await org.viewer.get(f"/v1/issues/{issue}"))
        return found if found["status"] == "open" else None

    return await eventually(there)


async def test_a_control_that_fails_again_brings_its_issue_back(org: Organisation) -> None:
    control = await proven_control(org)
    issue = (await opened(org, control, severity="low", recurs_with="control-health"))["id"]
    accepted = (await opened(org, control, severity="low", recurs_with="test:mfa"))["id"]
    closure = {"outcome": "risk_accepted", "reason": "It is little."}
    ok(await org.manager.post(f"/v1/issues/{accepted}/closures", json=closure))
    await resolved(org, issue)
    await checked(org, issue)
    await until_health(org, control, "healthy")
    await pushed(org, "AC-01", outcome="fail")
    await until_health(org, control, "failing")
    again = await _reopened(org, issue)
    assert (again["regressions"], again["closure"], again["resolution"]) == (1, None, None)
    reopened = await kinds_told_of(org, issue, "issue")
    assert reopened[-1] == "reopened"
    assert ok(await org.viewer.get(f"/v1/issues/{accepted}"))["status"] == "closed"
    assert len(ok(await org.viewer.get("/v1/issues"))["items"]) == 2, "a regression is no second issue"


async def test_a_failing_control_opens_an_issue_where_the_policy_says_so(org: Organisation) -> None:
    assert ok(await org.viewer.get("/v1/issue-policy"))["is_default"] is True
    ok(await org.manager.put("/v1/issue-policy", json=POLICY, headers={"If-Match": '"0"'}))
    control = await proven_control(org)
    serious = await opened(org, control, severity="critical")
    await until_health(org, control, "failing")
    closure = {"outcome": "risk_accepted", "reason": "R"}
    ok(await org.manager.post(f"/v1/issues/{serious['id']}/closures", json=closure))
    await until_health(org, control, "healthy")
    await pushed(org, "AC-01", outcome="fail")

    async def by_itself() -> list[dict[str, Any]]:
        query = {"source": "control_health"}
        return list(ok(await org.viewer.get("/v1/issues", params=query))["items"])

    [issue] = await eventually(by_itself)
    assert (issue["title"], issue["severity"], issue["owner"]) == (
        "Control AC-01 fails",
        "low",
        await person(org, "dana"),
    )
    assert (issue["opened_by"]["kind"], issue["recurs_with"]) == ("system", "control-health")
    assert ok(await org.viewer.get(f"/v1/issues/{issue['id']}"))["description"].startswith("Test 'as-written")


async def test_the_policy_is_replaced_knowing_it(org: Organisation, other_org: Organisation) -> None:
    default = await org.viewer.get("/v1/issue-policy")
    assert default.headers["ETag"] == '"0"'
    own = ok(await org.manager.put("/v1/issue-policy", json=POLICY, headers={"If-Match": '"0"'}))
    assert own == ok(await org.viewer.get("/v1/issue-policy"))
    assert {name: own[name] for name in POLICY} == POLICY
    problem(await org.manager.put("/v1/issue-policy", json=POLICY, headers={"If-Match": '"0"'}), 412, "stale")
    problem(await org.owner.put("/v1/issue-policy", json=POLICY, headers={"If-Match": '"1"'}), 403, "forbidden")
    upside_down = POLICY | {"due_days": {"critical": 30, "high": 14, "medium": 7, "low": 3}}
    problem(await org.manager.put("/v1/issue-policy", json=upside_down, headers={"If-Match": '"1"'}), 422, "invalid")
    issue = await opened(org, await implemented_control(org, "AC-01"), severity="medium")
    days = datetime.fromisoformat(issue["due_on"]).date() - datetime.fromisoformat(issue["created_at"]).date()
    assert days == 30 * DAY
    assert ok(await other_org.viewer.get("/v1/issue-policy"))["is_default"] is True


async def _reports(org: Organisation, outcome: str, run: int) -> str:
    result = {
        "control": "AC-01",
        "source": "scanner",
        "run_id": f"run {run}",
        "check": "mfa",
        "outcome": outcome,
        "observed_at": datetime.now(UTC).isoformat(),
        "notes": "Two accounts without a second factor.",
    }
    pushed = ok(await org.monitor.post("/v1/test-results", json={"results": [result]}))
    return str(pushed["results"][0]["id"])


async def test_a_failed_test_is_one_issue_that_comes_back(org: Organisation, other_org: Organisation) -> None:
    control = await implemented_control(org, "AC-01")
    failed = await _reports(org, "fail", 1)
    path, draft = f"/v1/test-results/{failed}/issues", {"severity": "medium"}
    problem(await org.viewer.post(path, json=draft), 403, "forbidden")
    problem(await other_org.owner.post(path, json=draft), 404, "not-found")
    issue = created(await org.owner.post(path, json=draft))
    assert (issue["control_ids"], issue["source"], issue["owner"]) == ([control], "test", await person(org, "dana"))
    assert (issue["description"], issue["source_reference"]) == (
        "Two accounts without a second factor.",
        f"test result {failed}",
    )
    problem(await org.owner.post(path, json=draft), 409, "issue-known")
    await resolved(org, issue["id"])
    early = await org.manager.post(f"/v1/issues/{issue['id']}/effectiveness-checks", json=CHECK)
    problem(early, 409, "test-still-fails")
    passed = await _reports(org, "pass", 2)
    problem(await org.owner.post(f"/v1/test-results/{passed}/issues", json=draft), 409, "not-failed")
    assert (await checked(org, issue["id"]))["status"] == "closed"
    await _reports(org, "fail", 3)
    again = await _reopened(org, issue["id"])
    assert again["regressions"] == 1
    told = await kinds_told_of(org, issue["id"], "issue")
    assert told == ["opened", "action_planned", "resolved", "closed", "reopened"]
    assert len(ok(await org.viewer.get("/v1/issues"))["items"]) == 1


async def test_controls_that_fail_at_once_have_an_issue_each(org: Organisation) -> None:
    ok(await org.manager.put("/v1/issue-policy", json=POLICY, headers={"If-Match": '"0"'}))
    codes = [f"AC-0{number}" for number in range(1, 6)]
    controls = [await implemented_control(org, code) for code in codes]
    await pushed(org, *codes)
    await pushed(org, *codes, outcome="fail", run="2")

    async def all_opened() -> list[dict[str, Any]] | None:
        issues = ok(await org.viewer.get("/v1/issues"))["items"]
        return issues if len(issues) == len(codes) else None

    issues = await eventually(all_opened)
    assert sorted(control for issue in issues for control in issue["control_ids"]) == sorted(controls)
    trail = "/v1/services/controls/trail"
    for issue in issues:
        [told] = ok(await org.admin.get(trail, params={"subject": issue["id"]}))["items"]
        because = ok(await org.admin.get(f"{trail}/{told['cause']}"))
        assert (because["type"], because["subject"]) == ("controls.health.failing", issue["control_ids"][0])
