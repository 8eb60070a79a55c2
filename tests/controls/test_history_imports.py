"""History from sheets: recorded in one call, accepted in another by somebody else."""

import csv
import io
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from deploy.story import Story
from tests.controls.given import MINUTES, control, procedure
from tests.controls.policed import drafted, written
from tests.support import Organisation, created, eventually, ok, problem

SHEET = Path(__file__).parents[2] / "docs" / "examples" / "history-as-people-have-it.csv"
DECISIONS = "/v1/historical-records/decisions/batch"
_CSV = {"Content-Type": "text/csv"}
_HEADINGS = ["Control", "What", "Date", "By", "Evidence", "SHA-256", "Kept at"]
_SHOWN = [MINUTES["title"], MINUTES["sha256"], MINUTES["location"]]


def _table(*rows: list[str], headings: list[str] = _HEADINGS) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([headings, *rows])
    return out.getvalue().encode()


async def _import(org: Organisation, content: bytes, **query: Any) -> httpx.Response:
    return await org.manager.post("/v1/historical-record-imports", content=content, headers=_CSV, params=query)


async def _accept(org: Organisation, import_id: str, **query: Any) -> dict[str, Any]:
    body = {"decision": "accepted", "import_id": import_id}
    return ok(await org.second_manager.post(DECISIONS, json=body, params=query))


