"""Controls in from a table and out to one."""

import asyncio
import csv
import io
from pathlib import Path
from typing import Any

import httpx
import pytest
import xlsxwriter

from deploy.story import implemented_control
from shared.tables.formats import MEDIA_TYPES
from tests.shared.hostile import assert_refused
from tests.support import Organisation, created, ok, person, problem, staffed

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "soc2-controls.csv"
HEADER = "code,title,statement,owner,kind,nature,frequency,requirements\n"
ROW = "AC-01,Access is reviewed,Every quarter.,dana@example.com,detective,manual,quarterly,soc2:CC6.2;soc2:CC6.3\n"
CSV, XLSX = MEDIA_TYPES.values()


async def _import(client: httpx.AsyncClient, content: str | bytes, kind: str = CSV, **query: str) -> httpx.Response:
    body = content if isinstance(content, bytes) else content.encode()
    return await client.post("/v1/control-imports", content=body, headers={"Content-Type": kind}, params=query)


async def _count(org: Organisation) -> int:
    return len(ok(await org.viewer.get("/v1/controls", params={"limit": 200}))["items"])


def _workbook(rows: list[list[Any]]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return out.getvalue()


async def test_sixty_controls_come_in_after_a_dry_run_that_did_nothing(org: Organisation) -> None:
    content = EXAMPLE.read_text(encoding="utf-8")
    await staffed(org)
    foreseen = ok(await _import(org.manager, content, dry_run="true"))
    assert (foreseen["dry_run"], foreseen["created"], foreseen["faults"]) == (True, 60, [])
    assert await _count(org) == 0
    done = ok(await _import(org.manager, content))
    assert (done["created"], done["revised"], done["unchanged"], done["skipped"]) == (60, 0, 0, 0)
    assert [(each["row"], each["code"]) for each in foreseen["rows"]] == [
        (each["row"], each["code"]) for each in done["rows"]
    ]
    assert await _count(org) == 60
    first = done["rows"][0]
    control = ok(await org.viewer.get(f"/v1/controls/{first['control_id']}"))
    assert (control["code"], control["status"], control["version"]) == (first["code"], "draft", 1)
    health = ok(await org.viewer.get(f"/v1/controls/{first['control_id']}/health"))
    assert health["reasons"] == ["The control is not in operation."]
    trail = ok(await org.admin.get("/v1/services/controls/trail", params={"subject": first["control_id"]}))["items"]
    assert [event["type"] for event in trail] == ["controls.control.defined"]
    assert trail[0]["after"]["statement"] == control["statement"]
    again = ok(await _import(org.manager, content))
    assert (again["created"], again["unchanged"]) == (0, 60)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
async def test_what_goes_out_comes_in_unchanged(org: Organisation, kind: str) -> None:
    odd = '=1+1,\'=not a formula,"two\nlines; and, marks",dana@example.com,corrective,hybrid,ad_hoc,\n'
    rows = HEADER + ROW + odd.replace("=1+1", "EQ-01").replace("'=not", "'=not")
    ok(await _import(org.manager, rows))
    exported = await org.viewer.get("/v1/control-exports", params={"format": kind})
    assert exported.headers["content-type"].partition(";")[0] == MEDIA_TYPES[next(k for k in MEDIA_TYPES if k == kind)]
    assert f"controls.{kind}" in exported.headers["content-disposition"]
    again = ok(await _import(org.manager, exported.content, exported.headers["content-type"]))
    assert (again["unchanged"], again["created"], again["revised"]) == (2, 0, 0)


async def test_a_cell_that_would_run_in_a_spreadsheet_is_guarded_and_reads_back_equal(org: Organisation) -> None:
    titles = ["=SUM(A1)", "+1", "-1", "@x", "'=quoted", "''-twice", "'plain"]
    draft = {"statement": "S.", "owner": "dana@example.com", "kind": "detective", "nature": "manual"}
    for number, title in enumerate(titles):
        body = {**draft, "code": f"X-{number}", "title": title, "frequency": "monthly"}
        created(await org.manager.post("/v1/controls", json=body))
    exported = (await org.viewer.get("/v1/control-exports")).text
    written = [row["title"] for row in csv.DictReader(io.StringIO(exported))]
    assert not [title for title in written if title[0] in "=+-@"]
    again = ok(await _import(org.manager, exported))
    assert (again["unchanged"], again["revised"]) == (len(titles), 0)


async def test_every_fault_is_named_and_nothing_is_half_done(org: Organisation) -> None:
    rows = [
        ROW,
        ROW,
        "AC-02,,No title.,dana@example.com,detective,manual,quarterly,soc2:CC6.2\n",
        "AC-03,Title,Text.,not an owner,detective,manual,sometimes,soc2:CC6.2\n",
        "AC-04,Title,Text.,dana@example.com,detective,manual,monthly,soc2:CC99.1;soc9:X\n",
    ]
    refused = await _import(org.manager, HEADER + "".join(rows))
    errors = [(each["pointer"], each["detail"]) for each in problem(refused, 422, "import-refused")["errors"]]
    assert [pointer for pointer, _ in errors] == [
        "/rows/3/code",
        "/rows/4/title",
        "/rows/5/owner",
        "/rows/5/frequency",
        "/rows/6/requirements",
        "/rows/6/requirements",
    ]
    assert "Row 2" in errors[0][1]
    assert "soc2:CC99.1" in errors[4][1]
    assert await _count(org) == 0
    foreseen = ok(await _import(org.manager, HEADER + "".join(rows), dry_run="true"))
    assert [(f"/rows/{each['row']}/{each['column']}", each["detail"]) for each in foreseen["faults"]] == errors
    assert [each["row"] for each in foreseen["rows"]] == [2]


async def test_existing_codes_are_revised_skipped_or_refused_as_asked(org: Organisation) -> None:
    ok(await _import(org.manager, HEADER + ROW))
    other = HEADER + ROW.replace("dana@", "kim@")
    skipped = ok(await _import(org.manager, other, existing="skip"))
    assert (skipped["skipped"], skipped["rows"][0]["outcome"]) == (1, "skipped")
    refused = await _import(org.manager, other, existing="refuse")
    assert problem(refused, 422, "import-refused")["errors"][0]["pointer"] == "/rows/2/code"
    revised = ok(await _import(org.manager, other))
    (row,) = revised["rows"]
    assert (row["outcome"], row["changed"]) == ("revised", ["owner"])
    control = ok(await org.viewer.get(f"/v1/controls/{row['control_id']}"))
    assert (control["owner"], control["version"]) == (await person(org, "kim"), 2)
    # Columns that a file does not have stay as they are.
    without = "code,title,statement,owner,kind,nature,frequency\n" + other.splitlines()[1].rpartition(",")[0] + "\n"
    assert ok(await _import(org.manager, without))["unchanged"] == 1
    ok(await org.manager.post(f"/v1/controls/{row['control_id']}/retirements", json={"reason": "Replaced"}))
    refused = await _import(org.manager, HEADER + ROW)
    assert "retired" in problem(refused, 422, "import-refused")["errors"][0]["detail"]


async def test_another_text_for_a_control_in_operation_is_proposed(org: Organisation) -> None:
    control = await implemented_control(org, "AC-01")
    ok(await _import(org.manager, HEADER + ROW))
    now = ok(await org.viewer.get(f"/v1/controls/{control}"))
    assert (now["status"], now["title"], now["pending_definition"]) == (
        "implemented",
        "Access is reviewed every quarter",
        now["definition"] + 1,
    )


async def test_a_frequency_that_does_not_go_with_the_days_is_a_fault_of_its_row(org: Organisation) -> None:
    ok(await _import(org.manager, HEADER + ROW))
    (control,) = ok(await org.viewer.get("/v1/controls"))["items"]
    days = {"rule": "FREQ=MONTHLY;INTERVAL=3", "starts_on": "2026-01-05"}
    path, tag = f"/v1/controls/{control['id']}", {"If-Match": '"1"'}
    ok(await org.manager.patch(path, json={"recurrence": days}, headers=tag))
    weekly = HEADER + ROW.replace("quarterly", "weekly")
    foreseen = ok(await _import(org.manager, weekly, dry_run="true"))["faults"]
    assert [(each["row"], each["column"]) for each in foreseen] == [(2, "frequency")]
    refused = problem(await _import(org.manager, weekly), 422, "import-refused")
    assert [each["pointer"] for each in refused["errors"]] == ["/rows/2/frequency"]


async def test_the_backup_is_someone_else(org: Organisation) -> None:
    header, row = (
        HEADER.replace("owner", "owner,backup_owner"),
        ROW.replace("dana@example.com", "dana@example.com,Dana@Example.com"),
    )
    for _ in range(2):
        refused = problem(await _import(org.manager, header + row), 422, "import-refused")
        assert [each["pointer"] for each in refused["errors"]] == ["/rows/2/backup_owner"]
        created_first = row.replace("Dana@Example.com", "kim@example.com")
        ok(await _import(org.manager, header + created_first))


async def test_a_spreadsheet_programs_csv_is_read(org: Organisation) -> None:
    content = "\ufeff" + (HEADER + ROW.replace("soc2:CC6.2;soc2:CC6.3", "")).replace(",", ";").replace("\n", "\r\n")
    assert ok(await _import(org.manager, content.replace("code", "Code ") + ";;;;;;;\r\n"))["created"] == 1


async def test_nul_and_huge_cells_are_faults_of_their_rows(org: Organisation) -> None:
    long = HEADER + ROW.replace("Every quarter.", "x" * 20_000)
    assert problem(await _import(org.manager, long), 422, "import-refused")["errors"][0]["pointer"] == (
        "/rows/2/statement"
    )
    nul = await _import(org.manager, HEADER + ROW.replace("Every", "\x00"))
    assert nul.status_code == 422


async def test_another_kind_of_body_and_a_larger_one_are_refused(org: Organisation) -> None:
    problem(await _import(org.manager, "{}", "application/json"), 415, "unsupported-media-type")
    problem(await _import(org.manager, b"x" * (10 * 1024 * 1024 + 1)), 413, "too-large")


async def test_hostile_tables_are_refused_and_the_service_goes_on(org: Organisation) -> None:
    async def send(content: bytes, media_type: str) -> httpx.Response:
        return await _import(org.manager, content, media_type)

    others = asyncio.gather(*(org.viewer.get("/v1/controls") for _ in range(20)))
    await assert_refused(send, HEADER.strip().split(","))
    assert {answer.status_code for answer in await others} == {200}
    assert ok(await _import(org.manager, HEADER + ROW))["created"] == 1


async def test_more_faults_than_are_listed_are_counted(org: Organisation) -> None:
    content = HEADER + ROW.replace("quarterly", "sometimes") * 150
    refused = problem(await _import(org.manager, content), 422, "import-refused")
    assert (len(refused["errors"]), refused["more_errors"]) == (100, 50)
    foreseen = ok(await _import(org.manager, content, dry_run="true"))
    assert (len(foreseen["faults"]), foreseen["more_faults"]) == (100, 50)


async def test_numbers_and_formulas_of_a_workbook_are_what_they_show(org: Organisation) -> None:
    rows: list[list[Any]] = [HEADER.strip().split(","), *[line.split(",") for line in ROW.splitlines()]]
    rows[1][0] = 101
    assert ok(await _import(org.manager, _workbook(rows), XLSX))["rows"][0]["code"] == "101"
    # A formula is not evaluated: it is the value that it was saved with, which this writer leaves at 0.
    rows[1][1] = '=HYPERLINK("https://example.com")'
    (row,) = ok(await _import(org.manager, _workbook(rows), XLSX))["rows"]
    assert ok(await org.viewer.get(f"/v1/controls/{row['control_id']}"))["title"] == "0"


async def test_the_export_is_filtered_as_the_list_is(org: Organisation) -> None:
    ok(await _import(org.manager, EXAMPLE.read_text(encoding="utf-8")))
    query = {"requirement": "soc2:A1.3"}
    listed = ok(await org.viewer.get("/v1/controls", params=query))["items"]
    exported = list(csv.DictReader(io.StringIO((await org.viewer.get("/v1/control-exports", params=query)).text)))
    assert [row["code"] for row in exported] == [each["code"] for each in listed] != []


async def test_a_repeated_import_is_answered_again(org: Organisation) -> None:
    headers = {"Content-Type": CSV, "Idempotency-Key": "import-1"}
    first = await org.manager.post("/v1/control-imports", content=(HEADER + ROW).encode(), headers=headers)
    again = await org.manager.post("/v1/control-imports", content=(HEADER + ROW).encode(), headers=headers)
    assert (again.json(), again.headers["Idempotency-Replayed"]) == (first.json(), "true")
    assert again.json()["created"] == 1


async def test_who_may_not_write_does_not_import(org: Organisation, other_org: Organisation) -> None:
    for stranger in (org.viewer, org.owner, org.monitor):
        problem(await _import(stranger, HEADER + ROW), 403, "forbidden")
    problem(await org.monitor.get("/v1/control-exports"), 403, "forbidden")
    ok(await _import(org.manager, HEADER + ROW))
    # The same code of another organisation is another control.
    assert ok(await _import(other_org.manager, HEADER + ROW))["created"] == 1
    assert (await other_org.viewer.get("/v1/control-exports")).text.count("AC-01") == 1


async def test_a_file_as_large_as_may_be_is_foreseen_and_a_large_one_comes_in(org: Organisation) -> None:
    rows = [ROW.replace("AC-01", f"C-{number}") for number in range(5000)]
    assert ok(await _import(org.manager, HEADER + "".join(rows), dry_run="true"))["created"] == 5000
    # Every service that hears of controls takes each of them in; five thousand would keep the other tests waiting.
    assert ok(await _import(org.manager, HEADER + "".join(rows[:600])))["created"] == 600
    assert len((await org.viewer.get("/v1/control-exports")).text.splitlines()) == 601
