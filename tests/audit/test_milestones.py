"""Milestones: planned, revised, reached by hand or by the engagement's phases, late, and how long stages take."""

import uuid
from typing import Any

import httpx
import pytest

from shared.data.sessions import Database
from tests.audit.given import NOBODY, TODAY, day, moved, planned, type2
from tests.support import Organisation, created, eventually, newcomer, ok, person, problem

_PATH = "/v1/milestones"
_REASON = {"reason": "The firm's team is available a week later."}


def _draft(kind: str = "kickoff", on: int = 0, **changes: Any) -> dict[str, Any]:
    return {"kind": kind, "owner": "dana@example.com", "planned_on": day(on), **changes}


async def _planned(org: Organisation, engagement: dict[str, Any], kind: str = "kickoff", on: int = 0) -> dict[str, Any]:
    return created(await _plan(org, engagement, _draft(kind, on)))


async def _plan(org: Organisation, engagement: dict[str, Any], draft: dict[str, Any]) -> httpx.Response:
    return await org.manager.post(f"/v1/engagements/{engagement['id']}/milestones", json=draft)


async def _does(org: Organisation, milestone: dict[str, Any], verb: str, **body: Any) -> httpx.Response:
    return await org.manager.post(f"{_PATH}/{milestone['id']}/{verb}", json=body)


async def _read(org: Organisation, milestone: dict[str, Any]) -> dict[str, Any]:
    return ok(await org.viewer.get(f"{_PATH}/{milestone['id']}"))


async def test_a_milestone_is_planned_with_its_owner_and_the_name_of_its_kind(org: Organisation) -> None:
    dana, engagement = await person(org, "dana"), await planned(org)
    response = await _plan(org, engagement, _draft("draft_report", 20))
    milestone = created(response)
    assert milestone == ok(await org.viewer.get(response.headers["Location"]))
    assert (milestone["title"], milestone["owner"]) == ("Draft report received", dana)
    assert (milestone["planned_on"], milestone["due_on"], milestone["done_on"]) == (day(20), day(20), None)
    assert (milestone["status"], milestone["late"], milestone["late_days"]) == ("open", False, 0)
    named = created(await _plan(org, engagement, _draft("custom", 3, title="Penetration test report")))
    assert named["title"] == "Penetration test report"


async def test_an_engagement_has_one_of_a_kind_and_many_custom_ones(org: Organisation) -> None:
    engagement = await planned(org)
    first = await _planned(org, engagement)
    problem(await _plan(org, engagement, _draft()), 409, "milestone-planned-already")
    for title in ("One", "Two"):
        created(await _plan(org, engagement, _draft("custom", title=title)))
    ok(await _does(org, first, "withdrawals", **_REASON))
    await _planned(org, engagement)


@pytest.mark.parametrize(
    ("draft", "slug", "pointer"),
    [
        (_draft("custom"), "invalid", "/title"),
        (_draft("party"), "invalid", "/kind"),
        (_draft(planned_on="soon"), "invalid", "/planned_on"),
        (_draft(owner=NOBODY), "unknown-person", "/owner"),
    ],
)
async def test_what_is_wrong_with_a_draft_is_named(
    org: Organisation, draft: dict[str, Any], slug: str, pointer: str
) -> None:
    refused = problem(await _plan(org, await planned(org), draft), 422, slug)
    assert [each["pointer"] for each in refused["errors"]] == [pointer]


async def test_it_is_late_from_the_day_after_it_was_due_until_it_was_reached(org: Organisation) -> None:
    engagement = await planned(org)
    milestone = await _planned(org, engagement, on=-10)
    assert (milestone["late"], milestone["late_days"], milestone["slipped_days"]) == (True, 10, 0)

    async def late_as_of(offset: int) -> tuple[bool, int]:
        params = {"as_of": f"{day(offset)}T23:59:59Z"}
        as_of = ok(await org.viewer.get(f"{_PATH}/{milestone['id']}", params=params))
        return as_of["late"], as_of["late_days"]

    assert await late_as_of(-10) == (False, 0)
    assert await late_as_of(-9) == (True, 1)
    done = ok(await _does(org, milestone, "completions", done_on=day(-7)))
    assert (done["status"], done["done_on"], done["late"], done["late_days"]) == ("done", day(-7), True, 3)
    assert done["slipped_days"] == 3
    await _planned(org, engagement, "fieldwork_end", 5)
    late = ok(await org.viewer.get(_PATH, params={"late": "true"}))["items"]
    assert [each["id"] for each in late] == [milestone["id"]]
    withdrawn = ok(await _does(org, milestone, "withdrawals", **_REASON))
    assert (withdrawn["status"], withdrawn["late"], withdrawn["late_days"]) == ("withdrawn", False, 0)


