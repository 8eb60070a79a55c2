"""Populations: asked for, received, rejected or frozen, found reliable, superseded; and by whom."""

import base64
import hashlib
import json
import uuid
from typing import Any

import pytest

from deploy.local.stack import Stack
from tests.audit.frames import changes, csv_of, xlsx_of
from tests.audit.sampled import CSV, JOBS, PROVENANCE, RELIABLE, TRACED, Team, jobs_waiting
from tests.support import Organisation, created, ok, problem

XLSX = {"Content-Type": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


async def test_a_population_is_asked_for_received_and_frozen(team: Team) -> None:
    asked = await team.asked(provenance=None)
    assert (asked["status"], asked["number"], asked["series_id"]) == ("asked", 1, asked["id"])
    assert (asked["first_day"], asked["last_day"]) == ("2026-01-01", "2026-06-30"), "the engagement's"
    path, content = f"/v1/populations/{asked['id']}", csv_of(changes(40))
    for part in ("file", "frame"):
        problem(await team.staff.get(f"{path}/{part}"), 404, "not-found")
    problem(await team.staff.post(f"{path}/files", content=content, headers=CSV), 409, "provenance-missing")
    provenance = PROVENANCE | {"rows_in_system": 42}
    headers = {"If-Match": f'"{asked["version"]}"'}
    revised = ok(await team.staff.patch(path, json={"provenance": provenance}, headers=headers))
    assert revised["provenance"] == {"parameters": None, **provenance}
    job = await team.given(asked, content)
    assert (job["state"], job["kind"], job["location"]) == ("succeeded", "population-freezing", path)
    frozen = ok(await team.quality.get(path))
    assert (frozen["status"], frozen["row_count"], frozen["columns"]) == ("frozen", 40, ["Ticket", "Closed", "Team"])
    assert (frozen["file_sha256"], frozen["file_size"]) == (hashlib.sha256(content).hexdigest(), len(content))
    assert (frozen["key_column"], frozen["day_column"], frozen["file_format"]) == ("Ticket", "Closed", "csv")
    assert frozen["frozen_by"]["person"]["name"] == "Staff"
    hints = frozen["hints"]
    assert (hints["rows_in_system"], hints["rows_against_system"], hints["earlier"]) == (42, -2, None)
    assert (hints["days"]["first_day"], hints["days"]["days_without_rows"]) == ("2026-01-02", 181 - 40)
    assert hints["sequences"][0]["prefix"] == "CHG-"
    original, frame = await team.quality.get(f"{path}/file"), await team.quality.get(f"{path}/frame")
    assert (original.content, original.headers["content-type"]) == (content, "text/csv; charset=utf-8")
    assert hashlib.sha256(frame.content).hexdigest() == frozen["frame_sha256"]
    for answer in (original, frame):
        digest = base64.b64encode(hashlib.sha256(answer.content).digest()).decode()
        assert answer.headers["content-digest"] == f"sha-256=:{digest}:"
    problem(await team.staff.patch(path, json={"title": "Other"}, headers={"If-Match": "*"}), 409, "conflict")
    problem(await team.staff.post(f"{path}/files", content=content, headers=CSV), 409, "conflict")


async def test_a_workbook_is_frozen_as_a_csv_is(team: Team) -> None:
    population = await team.asked()
    job = await team.given(population, xlsx_of(changes(40)), XLSX)
    assert job["state"] == "succeeded", job["problem"]
    frozen = ok(await team.staff.get(f"/v1/populations/{population['id']}"))
    of_csv = await team.frozen(changes(40))
    assert (frozen["frame_sha256"], frozen["file_format"]) == (of_csv["frame_sha256"], "xlsx")
    assert frozen["file_sha256"] != of_csv["file_sha256"]


async def test_a_file_with_faults_is_rejected_and_another_version_is_asked_for(team: Team) -> None:
    population = await team.asked()
    rows = [("A", "2026-01-01", ""), ("A", "2026-01-02", ""), ("B", "2026-07-01", "")]
    job = await team.given(population, csv_of(rows))
    assert (job["state"], job["problem"]["type"]) == ("failed", "/problems/population-faulty")
    faults = [
        {"pointer": "/rows/3/Ticket", "detail": "The key 'A' is that of row 2 already."},
        {"pointer": "/rows/4/Closed", "detail": "2026-07-01 is outside the period."},
    ]
    assert job["problem"]["errors"] == faults
    path = f"/v1/populations/{population['id']}"
    rejected = ok(await team.staff.get(path))
    assert (rejected["status"], rejected["faults"], rejected["row_count"]) == ("rejected", faults, None)
    assert rejected["file_sha256"] == hashlib.sha256(csv_of(rows)).hexdigest()
    problem(await team.staff.post(f"{path}/files", content=csv_of(rows[:1]), headers=CSV), 409, "conflict")
    reason = {"reason": "Without what was listed twice"}
    version = created(await team.staff.post(f"{path}/versions", json=reason))
    assert (version["number"], version["series_id"], version["status"]) == (2, population["id"], "asked")
    assert (version["provenance"], version["title"]) == (None, population["title"]), "it was run anew"
    problem(await team.staff.post(f"{path}/versions", json=reason), 409, "version-under-way")


async def test_a_file_that_is_no_table_is_rejected_and_an_unknown_heading_is_not(team: Team) -> None:
    population = await team.asked()
    path = f"/v1/populations/{population['id']}"
    job = await team.given(population, csv_of(changes(3)), key_column="Key")
    assert (job["state"], job["problem"]["type"]) == ("failed", "/problems/heading-missing")
    back = ok(await team.staff.get(path))
    assert (back["status"], back["file_sha256"], back["key_column"]) == ("asked", None, None)
    job = await team.given(population, b"Ticket,Closed\n\xff,2026-01-01\n")
    assert (job["state"], job["problem"]["type"]) == ("failed", "/problems/unreadable-table")
    rejected = ok(await team.staff.get(path))
    assert (rejected["status"], rejected["faults"][0]["pointer"]) == ("rejected", "/rows/2")


async def test_a_later_version_supersedes_and_is_compared(team: Team) -> None:
    first = await team.reliable(changes(40))
    reason = {"reason": "It lacked a team."}
    path = f"/v1/populations/{first['id']}"
    version = created(await team.staff.post(f"{path}/versions", json=reason))
    ok(
        await team.staff.patch(
            f"/v1/populations/{version['id']}", json={"provenance": PROVENANCE}, headers={"If-Match": "*"}
        )
    )
    assert ok(await team.staff.get(path))["status"] == "reliable", "until the other one is frozen"
    await team.given(version, csv_of(changes(60)))
    assert ok(await team.staff.get(path))["status"] == "superseded"
    second = ok(await team.staff.get(f"/v1/populations/{version['id']}"))
    assert second["hints"]["earlier"] == {
        "population_id": first["id"],
        "rows": 40,
        "rows_change_percent": 50,
        "same_query": True,
        "same_file": False,
    }
    listed = ok(await team.staff.get("/v1/populations", params={"series_id": first["id"], "current": "true"}))["items"]
    assert [each["id"] for each in listed] == [second["id"]]
    again = await team.frozen(changes(60), title=first["title"])
    assert (again["hints"]["earlier"]["population_id"], again["hints"]["earlier"]["same_file"]) == (second["id"], True)


async def test_who_froze_a_population_does_not_conclude_on_it(team: Team) -> None:
    population = await team.frozen(changes(10))
    path = f"/v1/populations/{population['id']}/reliability-conclusions"
    problem(await team.staff.post(path, json=RELIABLE), 403, "separation-of-duties")
    lacking = [[], TRACED[:1], TRACED[1:]]
    details = []
    for procedures in lacking:
        refused = problem(await team.manager.post(path, json=RELIABLE | {"procedures": procedures}), 422, "invalid")
        details.append([each["detail"] for each in refused["errors"]])
    complete, accurate = "none of them evaluates completeness", "none of them evaluates accuracy"
    assert details == [[complete, accurate], [complete], [accurate]]
    found = ok(await team.manager.post(path, json=RELIABLE))
    assert (found["status"], found["concluded_by"]["person"]["name"]) == ("reliable", "Manager")
    assert found["reliability"]["procedures"][0]["items"] == 25
    problem(await team.manager.post(path, json=RELIABLE), 409, "conflict")
    other = await team.frozen(changes(10))
    path = f"/v1/populations/{other['id']}/reliability-conclusions"
    no = {"reliable": False, "procedures": [], "conclusion": "The query leaves out a team."}
    assert ok(await team.manager.post(path, json=no))["status"] == "unreliable"


@pytest.mark.parametrize(
    ("draft", "pointer"),
    [
        ({"control_id": str(uuid.UUID(int=0))}, "/control_id"),
        ({"first_day": "2025-12-31"}, "/first_day"),
        ({"last_day": "2026-07-01"}, "/last_day"),
        ({"first_day": "2026-03-02", "last_day": "2026-03-01"}, "/last_day"),
        ({"provenance": PROVENANCE | {"time_zone": "Berlin"}}, "/provenance/time_zone"),
        ({"provenance": PROVENANCE | {"run_at": "2026-07-01T08:00:00"}}, "/provenance/run_at"),
    ],
)
async def test_what_is_wrong_with_a_draft_is_named(team: Team, draft: dict[str, Any], pointer: str) -> None:
    body = {"title": "Changes", "description": "All", **draft}
    answer = await team.staff.post(f"/v1/engagements/{team.engagement}/populations", json=body)
    assert [each["pointer"] for each in problem(answer, 422, "invalid")["errors"]] == [pointer]
    if pointer.endswith("_day"):
        population = await team.asked()
        answer = await team.staff.patch(f"/v1/populations/{population['id']}", json=draft, headers={"If-Match": "*"})
        assert [each["pointer"] for each in problem(answer, 422, "invalid")["errors"]] == [pointer]


async def test_populations_are_filtered_and_kept_in_step(team: Team) -> None:
    population = await team.asked(title="Leavers of the half-year")
    for query, found in (
        ({"q": "leavers OF"}, True),
        ({"q": "joiners"}, False),
        ({"status": "asked", "engagement_id": team.engagement}, True),
        ({"status": "frozen"}, False),
        ({"control_id": team.control}, True),
        ({"current": "false"}, False),
        ({"updated_since": population["updated_at"], "sort": "updated_at"}, True),
    ):
        items = ok(await team.staff.get("/v1/populations", params={**query, "limit": "200"}))["items"]
        assert (population in items) is found, query


async def test_only_the_team_sees_and_changes_its_populations(team: Team, other_org: Organisation) -> None:
    population = await team.frozen(changes(10))
    path = f"/v1/populations/{population['id']}"
    draft = {"title": "Changes", "description": "All"}
    for stranger in (team.org.admin, team.org.manager, team.firm.admin, other_org.admin):
        problem(await stranger.get(path), 403, "forbidden")
        problem(await stranger.get("/v1/populations"), 403, "forbidden")
        problem(await stranger.get(f"{path}/file"), 403, "forbidden")
        problem(await stranger.post(f"{path}/versions", json={"reason": "More"}), 403, "forbidden")
        answer = await stranger.post(f"/v1/engagements/{team.engagement}/populations", json=draft)
        problem(answer, 403, "forbidden")
    problem(await team.quality.post(f"{path}/versions", json={"reason": "More"}), 403, "forbidden")
    other = await Team.of(other_org, team.firm)
    problem(await other.staff.get(path), 404, "not-found")
    assert ok(await other.staff.get("/v1/populations"))["items"] == []
    for change in (
        other.staff.get(f"{path}/file"),
        other.staff.get(f"{path}/frame"),
        other.staff.post(f"{path}/versions", json={"reason": "More"}),
        other.staff.patch(path, json={"title": "Ours"}, headers={"If-Match": "*"}),
        other.staff.post(f"{path}/files", content=csv_of(changes(1)), headers=CSV),
        other.manager.post(f"{path}/reliability-conclusions", json=RELIABLE),
        other.staff.post(f"/v1/engagements/{team.engagement}/populations", json=draft),
    ):
        problem(await change, 404, "not-found")
    sample = {"population_id": population["id"], "title": "S", "method": "random"}
    problem(await other.staff.post("/v1/samples", json=sample), 422, "invalid")
    job = ok(await team.staff.get(JOBS))["items"][0]
    problem(await other.staff.get(f"{JOBS}/{job['id']}"), 404, "not-found")
    problem(await other.staff.post(f"{JOBS}/{job['id']}/cancellations"), 404, "not-found")
    assert ok(await other.staff.get(JOBS))["items"] == []
    await other.close()


async def test_files_are_refused_for_their_type_and_while_too_many_jobs_wait(team: Team, stack: Stack) -> None:
    path = f"/v1/populations/{(await team.asked())['id']}/files"
    png = {"Content-Type": "image/png"}
    problem(await team.staff.post(path, content=b"x", headers=png), 415, "unsupported-media-type")
    async with jobs_waiting(stack, team.firm.id):
        problem(await team.staff.post(path, content=csv_of(changes(1)), headers=CSV), 409, "too-many-jobs")


async def test_a_file_that_is_given_again_takes_the_place_of_the_one_before(team: Team, stack: Stack) -> None:
    population = await team.asked()
    path, params = f"/v1/populations/{population['id']}/files", {"key_column": "Ticket"}
    async with jobs_waiting(stack, team.firm.id, 1):  # behind which none of these begins
        first = await team.staff.post(path, content=csv_of(changes(5)), params=params, headers=CSV)
        cancelled = await team.staff.post(path, content=csv_of(changes(6)), params=params, headers=CSV)
        ok(await team.staff.post(f"{cancelled.headers['Location']}/cancellations"))
        last = await team.staff.post(path, content=csv_of(changes(7)), params=params, headers=CSV)
    replaced = await team.finished(first)
    assert (replaced["state"], replaced["problem"]["type"]) == ("failed", "/problems/upload-replaced")
    assert (await team.finished(last))["state"] == "succeeded"
    frozen = ok(await team.staff.get(f"/v1/populations/{population['id']}"))
    assert (frozen["row_count"], frozen["file_sha256"]) == (7, hashlib.sha256(csv_of(changes(7))).hexdigest())


async def test_the_trail_tells_of_each_step_and_nothing_of_the_items(team: Team) -> None:
    population = await team.reliable(changes(10))
    query = {"subject": population["id"], "limit": "200"}
    told = ok(await team.firm.admin.get("/v1/services/audit/trail", params=query))["items"]
    told.sort(key=lambda event: event["version"])
    steps = [event["type"].removeprefix("audit.population.") for event in told]
    assert steps == ["asked", "received", "frozen", "found_reliable"]
    assert told[-1]["data"]["frame_sha256"] == population["frame_sha256"]
    assert "CHG-00" not in json.dumps(told)
    of_client = ok(await team.org.admin.get("/v1/services/audit/trail", params=query))["items"]
    assert of_client == [], "it is the firm's"
