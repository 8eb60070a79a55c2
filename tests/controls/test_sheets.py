"""Controls from the sheets that people have: their headings, words, references and names."""

import csv
import io
import uuid
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.controls.frameworks.requirements.rules import Asked, RequirementIndex, Unresolved
from services.controls.transfers.control_sheets.rules import COLUMNS, SHAPE, WORDS, frequency_of
from shared.tables.wording import plain
from tests.controls.given import programme
from tests.support import Organisation, created, eventually, ok, person, problem

SHEET = Path(__file__).parents[2] / "docs" / "examples" / "controls-as-people-have-them.csv"
_HEADINGS = ["Type", "Ref", "Control name", "Control Description", "Owner", "Manual or automated", "FREQUENCY", "TSC"]
_ROW = ["Prevent", "AC-01", "Access", "Is reviewed.", "dana@example.com", "Yes", "As needed", "CC6.2"]


def _table(*rows: list[str], headings: list[str] = _HEADINGS) -> str:
    out = io.StringIO()
    csv.writer(out).writerows([headings, *rows])
    return out.getvalue()


def _with(**cells: str) -> list[str]:
    places = {"kind": 0, "code": 1, "owner": 4, "frequency": 6, "requirements": 7}
    changed = {places[name]: cell for name, cell in cells.items()}
    return [changed.get(place, cell) for place, cell in enumerate(_ROW)]


async def _import(org: Organisation, content: str | bytes, **query: Any) -> httpx.Response:
    body = content if isinstance(content, bytes) else content.encode()
    headers = {"Content-Type": "text/csv"}
    return await org.manager.post("/v1/control-imports", content=body, headers=headers, params=query)


async def _control(org: Organisation, answer: dict[str, Any], row: int = 0) -> dict[str, Any]:
    return ok(await org.viewer.get(f"/v1/controls/{answer['rows'][row]['control_id']}"))


async def test_a_sheet_that_people_have_comes_in_without_a_fault(org: Organisation) -> None:
    await programme(org, categories=["security", "availability"])
    foreseen = ok(await _import(org, SHEET.read_bytes(), dry_run="true"))
    assert (foreseen["created"], foreseen["faults"], foreseen["fault_groups"]) == (40, [], [])
    imported = ok(await _import(org, SHEET.read_bytes()))
    assert imported["created"] == 40
    taken = {heading["heading"]: heading["column"] for heading in imported["headings"]}
    assert (taken["Control #"], taken["How often?"], taken["ISO 27001"]) == ("code", "frequency", "requirements")
    assert {heading for heading, column in taken.items() if column is None} == {"Domain", "Last reviewed", "Notes"}
    first = imported["rows"][0]
    assert (first["row"], first["code"]) == (4, "CTL-001")
    fourth = await _control(org, imported, 3)
    assert (fourth["kind"], fourth["nature"], fourth["frequency"]) == ("preventive", "hybrid", "annual")
    assert (fourth["requirements"], fourth["owner"]) == (["soc2:CC1.4", "soc2:CC2.2"], await person(org, "dana"))
    twice_a_year = await _control(org, imported, 8)
    assert (twice_a_year["frequency"], twice_a_year["recurrence"]["rule"]) == (
        "annual",
        "FREQ=YEARLY;BYMONTH=6,12;BYMONTHDAY=-1",
    )
    exported = await org.viewer.get("/v1/control-exports")
    again = ok(await _import(org, exported.content))
    assert (again["unchanged"], again["created"], again["revised"]) == (40, 0, 0)


async def test_headings_in_any_order_case_and_words_are_understood(org: Organisation) -> None:
    imported = ok(await _import(org, _table(_ROW)))
    assert [(each["column"], each["source"]) for each in imported["headings"]] == [
        (column, "words")
        for column in ("kind", "code", "title", "statement", "owner", "nature", "frequency", "requirements")
    ]
    control = await _control(org, imported)
    assert (control["code"], control["kind"], control["nature"], control["frequency"], control["requirements"]) == (
        "AC-01",
        "preventive",
        "automated",
        "ad_hoc",
        ["soc2:CC6.2"],
    )


