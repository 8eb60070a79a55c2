"""Papers as sheets: out for work offline, and in again as what nobody has signed."""

import asyncio
import csv
import io
import uuid
from collections.abc import AsyncIterator, Sequence

import httpx
import pytest

from deploy.firm import Firm
from shared.data.sessions import Database
from shared.tables.xlsx_reading import rows_of_workbook
from tests.audit.papered import Papers, papers_of
from tests.audit.sampled import CSV
from tests.support import Organisation, ok, problem

Rows = list[list[str]]


@pytest.fixture
async def papers(org: Organisation, firm: Firm, database: Database) -> AsyncIterator[Papers]:
    async with papers_of(org, firm, database) as found:
        yield found


async def exported(papers: Papers, paper: str) -> tuple[list[str], Rows]:
    """The headings and the rows of the sheet of a paper."""
    answer = await papers.staff.get(f"/v1/papers/{paper}/sheet")
    assert answer.status_code == 200, answer.text
    headings, *rows = [cells for _, cells in rows_of_workbook(answer.content)]
    return headings, [row + [""] * (len(headings) - len(row)) for row in rows]


async def imported(papers: Papers, paper: str, rows: Sequence[Sequence[str]], **query: str) -> httpx.Response:
    """The answer to taking these rows in, the headings among them."""
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    path = f"/v1/papers/{paper}/sheets"
    return await papers.staff.post(path, content=out.getvalue().encode(), params=query, headers=CSV)


def filled(headings: list[str], row: list[str], **said: str) -> list[str]:
    """A row with these cells; underscores stand for blanks."""
    cells = dict(zip(headings, row, strict=True)) | {name.replace("_", " "): text for name, text in said.items()}
    return list(cells.values())


async def test_a_sheet_comes_back_as_tests_that_nobody_has_signed(papers: Papers) -> None:
    paper, items = await papers.sampled(size=3)
    headings, rows = await exported(papers, paper["id"])
    assert [row[headings.index("item")] for row in rows] == [item["id"] for item in items]
    done = {"outcome": "passed", "A_result": "meets", "A_marks": "✓", "B_result": "meets", "evidence": "E1"}
    late = done | {"outcome": "deviation", "A_result": "deviates", "reason": "=Late"}
    sheet = [headings, filled(headings, rows[0], **done), filled(headings, rows[1], **late), rows[2]]
    foreseen = ok(await imported(papers, paper["id"], sheet, dry_run="true"))
    assert (foreseen["tested"], foreseen["unchanged"], foreseen["dry_run"]) == (2, 1, True)
    assert not ok(await papers.staff.get("/v1/item-tests", params={"paper_id": paper["id"]}))["items"]
    taken = ok(await imported(papers, paper["id"], sheet))
    assert (taken["tested"], taken["unchanged"]) == (2, 1)
    tests = ok(await papers.staff.get("/v1/item-tests", params={"paper_id": paper["id"]}))["items"]
    assert [(test["outcome"], test["reason"]) for test in tests] == [("passed", None), ("deviation", "=Late")]
    seen = ok(await papers.staff.get(f"/v1/papers/{paper['id']}"))
    assert (seen["status"], seen["signatures"]) == ("in_progress", [])
    problem(await imported(papers, paper["id"], sheet), 422, "paper-sheet-refused")
    headings, rows = await exported(papers, paper["id"])
    again = ok(await imported(papers, paper["id"], [headings, *rows]))
    assert (again["tested"], again["unchanged"]) == (0, 3), "what went out comes in unchanged"


async def test_every_fault_of_a_sheet_is_named_and_nothing_of_it_taken_in(papers: Papers) -> None:
    paper, _ = await papers.sampled(size=2)
    headings, rows = await exported(papers, paper["id"])
    for name, wrong in (("engagement", str(uuid.uuid4())), ("version", "1"), ("item", str(uuid.uuid4()))):
        sheet = [headings, filled(headings, rows[0], **{name: wrong}), rows[1]]
        refused = problem(await imported(papers, paper["id"], sheet), 422, "paper-sheet-refused")
        assert [each["pointer"] for each in refused["errors"]] == [f"/rows/2/{name}"]
    refused = problem(await imported(papers, paper["id"], [headings, rows[0], rows[0]]), 422, "paper-sheet-refused")
    assert refused["errors"][0]["detail"] == "occurs twice"
    unknown = filled(headings, rows[0], outcome="fine")
    half = filled(headings, rows[1], outcome="passed", A_result="meets")
    answer = await imported(papers, paper["id"], [headings, unknown, half], dry_run="true")
    refused = problem(answer, 422, "paper-sheet-refused")
    assert [each["pointer"] for each in refused["errors"]] == ["/rows/2/outcome", "/rows/3/attributes"]
    problem(await imported(papers, paper["id"], [["engagement"], ["x"]]), 422, "unreadable-table")


async def test_of_two_sheets_at_once_the_second_is_stale(papers: Papers) -> None:
    paper, _ = await papers.sampled(size=3)
    headings, rows = await exported(papers, paper["id"])
    done = {"outcome": "passed", "A_result": "meets", "B_result": "meets", "evidence": "E1"}
    sheets = [[headings, *(filled(headings, row, note=note, **done) for row in rows)] for note in ("one", "two")]
    answers = await asyncio.gather(*(imported(papers, paper["id"], sheet) for sheet in sheets))
    assert sorted(answer.status_code for answer in answers) == [200, 422]
    tests = ok(await papers.staff.get("/v1/item-tests", params={"paper_id": paper["id"]}))["items"]
    assert len({test["note"] for test in tests}) == 1


async def test_only_a_paper_with_a_sample_has_a_sheet(papers: Papers) -> None:
    paper = await papers.planned()
    problem(await papers.staff.get(f"/v1/papers/{paper['id']}/sheet"), 409, "no-sample")
    problem(await imported(papers, paper["id"], [["item"], ["x"]]), 409, "no-sample")
    missing = str(uuid.uuid4())
    problem(await papers.staff.get(f"/v1/papers/{missing}/sheet"), 404, "not-found")
    problem(await imported(papers, missing, [["item"], ["x"]]), 404, "not-found")
    path = f"/v1/papers/{paper['id']}/sheets"
    answer = await papers.staff.post(path, content=b"x", headers={"Content-Type": "text/plain"})
    problem(answer, 415, "unsupported-media-type")
    sampled, _ = await papers.sampled()
    big = await papers.staff.post(f"/v1/papers/{sampled['id']}/sheets", content=b"x" * 10_500_000, headers=CSV)
    problem(big, 413, "too-large")