async def test_a_revised_plan_keeps_the_first_one_and_the_reason_of_each(org: Organisation) -> None:
    milestone = await _planned(org, await planned(org), on=-3)
    problem(await _does(org, milestone, "plan-revisions", due_on=day(4)), 422, "invalid")
    refused = problem(await _does(org, milestone, "plan-revisions", due_on=day(-3), **_REASON), 422, "invalid")
    assert refused["errors"][0]["pointer"] == "/due_on"
    ok(await _does(org, milestone, "plan-revisions", due_on=day(4), **_REASON))
    revised = ok(await _does(org, milestone, "plan-revisions", due_on=day(9), reason="Holidays."))
    assert (revised["planned_on"], revised["due_on"], revised["late"]) == (day(-3), day(9), False)
    assert revised["slipped_days"] == 12
    told = [(each["due_before"], each["due_on"], each["reason"]) for each in revised["plan_revisions"]]
    assert told == [(day(-3), day(4), _REASON["reason"]), (day(4), day(9), "Holidays.")]
    assert all(each["by"]["person"]["name"] == "Manager" for each in revised["plan_revisions"])
    ok(await _does(org, milestone, "completions", done_on=day(0)))
    problem(await _does(org, milestone, "plan-revisions", due_on=day(8), **_REASON), 409, "conflict")


async def test_it_is_completed_once_on_no_day_ahead_and_reopened_for_a_reason(org: Organisation) -> None:
    milestone = await _planned(org, await planned(org))
    refused = problem(await _does(org, milestone, "completions", done_on=day(2)), 422, "invalid")
    assert refused["errors"][0]["pointer"] == "/done_on"
    problem(await _does(org, milestone, "reopenings", **_REASON), 409, "conflict")
    ok(await _does(org, milestone, "completions", done_on=day(-1)))
    problem(await _does(org, milestone, "completions", done_on=day(-1)), 409, "conflict")
    reopened = ok(await _does(org, milestone, "reopenings", **_REASON))
    assert (reopened["status"], reopened["done_on"]) == ("open", None)
    ok(await _does(org, milestone, "withdrawals", **_REASON))
    for verb, body in (
        ("withdrawals", _REASON),
        ("reopenings", _REASON),
        ("completions", {"done_on": day(0)}),
        ("plan-revisions", {"due_on": day(9), **_REASON}),
    ):
        problem(await _does(org, milestone, verb, **body), 409, "conflict")
    path = f"{_PATH}/{milestone['id']}"
    problem(await org.manager.patch(path, json={"title": "New"}, headers={"If-Match": "*"}), 409, "conflict")


async def test_what_the_phases_show_follows_them_there_and_back_and_is_said_by_nobody(
    org: Organisation, database: Database
) -> None:
    engagement = await planned(org)
    kinds = ("scope_frozen", "fieldwork_start", "report_issued")
    frozen, start, issued = [await _planned(org, engagement, kind, 1) for kind in kinds]
    for milestone in (frozen, start, issued):
        problem(await _does(org, milestone, "completions", done_on=day(0)), 409, "shown-by-engagement")
    engagement = await moved(database, org, engagement, "fieldwork")
    for milestone in (frozen, start):
        reached = await _read(org, milestone)
        assert (reached["status"], reached["done_on"], reached["version"]) == ("done", TODAY.isoformat(), 2)
        problem(await _does(org, milestone, "reopenings", **_REASON), 409, "shown-by-engagement")
    assert (await _read(org, issued))["status"] == "open"
    engagement = await moved(database, org, engagement, "planning", reason="The scope was wrong.")
    reopened = await _read(org, start)
    assert (reopened["status"], reopened["done_on"], reopened["version"]) == ("open", None, 3)
    await moved(database, org, engagement, "fieldwork", "evaluation", "reporting", "issued")
    assert (await _read(org, issued))["done_on"] == TODAY.isoformat()
    trail = ok(await org.admin.get("/v1/services/audit/trail", params={"subject": start["id"]}))["items"]
    told = [
        (each["type"].rpartition(".")[2], each["reason"]) for each in sorted(trail, key=lambda each: each["version"])
    ]
    assert told == [("planned", None), ("reached", None), ("reopened", "The scope was wrong."), ("reached", None)]


