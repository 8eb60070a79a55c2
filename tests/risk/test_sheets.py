"""The register in and out: as people have it, back unchanged, all rows or none."""

import csv
import io
from typing import Any

import pytest

from shared.events.catalogue.controls import HealthState
from tests.risk.conftest import Controls
from tests.risk.given import DRAFT, answer, heard, history, identified, read
from tests.support import Organisation, eventually, ok, person, problem

IMPORTS, EXPORTS = "/v1/risk-imports", "/v1/risk-exports"
HEADINGS = "Risk ID,Risk title,Threat,Risk description,Consequences,C/I/A,Risk type,Risk owner,Probability,Severity"
ROW = (
    'R-10,Leavers keep access,A former employee,signs in,and copies data.,"C, I",Information Security,'
    "riley@example.com,4 - High,Moderate"
)


def _sheet(*rows: str, headings: str = HEADINGS) -> bytes:
    return "\n".join([headings, *rows]).encode()


async def _bring_in(org: Organisation, sheet: bytes, **query: Any) -> Any:
    return await org.risk.post(IMPORTS, params=query, content=sheet, headers={"Content-Type": "text/csv"})


async def _exported(org: Organisation, **query: Any) -> list[dict[str, str]]:
    answer = await org.viewer.get(EXPORTS, params=query)
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.text)))


async def test_a_register_comes_in_as_people_have_it(org: Organisation, control: Controls) -> None:
    review = control()
    witness = await identified(org, controls=[answer(review.id)])
    await review.is_(HealthState.HEALTHY)
    await heard(org, witness, 0, health="healthy")
    sheet = _sheet(
        f'{ROW},"AC-01 likelihood 2; AC-01:impact",Reduce', headings=f"{HEADINGS},Existing controls,Response"
    )
    trial = ok(await _bring_in(org, sheet, dry_run=True))
    assert (trial["identified"], trial["faults"], trial["rows"][0]["risk_id"]) == (1, [], None)
    assert len(ok(await org.viewer.get("/v1/risks"))["items"]) == 1

    done = ok(await _bring_in(org, sheet))
    assert (done["dry_run"], done["identified"]) == (False, 1)
    risk = await read(org, done["rows"][0]["risk_id"])
    assert (risk["code"], risk["category"], risk["affects"]) == (
        "R-10",
        "information-security",
        ["confidentiality", "integrity"],
    )
    assert risk["owner"] == await person(org, "riley")
    assert (risk["inherent"]["likelihood"], risk["inherent"]["impact"]) == (4, 3)
    assert risk["current"] == {"likelihood": 2, "impact": 2, "level": "low"}
    assert [each["code"] for each in risk["controls"]] == ["AC-01", "AC-01"]
    (first,) = await history(org, risk["id"])
    assert first["reason"] == "The risk was identified. It came from a table."
    listed = ok(await org.viewer.get("/v1/risks", params={"control_id": review.id}))["items"]
    assert [each["code"] for each in listed] == ["R-01", "R-10"]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
async def test_what_goes_out_comes_back_in_unchanged(org: Organisation, control: Controls, kind: str) -> None:
    review = control()
    risk = await identified(
        org,
        controls=[answer(review.id)],
        affects=["availability"],
        target={"likelihood": 2, "impact": 2},
        scenario=DRAFT["scenario"] | {"source": "=1+1"},
    )
    await review.is_(HealthState.AT_RISK)
    await heard(org, risk, 0, health="at_risk")
    before = await read(org, risk)
    out = await org.viewer.get(EXPORTS, params={"format": kind})
    headers = {"Content-Type": out.headers["Content-Type"]}
    back = ok(await org.risk.post(IMPORTS, content=out.content, headers=headers))
    assert (back["unchanged"], back["revised"], back["identified"]) == (1, 0, 0)
    assert await read(org, risk) == before
    (row,) = await _exported(org)
    assert (row["current_level"], row["standing"], row["status"]) == ("low", "within_appetite", "proposed")
    assert "lowers likelihood from 5 to 1" in row["why"]
    assert await _exported(org, category="people") == []


async def test_a_row_revises_the_risk_that_has_its_code(org: Organisation) -> None:
    risk = await identified(org, target={"likelihood": 2, "impact": 2})
    (row,) = await _exported(org)
    row |= {
        "title": "Leavers",
        "likelihood": "Low",
        "target_impact": "1",
        "owner": "lee@example.com",
        "reason": "Less.",
    }
    row["consequence"] = "and sells customer records."
    sheet = io.StringIO()
    writer = csv.DictWriter(sheet, row)
    writer.writeheader()
    writer.writerow(row)
    told = ok(await _bring_in(org, sheet.getvalue().encode()))
    assert told["rows"][0]["changed"] == ["consequence", "likelihood", "owner", "target_impact", "title"]
    now = await read(org, risk)
    assert (now["title"], now["owner"], now["inherent"]["likelihood"]) == ("Leavers", await person(org, "lee"), 2)
    assert (now["target"]["impact"], now["scenario"]["source"]) == (1, DRAFT["scenario"]["source"])
    assert (await history(org, risk))[-1]["reason"] == "The risk was revised. Less."