def _ends_of_months(first: date, many: int) -> list[date]:
    months = [first.year * 12 + first.month + n for n in range(many)]
    return [date(month // 12, month % 12 + 1, 1) - timedelta(days=1) for month in months]


async def _misses(org: Organisation) -> list[str]:
    query = {"type": "controls.occurrence.missed", "limit": "200"}
    events = ok(await org.admin.get("/v1/services/controls/trail", params=query))["items"]
    return [f"{each['data']['control_code']} {each['data']['due_on']}" for each in events]


async def test_twenty_controls_and_six_months_in_two_calls_and_an_acceptance(org: Organisation) -> None:
    """Of each the occurrences of the last six months, but for two that were missed, one of each of two controls."""
    today = datetime.now(UTC).date()
    begin = today.year * 12 + today.month - 7
    first = date(begin // 12, begin % 12 + 1, 1)
    codes = [f"AC-{number:02}" for number in range(1, 21)]
    sheet = [[code, code, "It is done every month.", "Dana", "Detective", "Manual", "Monthly"] for code in codes]
    headings = ["Ref", "Control name", "Description", "Owner", "Type", "Nature", "How often?"]
    ends = _ends_of_months(first, 6)
    missed = {("AC-03", ends[2]), ("AC-07", ends[4])}
    rows = [[code, "Approved", str(first), "Kim", *_SHOWN] for code in codes]
    rows += [[code, "In operation since", str(first), "Kim", *_SHOWN] for code in codes]
    rows += [
        [code, "Performed", str(day), "Sam Sandoval", *_SHOWN]
        for code in codes
        for day in ends
        if (code, day) not in missed
    ]

    ok(await org.manager.post("/v1/control-imports", content=_table(*sheet, headings=headings), headers=_CSV))
    table = _table(*rows)
    foreseen = ok(await _import(org, table, dry_run="true"))
    assert (foreseen["recorded"], foreseen["faults"], foreseen["import_id"]) == (158, [], None)
    imported = ok(await _import(org, table))
    assert (imported["recorded"], imported["not_in_directory"]) == (158, ["Sam Sandoval"])
    began = time.monotonic()
    accepted = await _accept(org, imported["import_id"], atomic=True)
    assert (accepted["decided"], accepted["refused"]) == (158, 0)
    assert time.monotonic() - began < 20

    ok(await org.manager.post("/v1/services/controls/sweeps"))
    assert sorted(await _misses(org)) == sorted(f"{code} {day}" for code, day in missed)
    period = {"from": str(first), "to": str(ends[-1]), "limit": "50"}
    summaries = ok(await org.viewer.get("/v1/control-occurrences", params=period))["items"]
    found = {each["code"]: (each["counts"]["performed"], each["counts"]["missed"]) for each in summaries}
    with_misses = {code for code, _ in missed}
    assert found == {code: (5, 1) if code in with_misses else (6, 0) for code in codes}

    again = ok(await _import(org, table))
    assert (again["recorded"], again["already_known"], again["import_id"]) == (0, 158, None)
    body = {"decision": "accepted", "import_id": imported["import_id"]}
    problem(await org.second_manager.post(DECISIONS, json=body), 404, "not-found")


async def test_the_example_comes_in_without_a_fault(org: Organisation) -> None:
    drafted_control = await control(org, "AC-01", [], until="draft")
    monthly = {"frequency": "monthly"}
    ok(await org.manager.patch(f"/v1/controls/{drafted_control}", json=monthly, headers={"If-Match": "*"}))
    imported = ok(await _import(org, SHEET.read_bytes()))
    assert (imported["recorded"], imported["not_in_directory"]) == (8, ["Sam Sandoval"])
    accepted = await _accept(org, imported["import_id"])
    assert (accepted["decided"], accepted["refused"]) == (8, 0)
    records = ok(await org.viewer.get("/v1/historical-records", params={"import_id": imported["import_id"]}))["items"]
    assert {record["status"] for record in records} == {"accepted"}


async def test_policies_tests_and_items_of_evidence_stand_in_sheets_too(org: Organisation) -> None:
    story = await Story.begin(org)
    item = await story.submit(covers_until=datetime.now(UTC))  # of the 90 days before
    today = datetime.now(UTC).date()
    first, second, third = (str(today - timedelta(days=days)) for days in (80, 60, 50))
    await story.accept()
    await control(org, "AC-02", [], until="draft")
    await procedure(org, "TP-01")
    version = await drafted(org, (await written(org))["id"])
    headings = ["ID", "Act", "When", "Who", "Evidence ref", "Procedure", "Test of", "Result"]
    rows = [
        ["AC-02", "approved", first, "kim@example.com", item, "", "", ""],
        ["AC-02", "tested", second, "kim@example.com", item, "TP-01", "ToE", "No deviations"],
        ["POL-AC", "policy published", second, "kim@example.com", item, "", "", ""],
    ]

    async def imported_once_known() -> dict[str, Any] | None:
        answer = await _import(org, _table(*rows, headings=headings))
        return ok(answer) if answer.is_success else None

    imported = await eventually(imported_once_known)
    accepted = await _accept(org, imported["import_id"])
    assert (accepted["decided"], accepted["refused"]) == (3, 0), accepted
    draft = {
        "version_id": version["id"],
        "title": "Everyone",
        "due_on": str(datetime.now(UTC).date() + timedelta(days=30)),
        "audience": {"people": ["kim@example.com", "lee@example.com"]},
    }
    created(await org.manager.post("/v1/policy-campaigns", json=draft))
    row = ["POL-AC", "read and understood", third, "Lee", "", "", "", ""]
    told = ok(await _import(org, _table(row, headings=headings), evidence_ids=item))
    accepted = await _accept(org, told["import_id"])
    assert (accepted["decided"], accepted["refused"]) == (1, 0), accepted


async def test_what_is_refused_leaves_the_others(org: Organisation) -> None:
    await control(org, "AC-01", [], until="draft")
    rows = [
        ["AC-01", "Approved", "2025-01-05", "Kim", *_SHOWN],
        ["AC-01", "Performed", "2025-03-31", "Kim", *_SHOWN],
    ]
    imported = ok(await _import(org, _table(*rows)))
    answer = await _accept(org, imported["import_id"])
    assert (answer["decided"], answer["refused"]) == (1, 1)
    assert answer["results"][1]["problem"]["errors"][0]["pointer"] == "/records/1"
    all_or_none = {"decision": "accepted", "import_id": imported["import_id"]}
    refused = await org.second_manager.post(DECISIONS, json=all_or_none, params={"atomic": True})
    problem(refused, 422, "decisions-refused")
    own = await org.manager.post(DECISIONS, json=all_or_none)
    assert ok(own)["refused"] == 1


@pytest.mark.parametrize(
    ("changes", "columns"),
    [
        ({0: "AC-99"}, ["code"]),
        ({1: "Danced"}, ["kind"]),
        ({1: "Tested"}, ["kind"]),
        ({1: "Published"}, ["code"]),
        ({2: "03/04/2025"}, ["day"]),
        ({2: ""}, ["day"]),
        ({2: "2199-01-01"}, ["day", "made_on"]),
        ({3: ""}, ["performed_by"]),
        ({3: "stranger@example.com"}, ["performed_by"]),
        ({4: ""}, ["evidence"]),
        ({5: ""}, ["sha256"]),
        ({5: "abc"}, ["sha256"]),
        ({4: "0190b5a0-0000-7000-8000-000000000000"}, ["evidence"]),
    ],
)
async def test_faults_name_row_and_column(org: Organisation, changes: dict[int, str], columns: list[str]) -> None:
    await control(org, "AC-01", [], until="draft")
    row = ["AC-01", "Approved", "2025-01-05", "Kim", *_SHOWN]
    wrong = [changes.get(place, cell) for place, cell in enumerate(row)]
    foreseen = ok(await _import(org, _table(row, wrong), dry_run="true"))
    assert [(fault["row"], fault["column"]) for fault in foreseen["faults"]] == [(3, column) for column in columns]
    refused = problem(await _import(org, _table(row, wrong)), 422, "import-refused")
    assert refused["errors"][0]["pointer"] == f"/rows/3/{columns[0]}"
    assert ok(await org.viewer.get("/v1/historical-records"))["items"] == []


async def test_a_row_is_told_once_in_a_file(org: Organisation) -> None:
    await control(org, "AC-01", [], until="draft")
    row = ["AC-01", "Approved", "2025-01-05", "Kim", *_SHOWN]
    foreseen = ok(await _import(org, _table(row, row), dry_run="true"))
    assert [fault["detail"] for fault in foreseen["faults"]] == ["Row 2 tells the same."]


async def test_what_the_file_says_of_headings_is_kept_for_history_alone(org: Organisation) -> None:
    await control(org, "AC-01", [], until="draft")
    headings = ["Our thing", *_HEADINGS[1:]]
    row = ["AC-01", "Approved", "2025-01-05", "Kim", *_SHOWN]
    problem(await _import(org, _table(row, headings=headings)), 422, "unreadable-table")
    ok(await _import(org, _table(row, headings=headings), columns="Our thing:code"))
    kept = ok(await _import(org, _table(row, headings=headings)))
    assert (kept["headings"][0]["source"], kept["already_known"]) == ("kept", 1)
    as_controls = await org.manager.post("/v1/control-imports", content=_table(row, headings=headings), headers=_CSV)
    problem(as_controls, 422, "unreadable-table")


async def test_a_large_file_is_a_job(org: Organisation) -> None:
    await control(org, "AC-01", [], until="draft")
    row = ["AC-01", "Approved", "2025-01-05", "Kim", *_SHOWN]
    headers = {**_CSV, "Prefer": "respond-async"}
    started = await org.manager.post("/v1/historical-record-imports", content=_table(row), headers=headers)
    assert started.status_code == httpx.codes.ACCEPTED, started.text

    async def done() -> dict[str, Any] | None:
        job = ok(await org.manager.get(started.headers["Location"]))
        return job if job["finished_at"] else None

    finished = await eventually(done)
    assert (finished["state"], finished["result"]["recorded"]) == ("succeeded", 1)


async def test_what_is_no_table_or_too_large_is_refused(org: Organisation) -> None:
    path = "/v1/historical-record-imports"
    other = await org.manager.post(path, content=b"{}", headers={"Content-Type": "application/json"})
    problem(other, 415, "unsupported-media-type")
    problem(await _import(org, b"x" * (10 * 1024 * 1024 + 1)), 413, "too-large")


async def test_who_may_not_record_imports_nothing(org: Organisation) -> None:
    refused = await org.owner.post("/v1/historical-record-imports", content=_table(), headers=_CSV)
    problem(refused, 403, "forbidden")
