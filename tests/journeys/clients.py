"""What a client has before an examination begins: its programme, what it promises, and its controls with a history."""

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Any

import httpx

from deploy.client import Organisation
from tests.controls.given import MINUTES
from tests.journeys.companies import Company
from tests.support import created, ok

APPROVED, IN_OPERATION = "2025-05-12", "2025-06-02"
# The days on which a control is due in the second half of 2025, by how often it is performed.
_DUE = {"Quarterly": ("2025-09-30", "2025-12-31"), "Annually": ("2025-12-31",)}
_CSV = {"Content-Type": "text/csv"}


async def founded(operator: httpx.AsyncClient, company: Company) -> Organisation:
    return await Organisation.found(operator, company.about["title"])


async def programme(org: Organisation, company: Company, **dates: str) -> str:
    """The programme of the company with its service commitments and system requirements."""
    about = company.about
    draft = {
        "title": "SOC 2",
        "framework": "soc2",
        "report_type": "soc2_type1" if "as_of_date" in dates else "soc2_type2",
        "categories": about["categories"],
        "system": {"services": [about["system"]]},
        "owner": "kim@example.com",
        "target_date": "2026-02-27",
        **dates,
    }
    begun = str(created(await org.manager.post("/v1/programmes", json=draft))["id"])
    for kind, text, source, criteria in about["commitments"]:
        promise = {"kind": kind, "text": text, "source": source, "criteria": criteria}
        created(await org.manager.post(f"/v1/programmes/{begun}/commitments", json=promise))
    return begun


async def controls(org: Organisation, company: Company) -> dict[str, str]:
    """The controls of the company, brought in from a sheet with their history; their ids by code."""
    rows = ok(await org.manager.post("/v1/control-imports", content=_controls_sheet(company), headers=_CSV))["rows"]
    history = ok(await org.manager.post("/v1/historical-record-imports", content=_history(company), headers=_CSV))
    decision = {"decision": "accepted", "import_id": history["import_id"]}
    accepted = ok(await org.second_manager.post("/v1/historical-records/decisions/batch", json=decision))
    assert accepted["refused"] == 0, [each for each in accepted["results"] if each["problem"]]
    return {row["code"]: row["control_id"] for row in rows}


async def evidence(org: Organisation, title: str, **about: Any) -> dict[str, Any]:
    """An item of evidence that a control owner hands in and another person accepts."""
    content = f"{title}\n".encode()
    file = created(await org.owner.post("/v1/files", content=content, headers={"Content-Type": "text/plain"}))
    draft = {"title": title, "kind": "file", "file_id": file["id"], "source": "ticket system", **about}
    item = created(await org.owner.post("/v1/evidence", json=draft))
    return ok(await org.reviewer.post(f"/v1/evidence/{item['id']}/reviews", json={"decision": "accepted"}))


def _controls_sheet(company: Company) -> bytes:
    headings = ["Ref", "Control name", "Description", "Owner", "Type", "Nature", "How often?", "TSC"]
    columns = ("code", "title", "statement", "type", "nature", "how_often")
    return sheet(headings, *(_control(row, columns) for row in company.controls))


def _control(row: dict[str, str], columns: Sequence[str]) -> list[str]:
    code, title, statement, kind, nature, how_often = (row[column] for column in columns)
    return [code, title, statement, "Dana", kind, nature, how_often, row["criteria"].replace(" ", ", ")]


def _history(company: Company) -> bytes:
    """Approved and in operation before the period, and performed on each day on which they were due in it."""
    headings = ["Control", "What", "Date", "By", "Evidence", "SHA-256", "Kept at"]
    return sheet(headings, *(record for row in company.controls for record in _records(row)))


def _records(row: dict[str, str]) -> Iterator[list[str]]:
    shown = [MINUTES["title"], MINUTES["sha256"], MINUTES["location"]]
    yield [row["code"], "Approved", APPROVED, "Kim", *shown]
    yield [row["code"], "In operation since", IN_OPERATION, "Kim", *shown]
    for day in _DUE.get(row["how_often"], ()):
        yield [row["code"], "Performed", day, "Sam Sandoval", *shown]


def sheet(*rows: Sequence[str]) -> bytes:
    """Rows as CSV."""
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()
