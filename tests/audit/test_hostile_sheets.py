"""Hostile tables at every place where the audit service takes one, and formulas in every table that it hands out."""

import csv
import io
import uuid
from collections.abc import AsyncIterator
from typing import Any

import httpx
import psutil
import pytest

from deploy.firm import Firm
from deploy.local.stack import Stack
from shared.data.sessions import Database
from shared.tables.xlsx_reading import rows_of_workbook
from tests.audit.frames import csv_of
from tests.audit.papered import ATTRIBUTES, Papers, papers_of
from tests.audit.requested import drafted, in_planning
from tests.audit.sampled import Team
from tests.shared.hostile import (
    CSV,
    XLSX,
    assert_refused,
    attacks,
    cells_kept_as_text,
    formula_cell,
    formulas_in,
    long_shared_text,
    memory_within,
)
from tests.shared.workbooks import inline, workbook
from tests.support import Organisation, ok, problem

FORMULAS = ["=1+1", "\uff1d1+1", " =cmd()", "@SUM(1)", "\uff0b1", "-1+1"]
GROWTH = 64  # mebibytes


@pytest.fixture
def audit(stack: Stack) -> psutil.Process:
    """The process of the service."""
    return psutil.Process(stack.processes["audit"].pid)


@pytest.fixture
async def papers(org: Organisation, firm: Firm, database: Database) -> AsyncIterator[Papers]:
    async with papers_of(org, firm, database) as found:
        yield found


async def test_hostile_lists_of_requests_are_refused_and_draft_nothing(
    org: Organisation, database: Database, firm: Firm, audit: psutil.Process
) -> None:
    engagement = await in_planning(org, database, firm)
    async with firm.acting("staff", engagement["id"]) as staff:

        async def send(content: bytes, media_type: str) -> httpx.Response:
            return await staff.post("/v1/request-imports", content=content, headers={"Content-Type": media_type})

        ok(await send(b"code,title,text\n1,A,B\n", CSV))
        async with memory_within(GROWTH, audit):
            await assert_refused(send, ["code", "title", "text"])
            many = b"<sst>" + b"<si><t>ab</t></si>" * 3_500_000 + b"</sst>"
            problem(await send(workbook("", parts={"xl/sharedStrings.xml": many}), XLSX), 422, "limit-exceeded")
        assert [each["code"] for each in ok(await staff.get("/v1/requests"))["items"]] == ["1"]
        saved = formula_cell("HYPERLINK(&quot;https://example.com&quot;)", "Saved")
        book = workbook(f"<row>{inline('title')}{inline('text')}</row><row>{saved}{inline('Text')}</row>")
        assert ok(await send(book, XLSX))["drafted"] == 1
        listed = ok(await staff.get("/v1/requests"))["items"]
        assert [each["title"] for each in listed] == ["A", "Saved"], "what the formula was saved with"
    assert audit.is_running()


async def test_hostile_sheets_of_papers_are_refused_and_test_nothing(papers: Papers, audit: psutil.Process) -> None:
    paper, _ = await papers.sampled(size=2)
    exported = await papers.staff.get(f"/v1/papers/{paper['id']}/sheet")
    names = next(cells for _, cells in rows_of_workbook(exported.content))

    async def send(content: bytes, media_type: str) -> httpx.Response:
        path = f"/v1/papers/{paper['id']}/sheets"
        return await papers.staff.post(path, content=content, headers={"Content-Type": media_type})

    ok(await send(exported.content, XLSX))
    async with memory_within(GROWTH, audit):
        await assert_refused(send, names)
    assert not ok(await papers.staff.get("/v1/item-tests", params={"paper_id": paper["id"]}))["items"]
    assert ok(await send(exported.content, XLSX))["unchanged"] == 2
    assert audit.is_running()


async def test_hostile_populations_are_rejected_and_nothing_of_them_is_frozen(
    team: Team, audit: psutil.Process
) -> None:
    async with memory_within(GROWTH, audit):
        for attack in attacks(unpacked=513):
            population = await team.asked()
            path, headers = f"/v1/populations/{population['id']}", {"Content-Type": attack.media_type}
            content = attack.content(["Ticket", "Closed", "Team"])
            if attack.status != httpx.codes.UNPROCESSABLE_ENTITY:
                problem(
                    await team.staff.post(f"{path}/files", content=content, headers=headers),
                    attack.status,
                    attack.problem,
                )
                continue
            job = await team.given(population, content, headers, key_column="", day_column="")
            assert (job["state"], job["problem"]["type"]) == ("failed", "/problems/unreadable-table"), attack.name
            assert attack.words in job["problem"]["detail"], attack.name
            rejected = ok(await team.staff.get(path))
            assert (rejected["status"], rejected["row_count"]) == ("rejected", None), attack.name
            problem(await team.staff.get(f"{path}/frame"), 404, "not-found")
    assert audit.is_running()