async def test_what_the_phase_shows_already_is_done_when_it_is_planned(org: Organisation, database: Database) -> None:
    engagement = await moved(database, org, await planned(org), "fieldwork")
    start = await _planned(org, engagement, "fieldwork_start", -2)
    assert (start["status"], start["late_days"]) == ("done", 2)


async def test_stages_are_compared_with_the_plan_and_with_the_year_before(
    org: Organisation, database: Database
) -> None:
    before = await planned(org, type2(-400, -100, title="SOC 2, last year"))
    for kind, on, done in (("kickoff", -90, -90), ("fieldwork_end", -60, -55)):
        milestone = await _planned(org, before, kind, on)
        ok(await _does(org, milestone, "completions", done_on=day(done)))
    await _planned(org, before, "report_issued", -40)
    await moved(database, org, before, "fieldwork", "evaluation", "reporting", "issued")
    await planned(org, type2(-500, -200, kind="soc1_type2"))
    engagement = await planned(org)
    start = await _planned(org, engagement, "kickoff", -20)
    ok(await _does(org, start, "completions", done_on=day(-15)))
    report = await _planned(org, engagement, "report_issued", 10)
    ok(await _does(org, report, "plan-revisions", due_on=day(12), **_REASON))
    await moved(database, org, engagement, "fieldwork", "evaluation", "reporting", "issued")
    timetable = ok(await org.viewer.get(f"/v1/engagements/{engagement['id']}/timetable"))
    stages = {each["stage"]: each for each in timetable["stages"]}
    assert stages["whole"] == {
        "stage": "whole",
        "planned_days": 30,
        "due_days": 32,
        "actual_days": 15,
        "over_plan_days": -15,
        "earlier_engagement_id": before["id"],
        "earlier_days": 90,
        "over_earlier_days": -75,
    }
    assert stages["fieldwork"]["planned_days"] is None
    (earlier,) = timetable["earlier"]
    assert (earlier["id"], earlier["title"], earlier["last_day"]) == (before["id"], "SOC 2, last year", day(-100))
    assert {each["stage"]: each["actual_days"] for each in earlier["stages"]} == {
        "preparation": None,
        "fieldwork": None,
        "reporting": 55,
        "whole": 90,
    }


async def test_lists_filter_and_can_be_kept_in_step(org: Organisation) -> None:
    engagement, other = await planned(org), await planned(org)
    last = await _planned(org, engagement, "management_review", 9)
    first = await _planned(org, other, "kickoff", 1)

    async def found(**query: str) -> list[str]:
        return [each["kind"] for each in ok(await org.viewer.get(_PATH, params=query))["items"]]

    assert await found() == ["kickoff", "management_review"]
    assert await found(sort="-due_on") == ["management_review", "kickoff"]
    assert await found(engagement_id=engagement["id"]) == ["management_review"]
    assert await found(programme_id=NOBODY) == []
    assert await found(kind="kickoff") == ["kickoff"]
    assert await found(owner="dana@example.com", due_until=day(1)) == ["kickoff"]
    assert await found(due_from=day(2)) == ["management_review"]
    assert await found(owner="lee@example.com") == []
    ok(await _does(org, last, "completions", done_on=day(0)))
    assert await found(updated_since=first["updated_at"], sort="updated_at") == ["kickoff", "management_review"]
    assert await found(status="open") == ["kickoff"]


