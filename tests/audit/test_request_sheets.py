"""Lists of requests as tables: out to both parties, and in as drafts of the firm."""

import asyncio
import csv
import io
from collections.abc import Sequence
from typing import Any

import httpx

from deploy.firm import Firm
from shared.data.sessions import Database
from tests.audit.given import day
from tests.audit.requested import DRAFT, answered, drafted, in_planning, released
from tests.support import Organisation, ok, problem

CSV = {"Content-Type": "text/csv"}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHEET = f"""PBC list of Example Cloud,,,
PBC #,Request,Description,Due date,Remarks
1.1,Organisation chart,"The chart as of the period's end.",{day(9)},
,Access reviews,All reviews of the period.,,urgent
""".encode()


async def imported(staff: httpx.AsyncClient, content: bytes, **query: Any) -> httpx.Response:
    return await staff.post("/v1/request-imports", content=content, headers=CSV, params=query)


def rows_of(answer: httpx.Response) -> list[dict[str, str]]:
    assert answer.status_code == httpx.codes.OK, answer.text
    return list(csv.DictReader(io.StringIO(answer.text)))


async def test_a_list_comes_in_as_people_have_it(org: Organisation, database: Database, firm: Firm) -> None:
    engagement = await in_planning(org, database, firm)
    async with firm.acting("staff", engagement["id"]) as staff:
        tried = ok(await imported(staff, SHEET, dry_run=True))
        assert (tried["drafted"], tried["rows"][0]["code"], tried["rows"][0]["request_id"]) == (2, "1.1", None)
        assert [each["column"] for each in tried["headings"]] == ["code", "title", "text", "due_on", None]
        assert ok(await staff.get("/v1/requests"))["items"] == []
        done = ok(await imported(staff, SHEET))
        assert [(each["code"], each["outcome"]) for each in done["rows"]] == [("1.1", "drafted"), ("R-001", "drafted")]
        drafts = ok(await staff.get("/v1/requests", params={"origin": "sheet"}))["items"]
        assert [(each["code"], each["due_on"]) for each in drafts] == [("1.1", day(9)), ("R-001", None)]
        numbered = SHEET.replace(b",Access reviews", b"R-001,Access reviews")
        again = ok(await imported(staff, numbered))
        assert [each["outcome"] for each in again["rows"]] == ["unchanged", "unchanged"], "they need no version"
        changed = numbered.replace(b"All reviews", b"Both reviews").replace(b"Remarks", b"Remarks,Version")
        revised = ok(await imported(staff, changed.replace(b"urgent", b"urgent,1")))
        assert [each["outcome"] for each in revised["rows"]] == ["unchanged", "revised"]
        found = ok(await staff.get("/v1/requests", params={"code": "R-001"}))["items"]
        assert (found[0]["text"], found[0]["version"]) == ("Both reviews of the period.", 2)
        remarks = ok(await imported(staff, changed.replace(b"urgent", b"urgent,2"), columns="Remarks:example"))
        assert remarks["revised"] == 1
    for other in (org.manager, firm.admin):
        problem(await imported(other, SHEET), 403, "forbidden")


async def test_one_fault_refuses_the_whole_list(org: Organisation, database: Database, firm: Firm) -> None:
    engagement = await in_planning(org, database, firm)
    async with firm.acting("staff", engagement["id"]) as staff:
        await released(staff, code="X-1")
        wrong = f"code,title,text,due_on\nX-1,A,B,\nX-2,,B,03/04/2027\nX-3,A,B,{day(3)}\nX-3,A,B,\n".encode()
        answer = problem(await imported(staff, wrong), 422, "sheet-refused")
        pointers = [each["pointer"] for each in answer["errors"]]
        assert pointers == ["/rows/2/code", "/rows/3/title", "/rows/3/due_on", "/rows/5/code"]
        tried = ok(await imported(staff, wrong, dry_run=True))
        assert (tried["drafted"], len(tried["faults"]), tried["more_faults"]) == (1, 4, 0)
        assert [each["code"] for each in ok(await staff.get("/v1/requests"))["items"]] == ["X-1"]
        problem(await imported(staff, b"code,due_on\n1,2"), 422, "unreadable-table")
        plain = await staff.post("/v1/request-imports", content=b"x", headers={"Content-Type": "text/plain"})
        problem(plain, 415, "unsupported-media-type")
        problem(await imported(staff, b"x" * (11 * 1024 * 1024)), 413, "too-large")


def revising(rows: Sequence[tuple[str, str, str]]) -> bytes:
    """A sheet with these codes, texts and versions."""
    lines = [f"{code},List of all user accounts,{text},{version}" for code, text, version in rows]
    return "\n".join(["code,title,text,version", *lines]).encode()