async def test_a_population_that_takes_too_much_to_read_can_be_given_again(team: Team) -> None:
    population = await team.asked()
    path = f"/v1/populations/{population['id']}"
    job = await team.given(population, long_shared_text(["Ticket"], 450), {"Content-Type": XLSX}, day_column="")
    assert (job["state"], job["problem"]["type"]) == ("failed", "/problems/limit-exceeded")
    given_back = ok(await team.staff.get(path))
    assert (given_back["status"], given_back["file_sha256"]) == ("asked", None)
    job = await team.given(population, csv_of([("CHG-1", "2026-01-02", "A")]))
    assert (job["state"], ok(await team.staff.get(path))["status"]) == ("succeeded", "frozen")


async def test_headings_and_cells_with_nul_characters_are_named(team: Team) -> None:
    population = await team.asked()
    rows = "Ticket,Closed,Team\nCHG-1\0,2026-01-02,A\nCHG-1\0,2026-01-03,B\n"
    job = await team.given(population, rows.encode())
    assert (job["state"], job["problem"]["type"]) == ("failed", "/problems/population-faulty")
    assert [each["pointer"] for each in job["problem"]["errors"]] == ["/rows/2", "/rows/3"]


async def test_the_value_of_a_formula_is_what_it_was_saved_with(team: Team) -> None:
    population = await team.asked()
    rows = "".join(
        f"<row>{inline(f'CHG-{number}')}{formula_cell('TODAY()', '2026-01-02')}</row>" for number in range(3)
    )
    book = workbook(f"<row>{inline('Ticket')}{inline('Closed')}</row>{rows}")
    job = await team.given(population, book, {"Content-Type": XLSX})
    assert job["state"] == "succeeded", job["problem"]
    frame = (await team.staff.get(f"/v1/populations/{population['id']}/frame")).text
    assert [row["Closed"] for row in csv.DictReader(io.StringIO(frame))] == ["2026-01-02"] * 3


def assert_text(cells: list[str], given: list[str]) -> None:
    """The cells of a CSV are these, and no spreadsheet program takes one for a formula."""
    assert cells == [f"'{text}" for text in given]


async def test_nothing_in_a_list_of_requests_that_goes_out_runs(
    org: Organisation, database: Database, firm: Firm
) -> None:
    engagement = await in_planning(org, database, firm)
    async with firm.acting("staff", engagement["id"]) as staff:
        for number, text in enumerate(FORMULAS):
            await drafted(staff, code=f"X-{number}", text=text)
        out = await staff.get("/v1/request-exports")
        given = [each["text"] for each in ok(await staff.get("/v1/requests"))["items"]]
        assert_text([row["text"] for row in csv.DictReader(io.StringIO(out.text))], given)
        book = (await staff.get("/v1/request-exports", params={"format": "xlsx"})).content
        assert formulas_in(book) == 0
        assert cells_kept_as_text(book) == len(FORMULAS)


async def test_nothing_in_a_population_and_the_sheet_of_a_paper_that_goes_out_runs(papers: Papers) -> None:
    team = papers.team
    rows = [(f"{text} {uuid.uuid4()}", "2026-01-02", text) for text in FORMULAS]
    population = await team.reliable(rows, description="=1+1")
    frame = list(csv.DictReader(io.StringIO((await team.staff.get(f"/v1/populations/{population['id']}/frame")).text)))
    assert_text([row["key"] for row in frame], [key for key, _, _ in rows])
    assert_text([row["Team"] for row in frame], FORMULAS)
    sample = await team.released(population, size=len(rows), attributes=ATTRIBUTES)
    paper = await papers.planned()
    extent: dict[str, Any] = {"kind": "sample", "sample_id": sample["id"]}
    await papers.revised(paper, extent=extent)
    book = (await papers.staff.get(f"/v1/papers/{paper['id']}/sheet")).content
    assert formulas_in(book) == 0
    assert cells_kept_as_text(book) == len(rows), "the keys"
    _, *items = [cells for _, cells in rows_of_workbook(book)]
    assert {cells[6] for cells in items} == {key for key, _, _ in rows}