async def test_every_fault_of_every_row_is_named_and_nothing_is_imported(org: Organisation) -> None:
    closed = await identified(org)
    ok(await org.risk.post(f"/v1/risks/{closed}/closures", json={"reason": "avoided", "note": "Sold."}))
    headings = f"{HEADINGS},Controls,Treatment,Target likelihood,Target impact"
    sheet = _sheet(
        "R-20,A,,happens,,X,Ops,nobody@example.com,Often,9,AC-77 likelihood 2,Accept,,",
        "R-21,B,,happens,,,Ops,riley@example.com,2,2,what is this?,,5,1",
        "R-21,C,,happens,,,Ops,Somebody Else,2,2,,,1,",
        "R-01,D,,happens,,,Ops,riley@example.com,2,2,,,,",
        headings=headings,
    )
    trial = ok(await _bring_in(org, sheet, dry_run=True))
    found = {(fault["row"], fault["column"]) for fault in trial["faults"]}
    assert found >= {
        *((2, name) for name in ("affects", "likelihood", "impact", "controls")),
        *((3, name) for name in ("controls",)),
        (4, "owner"),
        (4, "target_impact"),
        (5, "code"),
    }
    refused = problem(await _bring_in(org, sheet), 422, "risk-import-refused")
    assert refused["error_groups"]
    assert len(ok(await org.viewer.get("/v1/risks"))["items"]) == 1
    unknown = _sheet(ROW.replace("riley", "nobody"))
    (fault,) = ok(await _bring_in(org, unknown, dry_run=True))["faults"]
    assert (fault["column"], fault["row"]) == ("owner", 2)


async def test_a_heading_of_ones_own_is_told(org: Organisation) -> None:
    sheet = _sheet(ROW, headings=HEADINGS.replace("Severity", "How bad"))
    problem(await _bring_in(org, sheet), 422, "unreadable-table")
    assert ok(await _bring_in(org, sheet, columns="How bad:impact"))["identified"] == 1


async def test_what_was_said_of_headings_counts_for_the_next_file_with_the_same_ones(org: Organisation) -> None:
    mine = HEADINGS.replace("Severity", "How bad").replace("Threat", "Remarks")
    told = ["How bad:impact", "Remarks:source"]
    tried = ok(await _bring_in(org, _sheet(ROW, headings=mine), columns=told, dry_run=True))
    assert tried["headings"][2] == {"heading": "Remarks", "column": "source", "source": "request"}
    problem(await _bring_in(org, _sheet(ROW, headings=mine)), 422, "unreadable-table")  # a dry run keeps nothing
    ok(await _bring_in(org, _sheet(ROW, headings=mine), columns=told))
    again = ok(await _bring_in(org, _sheet(ROW.replace("R-10", "R-11"), headings=mine)))
    assert (again["identified"], again["headings"][2]["source"], again["headings"][9]["source"]) == (1, "kept", "kept")
    changed = ok(await _bring_in(org, _sheet(ROW, headings=mine), columns="Remarks:", dry_run=True))
    assert changed["headings"][2] == {"heading": "Remarks", "column": None, "source": "request"}
    others = HEADINGS.replace("Severity", "How bad")
    problem(await _bring_in(org, _sheet(ROW, headings=others)), 422, "unreadable-table")  # another set of headings


async def test_an_import_as_a_job_does_what_the_request_would(org: Organisation) -> None:
    sheet = _sheet(ROW, ROW.replace("R-10", "R-11"))
    tried = ok(await _bring_in(org, sheet, dry_run=True))
    assert (await _as_a_job(org, sheet, dry_run=True))["result"] == tried
    refused = problem(await _bring_in(org, _sheet(ROW, ROW)), 422, "risk-import-refused")
    failed = await _as_a_job(org, _sheet(ROW, ROW))
    assert (failed["state"], failed["problem"]["errors"]) == ("failed", refused["errors"])
    assert ok(await org.viewer.get("/v1/risks"))["items"] == []
    done = await _as_a_job(org, sheet.replace(b"Severity", b"How bad"), columns="How bad:impact")
    assert done["problem"] is None, str(done["problem"])
    assert (done["progress"], done["result"]["identified"]) == (1, 2)
    risk = await read(org, done["result"]["rows"][0]["risk_id"])
    assert risk["current"]["level"] == "moderate"  # it was rated
    kept = ok(await _bring_in(org, sheet.replace(b"Severity", b"How bad")))
    assert (kept["unchanged"], kept["headings"][9]["source"]) == (2, "kept")


async def _as_a_job(org: Organisation, sheet: bytes, **query: Any) -> dict[str, Any]:
    headers = {"Content-Type": "text/csv", "Prefer": "respond-async"}
    started = await org.risk.post(IMPORTS, params=query, content=sheet, headers=headers)
    assert started.status_code == 202, started.text

    async def finished() -> dict[str, Any] | None:
        job = ok(await org.risk.get(started.headers["Location"]))
        return job if job["finished_at"] else None

    return await eventually(finished)


async def test_only_who_may_write_risks_imports(org: Organisation, other_org: Organisation) -> None:
    for acting in (org.owner, org.viewer):
        refused = await acting.post(IMPORTS, content=_sheet(ROW), headers={"Content-Type": "text/csv"})
        problem(refused, 403, "forbidden")
    problem(await org.monitor.get(EXPORTS), 403, "forbidden")
    text = {"Content-Type": "text/plain"}
    problem(await org.risk.post(IMPORTS, content=b"x", headers=text), 415, "unsupported-media-type")
    await identified(org)
    assert await _exported(other_org) == []