async def test_two_headings_of_one_column_are_refused_until_the_request_says_which(org: Organisation) -> None:
    sheet = _table([*_ROW, "AC-02"], headings=[*_HEADINGS, "Our number"])
    assert ok(await _import(org, sheet, dry_run="true"))["headings"][-1] == {
        "heading": "Our number",
        "column": None,
        "source": None,
    }
    twice = problem(await _import(org, sheet, columns=["our number:code"]), 422, "unreadable-table")
    assert [each["pointer"] for each in twice["errors"]] == ["/rows/1/code"]
    chosen = ok(await _import(org, sheet, columns=["our number:code", "Ref:"]))
    assert chosen["rows"][0]["code"] == "AC-02"
    assert chosen["headings"][1] == {"heading": "Ref", "column": None, "source": "request"}


async def test_what_an_accepted_import_said_of_headings_is_kept_for_the_next(
    org: Organisation, other_org: Organisation
) -> None:
    headings = ["Our number" if text == "Ref" else text for text in _HEADINGS]
    sheet = _table(_ROW, headings=headings)
    foreseen = ok(await _import(org, sheet, columns=["Our number:code"], dry_run="true"))
    assert foreseen["headings"][1]["source"] == "request"
    problem(await _import(org, sheet), 422, "unreadable-table")
    assert ok(await _import(org, sheet, columns=["Our number:code"]))["created"] == 1
    # The next file has the same headings in another order.
    other = _table(_with(code="AC-02")[::-1], headings=headings[::-1])
    imported = ok(await _import(org, other))
    assert (imported["created"], imported["headings"][-2]) == (
        1,
        {"heading": "Our number", "column": "code", "source": "kept"},
    )
    problem(await _import(other_org, sheet), 422, "unreadable-table")
    problem(await _import(org, _table([*_ROW, "x"], headings=[*headings, "More"])), 422, "unreadable-table")


async def test_a_mapping_of_what_is_not_there_is_refused(org: Organisation) -> None:
    refused = problem(await _import(org, _table(_ROW), columns=["Nothing:code", "Ref:colour"]), 422, "unreadable-table")
    assert [each["pointer"] for each in refused["errors"]] == ["query/columns", "query/columns", "/rows/1/code"]
    malformed = problem(await _import(org, _table(_ROW), columns=["no colon"]), 422, "invalid")
    assert [each["pointer"] for each in malformed["errors"]] == ["query/columns/0"]


async def test_faults_that_say_the_same_are_grouped(org: Organisation) -> None:
    rows = [_with(code=f"AC-{number}", frequency="On demnd") for number in range(33)]
    rows += [_with(code="AC-90", requirements="CC6.22"), _with(code="AC-91", kind="Blue")]
    refused = problem(await _import(org, _table(*rows)), 422, "import-refused")
    groups = {(each["column"], each["value"]): each for each in refused["error_groups"]}
    worst = refused["error_groups"][0]
    assert (worst["column"], worst["value"], worst["count"], worst["rows"][:2]) == ("frequency", "On demnd", 33, [2, 3])
    assert worst["detail"] == "'On demnd' is no frequency; did you mean ad_hoc?"
    assert "33 rows, frequency: 'On demnd' is no frequency; did you mean ad_hoc?" in refused["detail"]
    assert groups["requirements", "CC6.22"]["detail"] == "No framework asks for CC6.22; did you mean soc2:CC6.2?"
    assert groups["kind", "Blue"]["detail"].endswith("it is one of preventive, detective, corrective.")
    assert len(refused["errors"]) == 35
    foreseen = ok(await _import(org, _table(*rows), dry_run="true"))
    assert foreseen["fault_groups"] == refused["error_groups"]


async def test_owners_are_named_by_address_or_by_a_name_that_one_has(org: Organisation) -> None:
    named = ["Dana Duarte <Dana@Example.com>", "dana", " KIM ", (await person(org, "kim"))["id"]]
    rows = [_with(code=f"AC-{number}", owner=owner) for number, owner in enumerate(named)]
    imported = ok(await _import(org, _table(*rows)))
    owners = [(await _control(org, imported, row))["owner"]["name"] for row in range(4)]
    assert owners == ["Dana", "Dana", "Kim", "Kim"]
    created(await org.admin.post("/v1/people", json={"name": "Dana", "emails": ["dana.other@example.com"]}))
    strangers = _table(_with(code="B-1", owner="dana"), _with(code="B-2", owner="Nobody Here"))

    async def refused() -> list[str] | None:
        found = problem(await _import(org, strangers), 422, "import-refused")["errors"]
        details = [each["detail"].partition(":")[0] for each in found]
        return details if len(details) == 2 else None  # news of the second Dana is on its way

    assert await eventually(refused) == [
        "2 active people are called 'dana'",
        "No active person is called 'Nobody Here'",
    ]


