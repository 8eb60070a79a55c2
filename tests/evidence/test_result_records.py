"""Result records: a result file is evidence of what is expected of its source, handed in once and then reviewed."""

import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from services.evidence.items.result_records.rules import draft_of
from shared.events.catalogue.integrations import ResultFileReceived
from tests.evidence.given import an_expectation
from tests.support import Organisation, eventually, ok, problem

SOURCE = "nightly: openscap"
FILES = Path(__file__).parents[1] / "integrations" / "results"


async def asked_for(org: Organisation, **changes: Any) -> dict[str, Any]:
    return await an_expectation(org, **{"kind": "record", "result_source": SOURCE} | changes)


async def scanned(org: Organisation, name: str, source: str = SOURCE) -> dict[str, Any]:
    content = (FILES / name).read_bytes()
    answer = await org.monitor.post("/v1/result-files", content=content, params={"source": source})
    assert answer.is_success, answer.text
    file: dict[str, Any] = answer.json()
    return file


async def evidence_of(org: Organisation, expectation: dict[str, Any], count: int) -> list[dict[str, Any]]:
    """The evidence for an expectation as soon as there is so much of it."""

    async def all_of_it() -> list[dict[str, Any]] | None:
        params = {"expectation_id": expectation["id"]}
        items: list[dict[str, Any]] = ok(await org.viewer.get("/v1/evidence", params=params))["items"]
        return items if len(items) == count else None

    return await eventually(all_of_it)


async def test_a_result_file_is_handed_in_once_for_what_is_expected_of_its_source(org: Organisation) -> None:
    expectation, another = await asked_for(org), await asked_for(org)
    elsewhere = await asked_for(org, result_source="weekly: openscap")
    assert expectation["result_source"] == SOURCE
    file = await scanned(org, "openscap.xccdf.xml")
    (item,) = await evidence_of(org, expectation, 1)
    assert await evidence_of(org, another, 1) == [item]
    whole = ok(await org.viewer.get(f"/v1/evidence/{item['id']}"))
    assert (whole["kind"], whole["status"], whole["submitter"]["kind"]) == ("record", "submitted", "client")
    assert whole["record"] == {
        "result_file_id": file["id"],
        "sha256": file["sha256"],
        "source": SOURCE,
        "run": file["run"],
        "format": "xccdf",
        "tool": "openscap",
        "observed_at": "2026-05-14T09:00:00+00:00",
        "results": 7,
        "verdicts": file["verdicts"],
        "vulnerabilities": 0,
    }
    assert (whole["covers_from"], whole["covers_until"]) == ("2026-05-14T09:00:00+00:00", "2026-05-14T09:00:01+00:00")
    await scanned(org, "openscap.xccdf.xml")  # the same file again
    await scanned(org, "openscap.xccdf.xml", source="weekly: openscap")
    assert len(await evidence_of(org, elsewhere, 1)) == 1
    await scanned(org, "openscap.arf.xml")
    assert len(await evidence_of(org, expectation, 2)) == 2
    review = ok(await org.reviewer.post(f"/v1/evidence/{item['id']}/reviews", json={"decision": "accepted"}))
    assert review["status"] == "accepted"


async def test_result_files_are_records_of_their_own_form(org: Organisation) -> None:
    draft = {
        "control_id": str(uuid.uuid4()),
        "title": "Scan",
        "description": "The nightly scan.",
        "kind": "file",
        "freshness_days": 1,
        "expiring_days": 0,
        "owner": "dana@example.com",
        "result_source": SOURCE,
    }
    refused = problem(await org.manager.post("/v1/expectations", json=draft), 422, "invalid")
    assert [each["pointer"] for each in refused["errors"]] == ["/kind"]
    expectation = await an_expectation(org)
    path = f"/v1/expectations/{expectation['id']}"
    change = {"result_source": SOURCE}
    problem(await org.manager.patch(path, json=change, headers={"If-Match": '"1"'}), 422, "invalid")
    revised = ok(await org.manager.patch(path, json=change | {"kind": "record"}, headers={"If-Match": '"1"'}))
    assert (revised["result_source"], revised["kind"]) == (SOURCE, "record")
    ended = ok(await org.manager.patch(path, json={"result_source": None}, headers={"If-Match": '"2"'}))
    assert ended["result_source"] is None


def test_what_is_observed_later_than_it_came_is_observed_then() -> None:
    came = datetime(2026, 5, 14, 9, tzinfo=UTC)
    said: dict[str, Any] = {
        "source": "s" * 200,
        "run": "r" * 200,
        "format": "junit",
        "tool": "junit",
        "sha256": "0" * 64,
        "results": 0,
        "verdicts": {},
        "vulnerabilities": 0,
    }
    for observed in (None, datetime(2026, 5, 15, tzinfo=UTC)):
        event = ResultFileReceived(**said, observed_at=observed)
        draft = draft_of(event, file_id=uuid.uuid4(), expectation_ids=[uuid.uuid4()], received_at=came)
        assert (draft.collected_at, draft.covers_from, len(draft.title)) == (came, came, 200)
