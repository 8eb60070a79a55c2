"""Issues: due by severity, owned by someone, never the same one twice."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.story import implemented_control
from services.controls.days import day_of
from services.controls.issues.issues.models import Closure
from services.controls.issues.issues.rules import due, has_recurred, is_lower
from services.controls.schedule import announce_overdue_issues as sweep
from shared.data.sessions import Database
from shared.events.catalogue.controls import Severity
from tests.controls import deficient
from tests.controls.deficient import (
    DAY,
    checked,
    health,
    issue_draft,
    kinds_told_of,
    opened,
    proven_control,
    resolved,
    strike,
    told_of,
)
from tests.support import Organisation, created, ok, person, problem

INSTANTS = st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2100, 1, 1)).map(  # noqa: DTZ001
    lambda naive: naive.replace(tzinfo=UTC)
)
TODAY = day_of(datetime.now(UTC))


@given(INSTANTS, st.integers(1, 1830))
def test_it_is_due_so_many_days_after_it_began(since: datetime, days: int) -> None:
    assert due(since, days) - day_of(since) == timedelta(days=days)


@given(st.sampled_from(Severity), st.sampled_from(Severity))
def test_one_of_two_severities_is_lower_unless_they_are_the_same(one: Severity, other: Severity) -> None:
    assert is_lower(one, other) + is_lower(other, one) == (one != other)
    assert not is_lower(Severity.CRITICAL, one)


@given(st.sampled_from(Closure), INSTANTS, INSTANTS)
def test_only_what_was_verified_before_comes_undone(outcome: Closure, closed: datetime, failed: datetime) -> None:
    undone = has_recurred({"outcome": outcome, "at": closed.isoformat()}, failed)
    assert undone == (outcome == Closure.VERIFIED and failed > closed)


async def test_an_issue_is_due_by_its_severity(org: Organisation) -> None:
    control = await implemented_control(org, "AC-01")
    response = await org.owner.post("/v1/issues", json=issue_draft(control))
    issue = created(response)
    assert issue == ok(await org.viewer.get(response.headers["Location"]))
    draft = issue_draft(control, owner=await person(org, "dana"))
    assert {name: issue[name] for name in draft} == draft
    assert (issue["status"], issue["overdue"], issue["regressions"]) == ("open", False, 0)
    assert date.fromisoformat(issue["due_on"]) - day_of(datetime.fromisoformat(issue["created_at"])) == 30 * DAY
    for severity, days in {"critical": 7, "medium": 90, "low": 180}.items():
        other = await opened(org, control, severity=severity)
        assert date.fromisoformat(other["due_on"]) - day_of(datetime.fromisoformat(other["created_at"])) == days * DAY


async def test_another_day_has_a_reason(org: Organisation) -> None:
    control = await implemented_control(org, "AC-01")
    day = {"due_on": (TODAY + 60 * DAY).isoformat()}
    problem(await org.owner.post("/v1/issues", json=issue_draft(control, **day)), 422, "invalid")
    issue = await opened(org, control, **day, due_reason="The release is in autumn.")
    assert (issue["due_on"], issue["due_reason"]) == (day["due_on"], "The release is in autumn.")
    path, later = f"/v1/issues/{issue['id']}/due-dates", {"due_on": "2027-01-31", "reason": "The release is late."}
    problem(await org.owner.post(path, json=later), 403, "forbidden")
    moved = ok(await org.manager.post(path, json=later))
    assert (moved["due_on"], moved["due_reason"]) == ("2027-01-31", "The release is late.")
    last = (await told_of(org, issue["id"]))[-1]
    assert (last["type"], last["data"]["due_before"]) == ("controls.issue.due_moved", day["due_on"])


async def test_who_owns_an_issue_neither_moves_its_due_date_nor_accepts_its_risk(org: Organisation) -> None:
    issue = created(await org.manager.post("/v1/issues", json=issue_draft(await implemented_control(org, "AC-01"))))
    path, tag = f"/v1/issues/{issue['id']}", {"If-Match": "*"}
    ok(await org.manager.patch(path, json={"owner": issue["opened_by"]["person"]["id"]}, headers=tag))
    moved = await org.manager.post(f"{path}/due-dates", json={"due_on": "2027-01-31", "reason": "R"})
    problem(moved, 403, "separation-of-duties")
    accepted = await org.manager.post(f"{path}/closures", json={"outcome": "risk_accepted", "reason": "R"})
    problem(accepted, 403, "separation-of-duties")
    problem(await org.manager.patch(path, json={"severity": "low"}, headers=tag), 403, "separation-of-duties")
    ok(await org.manager.patch(path, json={"severity": "critical"}, headers=tag))


async def test_a_revision_knows_what_it_revises(org: Organisation) -> None:
    first, second = await implemented_control(org, "AC-01"), await implemented_control(org, "AC-02")
    response = await org.owner.post("/v1/issues", json=issue_draft(first))
    path, tag = f"/v1/issues/{created(response)['id']}", {"If-Match": response.headers["ETag"]}
    problem(await org.owner.patch(path, json={"title": "X"}), 428, "precondition-required")
    changes = {
        "severity": "low",
        "owner": "kim@example.com",
        "control_ids": [second],
        "tickets": [{"system": "jira", "key": "SEC-114", "url": "https://example.com/SEC-114"}],
        "evidence_ids": [first],
    }
    revised = ok(await org.owner.patch(path, json=changes, headers=tag))
    assert {name: revised[name] for name in changes} == changes | {"owner": await person(org, "kim")}
    assert date.fromisoformat(revised["due_on"]) - day_of(datetime.fromisoformat(revised["created_at"])) == 180 * DAY
    problem(await org.owner.patch(path, json={"title": "X"}, headers=tag), 412, "stale")
    assert (await kinds_told_of(org, revised["id"], "issue"))[-2:] == ["revised", "assigned"]
    for control, found in ((first, []), (second, [revised["id"]])):
        listed = ok(await org.viewer.get("/v1/issues", params={"control_id": control}))["items"]
        assert [each["id"] for each in listed] == found


async def test_a_serious_issue_makes_its_controls_fail_until_it_is_closed(org: Organisation) -> None:
    control = await proven_control(org)
    issue = await opened(org, control, severity="critical")
    failing = await health(org, control)
    assert failing["state"] == "failing"
    assert failing["reasons"] == ["The critical issue 'Two leavers kept access' is open."]
    ok(await org.manager.patch(f"/v1/issues/{issue['id']}", json={"severity": "medium"}, headers={"If-Match": "*"}))
    assert (await health(org, control))["state"] == "at_risk"
    await resolved(org, issue["id"])
    assert (await health(org, control))["state"] == "at_risk", "a claim is no proof"
    await checked(org, issue["id"])
    assert (await health(org, control))["state"] == "healthy"
    assert (await kinds_told_of(org, control, "health"))[-3:] == ["failing", "recovered", "proven"]


@pytest.mark.parametrize(
    ("closure", "pointer"),
    [
        ({"outcome": "verified", "reason": "R"}, ""),
        ({"outcome": "duplicate", "reason": "R"}, ""),
        ({"outcome": "risk_accepted", "reason": "R", "duplicate_of": "0197a4c2-8f3e-7c31-9d55-3c1f2a7b9e10"}, ""),
        (
            {"outcome": "duplicate", "reason": "R", "duplicate_of": "0197a4c2-8f3e-7c31-9d55-3c1f2a7b9e10"},
            "/duplicate_of",
        ),
    ],
)
async def test_a_closure_says_why(org: Organisation, closure: dict[str, Any], pointer: str) -> None:
    issue = await opened(org, await implemented_control(org, "AC-01"))
    refused = await org.manager.post(f"/v1/issues/{issue['id']}/closures", json=closure)
    assert [each["pointer"] for each in problem(refused, 422, "invalid")["errors"]] == [pointer]


async def test_a_duplicate_names_what_stays(org: Organisation) -> None:
    control = await implemented_control(org, "AC-01")
    first, second = await opened(org, control), await opened(org, control, severity="low")
    closure = {"outcome": "duplicate", "reason": "The same accounts.", "duplicate_of": first["id"]}
    path = f"/v1/issues/{second['id']}"
    closed = ok(await org.manager.post(f"{path}/closures", json=closure))
    assert {name: closed["closure"][name] for name in closure} == closure
    problem(await org.manager.post(f"{path}/closures", json=closure), 409, "conflict")
    problem(await org.owner.patch(path, json={"title": "X"}, headers={"If-Match": "*"}), 409, "conflict")
    reopened = ok(await org.owner.post(f"{path}/reopenings", json={"reason": "Other accounts."}))
    assert (reopened["status"], reopened["regressions"], reopened["closure"]) == ("open", 0, None)
    problem(await org.owner.post(f"{path}/reopenings", json={"reason": "R"}), 409, "conflict")


async def test_being_overdue_is_announced_once_for_a_due_date(org: Organisation, database: Database) -> None:
    issue = await opened(org, await implemented_control(org, "AC-01"), severity="critical")
    last = datetime.fromisoformat(issue["due_on"]).replace(hour=23, minute=59, tzinfo=UTC)
    assert await strike(database, sweep, org, last) == 0
    assert not await deficient.due(database, sweep, org, last)
    assert await deficient.due(database, sweep, org, last + DAY)
    assert await strike(database, sweep, org, last + DAY) == 1
    assert await strike(database, sweep, org, last + 2 * DAY) == 0
    later = {"due_on": (last + 5 * DAY).date().isoformat(), "reason": "R"}
    ok(await org.manager.post(f"/v1/issues/{issue['id']}/due-dates", json=later))
    assert await strike(database, sweep, org, last + 5 * DAY) == 0
    assert await strike(database, sweep, org, last + 6 * DAY) == 1
    assert await kinds_told_of(org, issue["id"], "issue") == ["opened", "overdue", "due_moved", "overdue"]
    as_of = {"as_of": (last + 6 * DAY).date().isoformat(), "overdue": "true"}
    assert [each["id"] for each in ok(await org.viewer.get("/v1/issues", params=as_of))["items"]] == [issue["id"]]
    assert ok(await org.viewer.get("/v1/issues", params={"overdue": "true"}))["items"] == []


async def test_lists_filter(org: Organisation) -> None:
    control = await implemented_control(org, "AC-01")
    one = await opened(org, control, severity="critical", source="incident", owner="kim@example.com")
    two = await opened(org, control, title="Backups were not restored")
    ok(await org.owner.put(f"/v1/issues/{two['id']}/plan", json=deficient.plan_of(), headers={"If-Match": "*"}))

    async def found(**query: str) -> list[str]:
        return [item["id"] for item in ok(await org.viewer.get("/v1/issues", params=query))["items"]]

    assert await found() == [one["id"], two["id"]]
    assert await found(sort="-due_on") == [two["id"], one["id"]]
    assert await found(status="remediating") == [two["id"]]
    assert await found(severity="critical") == [one["id"]]
    assert await found(source="incident") == [one["id"]]
    assert await found(owner="kim@example.com") == [one["id"]]
    assert await found(q="BACKUPS") == [two["id"]]


async def test_who_may_not_is_refused(org: Organisation) -> None:
    control = await implemented_control(org, "AC-01")
    issue = await opened(org, control)
    for stranger in (org.viewer, org.risk, org.monitor):
        problem(await stranger.post("/v1/issues", json=issue_draft(control)), 403, "forbidden")
    for stranger in (org.viewer, org.owner):
        closure = {"outcome": "risk_accepted", "reason": "R"}
        problem(await stranger.post(f"/v1/issues/{issue['id']}/closures", json=closure), 403, "forbidden")


async def test_another_organisation_does_not_see_it(org: Organisation, other_org: Organisation) -> None:
    control = await implemented_control(org, "AC-01")
    issue = await opened(org, control)
    path, tag = f"/v1/issues/{issue['id']}", {"If-Match": '"1"'}
    problem(await other_org.viewer.get(path), 404, "not-found")
    problem(await other_org.manager.patch(path, json={"title": "X"}, headers=tag), 404, "not-found")
    problem(await other_org.manager.put(f"{path}/plan", json=deficient.plan_of(), headers=tag), 404, "not-found")
    assert ok(await other_org.viewer.get("/v1/issues"))["items"] == []
    refused = await other_org.owner.post("/v1/issues", json=issue_draft(control))
    assert problem(refused, 422, "invalid")["errors"][0]["pointer"] == "/control_ids/0"