async def test_days_come_and_go_as_columns(org: Organisation) -> None:
    headings = [*_HEADINGS, "RRULE", "Start date", "Time zone", "Grace days"]
    monday = [*_with(frequency="Monthly"), "RRULE:FREQ=MONTHLY;BYDAY=MO;BYSETPOS=1", "2026-01-05", "Europe/Berlin", "3"]
    imported = ok(await _import(org, _table(monday, headings=headings)))
    recurrence = (await _control(org, imported))["recurrence"]
    assert recurrence == {
        "rule": "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=1",
        "starts_on": "2026-01-05",
        "time_zone": "Europe/Berlin",
        "tolerance_days": 3,
    }
    exported = (await org.viewer.get("/v1/control-exports")).content
    assert ok(await _import(org, exported))["unchanged"] == 1
    assert ok(await _import(org, _table(_with(frequency="Monthly"))))["unchanged"] == 1
    wrong = [[*monday[:8], "FREQ=WEEKLY;BYDAY=MO", "2026-01-05", "", ""], [*monday[:8], "FREQ=MONTHLY", "", "Mars", ""]]
    wrong[1][1] = "AC-02"
    refused = problem(await _import(org, _table(*wrong, headings=headings)), 422, "import-refused")
    assert [each["pointer"] for each in refused["errors"]] == ["/rows/2/recurrence", "/rows/3/time_zone"]


def test_a_reference_that_two_frameworks_have_is_resolved_by_the_programme() -> None:
    own = f"own-{uuid.uuid4().hex[:8]}"
    asked = [
        Asked("soc2", "SOC 2 Trust Services Criteria", "CC6.2", aimed=False),
        Asked(own, "Own", "CC6.2", aimed=False),
    ]
    assert isinstance(RequirementIndex(asked).resolve("CC6.2"), Unresolved)
    aimed = [asked[0], Asked(own, "Own", "CC6.2", aimed=True)]
    assert RequirementIndex(aimed).resolve("cc 6.2") == f"{own}:CC6.2"
    assert RequirementIndex(aimed).resolve("SOC 2: CC6.2") == "soc2:CC6.2"


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("A.5.18", "iso27001:A.5.18"),
        ("ISO/IEC 27001:2022 A5.18", "iso27001:A.5.18"),
        ("Annex A 5.18", "iso27001:A.5.18"),
        ("AC-02(01)", "sp800-53:AC-2(1)"),
        ("NIST SP 800-53 ac-2(1)", "sp800-53:AC-2(1)"),
        ("iso27001:A.5.18", "iso27001:A.5.18"),
    ],
)
def test_references_are_understood_with_and_without_framework(text: str, meant: str) -> None:
    titles = {"iso27001": "ISO/IEC 27001 information security management", "sp800-53": "NIST SP 800-53"}
    asked = [("iso27001", "A.5.18"), ("iso27001", "5.1"), ("sp800-53", "AC-2"), ("sp800-53", "AC-2(1)")]
    index = RequirementIndex(Asked(code, titles[code], ref, aimed=False) for code, ref in asked)
    assert index.resolve(text) == meant


@pytest.mark.parametrize(
    ("text", "frequency"),
    [
        ("ON DEMAND", "ad_hoc"),
        ("ad-hoc", "ad_hoc"),
        ("q", "quarterly"),
        ("Semi-Annually", "annual"),
        ("yearly", "annual"),
    ],
)
def test_frequencies_are_understood(text: str, frequency: str) -> None:
    meant = frequency_of(text)
    assert meant is not None
    assert meant[0] == frequency


def test_no_heading_means_two_columns_and_no_word_of_a_column_is_lost() -> None:
    headings = [(plain(text), column.name) for column in SHAPE.columns for text in (column.name, *column.synonyms)]
    assert {text: {name for other, name in headings if other == text} for text, _ in headings} == {
        text: {name} for text, name in headings
    }
    assert [SHAPE.headings[plain(name)] for name in COLUMNS] == list(COLUMNS)
    assert WORDS["nature"].meaning("YES") == "automated"
