"""Assets come in from sheets as people have them, and go out so that an import takes them back."""

import csv
import io
from typing import Any

import httpx
import pytest

from services.risk.assets.assets.rules import leads_back
from shared.clock import new_id
from tests.risk.assets import registered, relation
from tests.support import Organisation, ok, problem

CSV = {"Content-Type": "text/csv"}
SHEET = b"""Inventory of Example Ltd,,,,,,,
Asset ID,Asset name,Type,Responsible,Data classification,PII,State,Dependencies,Site,Vendor
APP-1,Web shop,SaaS,riley@example.com,Sensitive,yes,Live,DB-1,,Example Software
DB-1,Customer database,Data store,lee@example.com,High,yes,in use,,FRA,
FRA,Frankfurt,Data centre,lee@example.com,Internal use,no,,,,
"""


async def imported(org: Organisation, content: bytes, **query: Any) -> httpx.Response:
    return await org.risk.post("/v1/asset-imports", content=content, headers=CSV, params=query)


async def test_an_inventory_comes_in_as_people_have_it(org: Organisation) -> None:
    tried = ok(await imported(org, SHEET, dry_run=True))
    assert (tried["registered"], tried["faults"], tried["rows"][0]["asset_id"]) == (3, [], None)
    assert [each["column"] for each in tried["headings"]][-2:] == ["located_in", None]
    assert ok(await org.viewer.get("/v1/assets"))["items"] == []
    done = ok(await imported(org, SHEET))
    assert (done["registered"], done["dry_run"]) == (3, False)
    app, database, site = ok(await org.viewer.get("/v1/assets"))["items"]
    assert [each["code"] for each in app["relations"]] == ["DB-1"]
    assert (app["kind"], app["classification"], app["status"]) == ("application", "confidential", "active")
    assert (database["kind"], database["relations"][0]["kind"], site["status"]) == ("data", "located_in", "proposed")
    assert ok(await imported(org, SHEET))["unchanged"] == 3
    changed = ok(await imported(org, SHEET.replace(b"Web shop", b"Shop").replace(b"DB-1,,", b",,")))
    assert (changed["revised"], changed["rows"][0]["changed"]) == (1, ["relations", "title"])
    assert ok(await org.viewer.get(f"/v1/assets/{app['id']}"))["relations"] == []


async def test_what_goes_out_comes_back_unchanged(org: Organisation) -> None:
    site = await registered(org, "FRA", kind="location")
    await registered(org, "DB-1", relations=[relation("located_in", site)], personal_data=True, description="Main")
    for kind in ("csv", "xlsx"):
        out = await org.viewer.get("/v1/asset-exports", params={"format": kind})
        assert out.status_code == httpx.codes.OK
        headers = {"Content-Type": out.headers["Content-Type"].split(";")[0]}
        back = ok(await org.risk.post("/v1/asset-imports", content=out.content, headers=headers))
        assert (back["unchanged"], back["revised"]) == (2, 0)
    filtered = await org.viewer.get("/v1/asset-exports", params={"kind": "location"})
    assert [row["code"] for row in csv.DictReader(io.StringIO(filtered.text))] == ["FRA"]


@pytest.mark.parametrize(
    ("row", "column", "detail"),
    [
        ("X-1,X,spaceship,lee@example.com,internal,,", "kind", "is no kind of asset"),
        ("X-1,X,data,Nobody Known,internal,,", "owner", "No active person is called"),
        ("X-1,X,data,nobody@example.com,internal,,", "owner", "No person in the directory"),
        ("X-1,X,data,lee@example.com,internal,NONE-1,", "depends_on", "No asset has the code NONE-1."),
        ("X-1,X,data,lee@example.com,internal,X-1,", "depends_on", "no relation to itself"),
        ("X-1,X,data,lee@example.com,internal,,APP", "located_in", "Only a location"),
        ("X-1,X,data,lee@example.com,internal,,OLD", "located_in", "The asset is retired."),
        ("OLD,X,location,lee@example.com,internal,,", "code", "The asset OLD is retired."),
        ("IN-1,X,location,lee@example.com,internal,,IN-2", "located_in", "located in itself"),
        ("APP,X,data,lee@example.com,internal,,\nAPP,Y,data,lee@example.com,internal,,", "code", "has the code APP"),
        (",X,data,lee@example.com,internal,,", "code", "required"),
    ],
)
async def test_one_fault_refuses_the_whole_sheet(org: Organisation, row: str, column: str, detail: str) -> None:
    old = await registered(org, "OLD", kind="location")
    ok(await org.risk.post(f"/v1/assets/{old}/retirements", json={"reason": "Sold"}))
    await registered(org, "APP", kind="application")
    inner = await registered(org, "IN-1", kind="location")
    await registered(org, "IN-2", kind="location", relations=[relation("located_in", inner)])
    sheet = f"code,title,kind,owner,classification,depends_on,located_in\n{row}\n".encode()
    tried = ok(await imported(org, sheet, dry_run=True))
    fault = tried["faults"][0]
    assert (fault["column"], detail in fault["detail"]) == (column, True), fault
    refused = problem(await imported(org, sheet), 422, "asset-import-refused")
    assert refused["errors"][0]["pointer"].endswith(f"/{column}")


async def test_a_file_that_cannot_be_read_is_refused(org: Organisation) -> None:
    problem(await imported(org, b"code,title\nX,Y\n"), 422, "unreadable-table")
    problem(
        await org.risk.post("/v1/asset-imports", content=b"x", headers={"Content-Type": "text/x"}),
        415,
        "unsupported-media-type",
    )
    large = b"code,title\n" + b"x" * 11_000_000
    problem(await imported(org, large), 413, "too-large")
    problem(await org.viewer.post("/v1/asset-imports", content=SHEET, headers=CSV), 403, "forbidden")


def test_a_chain_of_places_that_leads_back_is_found() -> None:
    a, b, c = new_id(), new_id(), new_id()
    assert leads_back(a, {a: [b], b: [c], c: [a]})
    assert not leads_back(a, {a: [b, c], b: [c], c: []})
    assert not leads_back(a, {a: [b], b: [c], c: [b]})