async def test_a_stale_sheet_overwrites_nothing(org: Organisation, database: Database, firm: Firm) -> None:
    engagement = await in_planning(org, database, firm)
    async with firm.acting("staff", engagement["id"]) as staff:
        draft = await drafted(staff, code="X-1")
        await drafted(staff, code="X-2")
        (row, _) = rows_of(await staff.get("/v1/request-exports"))
        assert (row["code"], row["version"]) == ("X-1", "1")
        headers = {"If-Match": f'"{draft["version"]}"'}
        ok(await staff.patch(f"/v1/requests/{draft['id']}", json={"text": "Meanwhile."}, headers=headers))
        stale = revising([("X-1", "Offline.", "1"), ("X-2", "Offline.", "1"), ("X-3", "New.", "")])
        refused = problem(await imported(staff, stale), 422, "sheet-refused")
        (fault,) = refused["errors"]
        assert fault["pointer"] == "/rows/2/version"
        assert "at version 2 now" in fault["detail"]
        tried = ok(await imported(staff, stale, dry_run=True))
        assert (tried["drafted"], tried["revised"], tried["faults"][0]["row"]) == (1, 1, 2)
        kept = ok(await staff.get("/v1/requests"))["items"]
        assert [(each["code"], each["text"], each["version"]) for each in kept] == [
            ("X-1", "Meanwhile.", 2),
            ("X-2", DRAFT["text"], 1),
        ]
        exported = (await staff.get("/v1/request-exports")).text
        done = ok(await imported(staff, exported.replace("Meanwhile.", "Offline.").encode()))
        assert (done["revised"], done["unchanged"]) == (1, 1)


async def test_a_row_that_revises_says_the_version_of_what_is_there(
    org: Organisation, database: Database, firm: Firm
) -> None:
    engagement = await in_planning(org, database, firm)
    async with firm.acting("staff", engagement["id"]) as staff:
        await drafted(staff, code="X-1")
        for row, words in (
            (("X-1", "Changed.", ""), "does not say at which version"),
            (("X-1", "Changed.", "2"), "at version 1 now"),
            (("X-1", str(DRAFT["text"]).replace(",", ""), "0"), "no version"),
            (("X-1", "Changed.", "one"), "no version"),
            (("X-9", "Changed.", "1"), "No request of this engagement"),
            (("", "Changed.", "1"), "No request of this engagement"),
        ):
            (fault,) = problem(await imported(staff, revising([row])), 422, "sheet-refused")["errors"]
            assert fault["pointer"] == "/rows/2/version", row
            assert words in fault["detail"]
        kept = ok(await staff.get("/v1/requests"))["items"]
        assert [(each["code"], each["version"]) for each in kept] == [("X-1", 1)]


async def test_of_two_sheets_at_once_the_second_is_stale(org: Organisation, database: Database, firm: Firm) -> None:
    engagement = await in_planning(org, database, firm)
    async with firm.acting("staff", engagement["id"]) as staff:
        await drafted(staff, code="X-1")
        sheets = [revising([("X-1", text, "1")]) for text in ("One.", "Two.")]
        answers = await asyncio.gather(*(imported(staff, sheet) for sheet in sheets))
        assert sorted(answer.status_code for answer in answers) == [200, 422]
        (kept,) = ok(await staff.get("/v1/requests"))["items"]
        taken = next(place for place, answer in enumerate(answers) if answer.status_code == 200)
        assert (kept["text"], kept["version"]) == (("One.", "Two.")[taken], 2)


async def test_each_party_takes_out_what_it_sees(org: Organisation, database: Database, firm: Firm) -> None:
    engagement = await in_planning(org, database, firm)
    async with firm.acting("staff", engagement["id"]) as staff:
        await drafted(staff, title="=cmd()")
        request = await released(staff, code="X-1")
        await answered(org, request)
        own = rows_of(await staff.get("/v1/request-exports"))
        assert [(row["code"], row["status"]) for row in own] == [("R-001", "draft"), ("X-1", "submitted")]
        assert own[0]["title"] == "'=cmd()"
        theirs = rows_of(await org.viewer.get("/v1/request-exports", params={"engagement_id": engagement["id"]}))
        assert [(row["code"], row["answers"], row["overdue"]) for row in theirs] == [("X-1", "1", "no")]
        assert rows_of(await org.viewer.get("/v1/request-exports", params={"status": "open"})) == []
        book = await org.viewer.get("/v1/request-exports", params={"format": "xlsx"})
        assert book.headers["content-type"] == XLSX
        assert book.content.startswith(b"PK")
        back = await staff.get("/v1/request-exports", params={"status": "draft"})
        assert ok(await imported(staff, back.content))["unchanged"] == 1
