"""SOC examinations by HTTP, each party with its own tokens: from the programme to reports that anybody can verify."""

import hashlib
import json
from pathlib import Path
from typing import Any

import httpx
import pypdfium2
import pytest

from attest.__main__ import verified
from attest.findings import Trust
from deploy.examination import Examination
from tests.journeys import examples, soc2_type1, soc2_type2
from tests.journeys.played import Played
from tests.support import created, ok, problem

SIGNATURE = {"signatory": {"name": "Dana Duarte", "position": "Chief Executive Officer"}}
NOTHING_CHANGED = {"no_changes": True, "no_incidents": True}


def pages_of(pdf: bytes) -> list[str]:
    """The text of each page of a PDF, in one line."""
    with pypdfium2.PdfDocument(pdf) as document:
        return [" ".join(page.get_textpage().get_text_bounded().split()) for page in document]


async def the_report_stands(played: Played, name: str, anybody: httpx.AsyncClient, folder: Path) -> None:
    """The issued PDF says what the data say, is as it was signed, and anybody is told that it stands."""
    report, viewer = played.reports[name], played.examination.org.viewer
    assert report["warnings"] == []
    pdf = await played.examination.downloaded(viewer, report)
    assert hashlib.sha256(pdf).hexdigest() == report["sha256"]
    file = folder / "report.pdf"
    file.write_bytes(pdf)
    signature = ok(await viewer.get(f"/v1/audit-reports/{report['id']}/signature"))
    file.with_name("report.pdf.sig.json").write_text(json.dumps(signature))
    (key,) = [each["kid"] for each in ok(await anybody.get("/.well-known/attest-report-keys.json"))["keys"]]
    assert any("Hale & Partners LLP" in line for line in verified(file, Trust(frozenset({key}))).lines)
    assert ok(await anybody.get(f"/v1/reports/{report['sha256']}"))["standing"] == "issued"
    content = ok(await viewer.get(f"/v1/audit-reports/{report['id']}/content"))["content"]
    said_in(content, "".join(pages_of(pdf)).replace(" ", ""), whole=name != "soc3")


def said_in(content: dict[str, Any], text: str, *, whole: bool) -> None:
    """Every control with its tests and every commitment of the data is in the text, which has no blanks."""
    texts = [each["text"] for each in content["description"]["commitments"]]
    if whole:
        texts += [each["text"] for each in content["controls"]]
        texts += [
            each["text"] for control in content["controls"] for test in control["tests"] for each in test["procedures"]
        ]
        texts += [each["title"] for each in content["criteria"]]
    missing = [each for each in texts if "".join(each.split()) not in text]
    assert not missing


async def bridged(examination: Examination, report: dict[str, Any]) -> None:
    """Management states by itself what became of the months after the period."""
    org = examination.org
    draft = {"report_id": report["id"], "covers_until": "2026-03-31", **NOTHING_CHANGED}
    problem(await examination.partner.post("/v1/bridge-letters", json=draft), 403, "forbidden")
    letter = created(await org.manager.post("/v1/bridge-letters", json=draft))
    signed = SIGNATURE | {"signed_on": "2026-03-31"}
    path = f"/v1/bridge-letters/{letter['id']}"
    assert ok(await org.admin.post(f"{path}/signatures", json=signed))["covers_from"] == "2026-01-01"


@pytest.fixture(scope="module")
async def anybody(operator: httpx.AsyncClient) -> Any:
    async with httpx.AsyncClient(base_url=str(operator.base_url), timeout=30) as asking:
        yield asking


@pytest.mark.timeout(900)
async def test_soc_2_type_2(operator: httpx.AsyncClient, anybody: httpx.AsyncClient, tmp_path: Path) -> None:
    played = await soc2_type2.play(operator)
    await the_report_stands(played, "soc2-type2", anybody, tmp_path)
    await the_report_stands(played, "soc3", anybody, tmp_path)
    await bridged(played.examination, played.reports["soc2-type2"])
    assert await examples.contents_of(played) == {name: examples.kept(name) for name in played.reports}
    await played.close()


@pytest.mark.timeout(900)
async def test_soc_2_type_1_with_a_qualified_opinion_on_the_design(
    operator: httpx.AsyncClient, anybody: httpx.AsyncClient, tmp_path: Path
) -> None:
    played = await soc2_type1.play(operator)
    await the_report_stands(played, "soc2-type1-qualified", anybody, tmp_path)
    contents = await examples.contents_of(played)
    assert contents == {name: examples.kept(name) for name in played.reports}
    (content,) = contents.values()
    description, design = content["judgements"]
    assert (description["kind"], design["kind"]) == ("unmodified", "qualified")
    (matter,) = design["matters"]
    assert (matter["controls"], matter["criteria"]) == (["AC-02"], ["CC6.3"])
    assert matter["commitments"] == [
        "Privileged access to production, of people and of programs, is limited to what is needed."
    ]
    await played.close()