async def test_no_change_of_another_is_overwritten_and_a_repeated_plan_is_one(org: Organisation) -> None:
    engagement, key = await planned(org), {"Idempotency-Key": str(uuid.uuid4())}
    path = f"/v1/engagements/{engagement['id']}/milestones"
    milestone = created(await org.manager.post(path, json=_draft(), headers=key))
    assert created(await org.manager.post(path, json=_draft(), headers=key)) == milestone
    at = f"{_PATH}/{milestone['id']}"
    problem(await org.manager.patch(at, json={"title": "New"}), 428, "precondition-required")
    problem(await org.manager.patch(at, json={"title": "New"}, headers={"If-Match": '"7"'}), 412, "stale")
    change = {"title": "First meeting", "owner": "lee@example.com"}
    revised = ok(await org.manager.patch(at, json=change, headers={"If-Match": '"1"'}))
    assert (revised["title"], revised["owner"], revised["version"]) == ("First meeting", await person(org, "lee"), 2)
    unknown = await org.manager.patch(at, json={"owner": NOBODY}, headers={"If-Match": '"2"'})
    problem(unknown, 422, "unknown-person")


async def test_a_leavers_open_milestones_are_handed_over(org: Organisation, database: Database) -> None:
    nora, lee, engagement = await newcomer(org, "nora"), await person(org, "lee"), await planned(org)
    milestone = created(await _plan(org, engagement, _draft(owner=nora["id"])))
    over = await planned(org)
    left_open = created(await _plan(org, over, _draft(owner=nora["id"])))
    await moved(database, org, over, "fieldwork", "evaluation", "reporting", "issued", "completed")
    ok(await org.admin.post(f"/v1/people/{nora['id']}/departures", json={}))

    async def gone() -> bool:
        headers = {"If-Match": "*"}
        refused = await org.manager.patch(f"{_PATH}/{milestone['id']}", json={"owner": nora["id"]}, headers=headers)
        return refused.status_code == 422 and refused.json()["type"] == "/problems/person-gone"

    await eventually(gone)
    problem(await _plan(org, engagement, _draft("fieldwork_end", owner=nora["id"])), 422, "person-gone")
    listed = ok(await org.viewer.get("/v1/services/audit/duties", params={"person": nora["id"]}))["items"]
    assert [(duty["noun"], duty["duty"], duty["id"]) for duty in listed] == [("milestone", "owner", milestone["id"])]
    ok(await org.admin.post(f"/v1/people/{nora['id']}/handovers", json={"to": lee["id"], "reason": "She left."}))

    async def handed_over() -> bool:
        return bool((await _read(org, milestone))["owner"] == lee)

    await eventually(handed_over)
    assert (await _read(org, left_open))["owner"] == nora, "a closed engagement asks nobody for anything"


async def test_the_plan_is_the_organisations_and_not_the_auditors(org: Organisation, other_org: Organisation) -> None:
    engagement = await planned(org)
    milestone = await _planned(org, engagement)
    path, timetable = f"{_PATH}/{milestone['id']}", f"/v1/engagements/{engagement['id']}/timetable"
    plans = f"/v1/engagements/{engagement['id']}/milestones"
    for at in (_PATH, path, timetable):
        problem(await org.monitor.get(at), 403, "forbidden")
    verbs = {
        "plan-revisions": {"due_on": day(9), **_REASON},
        "completions": {"done_on": day(0)},
        "reopenings": _REASON,
        "withdrawals": _REASON,
    }
    for stranger in (org.risk, org.reviewer):
        problem(await stranger.post(plans, json=_draft()), 403, "forbidden")
        problem(await stranger.patch(path, json={"title": "New"}, headers={"If-Match": "*"}), 403, "forbidden")
        for verb, body in verbs.items():
            problem(await stranger.post(f"{path}/{verb}", json=body), 403, "forbidden")
    for at in (path, timetable):
        problem(await other_org.viewer.get(at), 404, "not-found")
    problem(await other_org.manager.post(plans, json=_draft()), 404, "not-found")
    problem(await other_org.manager.patch(path, json={"title": "Mine"}, headers={"If-Match": "*"}), 404, "not-found")
    for verb, body in verbs.items():
        problem(await other_org.manager.post(f"{path}/{verb}", json=body), 404, "not-found")
    assert ok(await other_org.viewer.get(_PATH))["items"] == []
