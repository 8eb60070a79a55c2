"""Disposal: previewed, approved by others, carried out, certified; held evidence stays, the fact stays on record."""

import asyncio
import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from attest.certificates import verify_certificate
from attest.findings import Trust
from deploy.local.stack import Stack
from services.evidence.keeping.disposals.schemas import DisposalItemOut, DisposalOut
from shared.trail.seal import SealBroken, check_document
from tests.evidence.given import an_expectation, submitted
from tests.support import Organisation, created, ok, problem

OLD = "2015-07-02T00:00:00Z"
YEARLY = {"reason": "Yearly disposal"}
OVERRIDE = {"override_reason": "A small organisation: ten percent is nothing."}


async def due_items(org: Organisation, count: int, **changes: Any) -> list[dict[str, Any]]:
    """Evidence of a class of one year, collected long ago."""
    draft = {"name": "Short", "description": "For a year.", "years": 1, "basis": "collection", "is_default": True}
    created(await org.manager.post("/v1/retention-classes", json=draft))
    expectation = await an_expectation(org)
    covers_until = datetime(2015, 7, 1, tzinfo=UTC)
    return [
        await submitted(org, expectation, covers_until=covers_until, collected_at=OLD, **changes) for _ in range(count)
    ]


async def requested(org: Organisation) -> dict[str, Any]:
    return created(await org.manager.post("/v1/disposals", json=YEARLY))


async def approved(org: Organisation, run: dict[str, Any]) -> None:
    path = f"/v1/disposals/{run['id']}/approvals"
    for each in (org.second_manager, org.admin):
        answer = await each.post(path, json=OVERRIDE)
        assert answer.status_code == 202, answer.text
        if answer.json()["state"] == "approved":
            return


async def carried_out(org: Organisation, run: dict[str, Any]) -> dict[str, Any]:
    ok(await org.manager.post("/v1/services/evidence/sweeps"))
    done = ok(await org.viewer.get(f"/v1/disposals/{run['id']}"))
    assert (done["state"], done["progress"]) == ("completed", 1.0)
    return done


async def fates(org: Organisation, run: dict[str, Any]) -> dict[str, str]:
    items = ok(await org.viewer.get(f"/v1/disposals/{run['id']}/items", params={"limit": 200}))["items"]
    return {each["id"]: each["fate"] for each in items}


async def a_file(org: Organisation, content: bytes) -> str:
    answer = await org.owner.post("/v1/files", content=content, headers={"Content-Type": "text/plain"})
    file_id: str = answer.json()["id"]
    return file_id


def stored(stack: Stack, org: Organisation, content: bytes) -> bool:
    store = Path(httpx.URL(stack.environment("evidence")["ATTEST_STORE_URL"]).path)
    return (store / org.id / hashlib.sha256(content).hexdigest()).exists()


async def test_the_preview_says_what_would_go_and_what_is_held(org: Organisation) -> None:
    items = await due_items(org, 3)
    fresh = await submitted(org, await an_expectation(org))
    hold = {"matter": "Doe", "reason": "Counsel", "scope": {"item_ids": [items[0]["id"]]}}
    ok(await org.manager.get("/v1/holds"))
    created(await org.manager.post("/v1/holds", json=hold))
    run = await requested(org)
    assert (run["items"], run["held"], run["organisation_items"]) == (2, 1, 4)
    assert run["size"] > 0
    assert run.keys() == DisposalOut.model_fields.keys()
    assert run["needs_override"] is True
    assert await fates(org, run) == {items[0]["id"]: "held", items[1]["id"]: "selected", items[2]["id"]: "selected"}
    held = ok(await org.viewer.get(f"/v1/disposals/{run['id']}/items", params={"fate": "held"}))["items"]
    assert "legal hold" in held[0]["why"]
    assert held[0].keys() == DisposalItemOut.model_fields.keys()
    assert ok(await org.viewer.get(f"/v1/evidence/{fresh['id']}"))["disposed_at"] is None


async def test_what_went_is_certified_and_its_fact_stays(org: Organisation, stack: Stack) -> None:
    content = b"the signed review of 2015"
    file_id = await a_file(org, content)
    (item,) = await due_items(org, 1, kind="file", url=None, file_id=file_id)
    assert ok(await org.viewer.get("/v1/storage"))["used_bytes"] == len(content)
    run = await requested(org)
    await approved(org, run)
    done = await carried_out(org, run)
    assert (done["disposed"], done["kept"]) == (1, 0)
    certificate = ok(await org.viewer.get(f"/v1/disposals/{run['id']}/certificate"))
    assert check_document(certificate)
    assert certificate["approved_by"] == done["approvers"]
    assert [(each["item_id"], each["sha256"], each["bytes"]) for each in certificate["items"]] == [
        (item["id"], hashlib.sha256(content).hexdigest(), "erased")
    ]
    holds = verify_certificate(certificate, Trust(frozenset({certificate["signature"]["key_id"]})))
    assert holds.lines[-1] == "Requested by Manager, approved by Second Manager, Ada Admin"
    with pytest.raises(SealBroken):
        check_document({**certificate, "count": 0})
    tombstone = ok(await org.viewer.get(f"/v1/evidence/{item['id']}"))
    assert tombstone["title"] == item["title"]
    assert tombstone["disposed_at"]
    told = ok(await org.viewer.get(f"/v1/evidence/{item['id']}/retention"))
    assert (told["disposal_id"], told["sha256"]) == (run["id"], hashlib.sha256(content).hexdigest())
    problem(await org.viewer.get(f"/v1/evidence/{item['id']}/content"), 410, "disposed")
    assert (await org.viewer.head(f"/v1/evidence/{item['id']}/content")).status_code == httpx.codes.GONE
    classified = {"class_id": None, "reason": "Records schedule"}
    late = await org.manager.put(f"/v1/evidence/{item['id']}/retention", json=classified, headers={"If-Match": "*"})
    problem(late, 410, "gone")
    assert not stored(stack, org, content)
    assert ok(await org.viewer.get("/v1/storage"))["used_bytes"] == 0
    types = [
        each["type"]
        for each in ok(await org.admin.get("/v1/services/evidence/trail", params={"subject": item["id"]}))["items"]
    ]
    assert types == ["evidence.item.submitted", "evidence.item.disposed"]
    problem(await org.reviewer.post(f"/v1/evidence/{item['id']}/reviews", json={"decision": "accepted"}), 410, "gone")


async def test_what_it_said_is_nowhere_any_longer_also_not_in_the_trail(org: Organisation) -> None:
    secret = "https://example.com/the-address-that-must-go"
    (item,) = await due_items(org, 1, url=secret)
    run = await requested(org)
    await approved(org, run)
    await carried_out(org, run)
    trail = await org.admin.get("/v1/services/evidence/trail", params={"limit": 200})
    assert item["id"] in trail.text
    assert secret not in trail.text
    assert ok(await org.viewer.get(f"/v1/evidence/{item['id']}"))["url"] is None


async def test_bytes_stay_while_other_evidence_is_made_of_them(org: Organisation, stack: Stack) -> None:
    content = b"one export for two years"
    file_id = await a_file(org, content)
    await due_items(org, 1, kind="file", url=None, file_id=file_id)
    other = await submitted(org, await an_expectation(org), kind="file", url=None, file_id=file_id)
    run = await requested(org)
    await approved(org, run)
    await carried_out(org, run)
    certificate = ok(await org.viewer.get(f"/v1/disposals/{run['id']}/certificate"))
    assert [each["bytes"] for each in certificate["items"]] == ["shared"]
    assert (await org.viewer.get(f"/v1/evidence/{other['id']}/content")).content == content
    assert stored(stack, org, content)


async def test_erased_bytes_can_come_again(org: Organisation, stack: Stack) -> None:
    content = b"uploaded, disposed of, uploaded again"
    file_id = await a_file(org, content)
    await due_items(org, 1, kind="file", url=None, file_id=file_id)
    run = await requested(org)
    await approved(org, run)
    await carried_out(org, run)
    expectation = await an_expectation(org)
    draft = {
        "title": "Again",
        "kind": "file",
        "file_id": file_id,
        "source": "export",
        "collected_at": OLD,
        "covers_from": "2015-01-01T00:00:00Z",
        "covers_until": OLD,
        "expectation_ids": [expectation["id"]],
    }
    refused = problem(await org.owner.post("/v1/evidence", json=draft), 422, "unknown-reference")
    assert refused["errors"] == [{"pointer": "/file_id", "detail": "unknown"}]
    assert await a_file(org, content) == file_id
    again = created(await org.owner.post("/v1/evidence", json=draft))
    assert (await org.viewer.get(f"/v1/evidence/{again['id']}/content")).content == content
    assert stored(stack, org, content)


async def test_a_hold_placed_after_the_approval_wins(org: Organisation) -> None:
    items = await due_items(org, 2)
    run = await requested(org)
    await approved(org, run)
    scope = {"item_ids": [items[0]["id"]]}
    placed = await org.manager.post("/v1/holds", json={"matter": "Doe", "reason": "Counsel", "scope": scope})
    state = ok(await org.viewer.get(f"/v1/evidence/{items[0]['id']}"))["disposed_at"]
    if state is not None:
        pytest.skip("the clock was quicker than the hold")
    created(placed)
    done = await carried_out(org, run)
    assert (done["disposed"], done["kept"]) == (1, 1)
    assert await fates(org, run) == {items[0]["id"]: "kept", items[1]["id"]: "disposed"}
    kept = ok(await org.viewer.get(f"/v1/evidence/{items[0]['id']}"))
    assert (kept["disposed_at"], kept["url"]) == (None, items[0]["url"])


async def test_what_is_no_longer_due_is_kept(org: Organisation) -> None:
    (item,) = await due_items(org, 1)
    run = await requested(org)
    (own, shipped) = sorted(
        ok(await org.viewer.get("/v1/retention-classes"))["items"], key=lambda each: each["shipped"]
    )
    answer = await org.manager.patch(
        f"/v1/retention-classes/{own['id']}", json={"years": 50, "reason": "Counsel"}, headers={"If-Match": '"1"'}
    )
    assert shipped["shipped"]
    ok(answer)
    await approved(org, run)
    done = await carried_out(org, run)
    assert (done["disposed"], done["kept"]) == (0, 1)
    since = {"updated_since": done["approved_at"]}
    kept = ok(await org.viewer.get(f"/v1/disposals/{run['id']}/items", params=since))["items"][0]
    assert kept["updated_at"] > done["approved_at"] > run["created_at"]
    assert kept["why"].startswith("No longer due")
    assert ok(await org.viewer.get(f"/v1/disposals/{run['id']}/certificate"))["items"] == []
    assert ok(await org.viewer.get(f"/v1/evidence/{item['id']}"))["disposed_at"] is None


async def test_a_large_part_needs_two_others_and_a_reason(org: Organisation) -> None:
    await due_items(org, 1)
    run = await requested(org)
    path = f"/v1/disposals/{run['id']}/approvals"
    problem(await org.manager.post(path, json=OVERRIDE), 403, "separation-of-duties")
    problem(await org.second_manager.post(path, json={}), 409, "override-required")
    first = await org.second_manager.post(path, json=OVERRIDE)
    assert (first.status_code, first.json()["state"]) == (202, "requested")
    problem(await org.second_manager.post(path, json=OVERRIDE), 403, "separation-of-duties")
    second = await org.admin.post(path, json={})
    assert (second.status_code, second.json()["state"]) == (202, "approved")
    problem(await org.admin.post(path, json={}), 409, "conflict")


async def test_a_small_part_needs_one_other(org: Organisation) -> None:
    await due_items(org, 1)
    expectation = await an_expectation(org)
    for _ in range(9):
        await submitted(org, expectation)
    run = await requested(org)
    assert run["needs_override"] is False
    answer = await org.second_manager.post(f"/v1/disposals/{run['id']}/approvals", json={})
    assert answer.json()["state"] == "approved"


async def test_it_is_called_off_before_it_begins(org: Organisation) -> None:
    (item,) = await due_items(org, 1)
    run = await requested(org)
    problem(await org.manager.post("/v1/disposals", json=YEARLY), 409, "run-open")
    called_off = await org.manager.post(f"/v1/disposals/{run['id']}/cancellations", json={"reason": "Not yet."})
    assert ok(called_off)["state"] == "cancelled"
    problem(await org.second_manager.post(f"/v1/disposals/{run['id']}/approvals", json=OVERRIDE), 409, "conflict")
    problem(await org.viewer.get(f"/v1/disposals/{run['id']}/certificate"), 404, "not-found")
    assert ok(await org.viewer.get(f"/v1/evidence/{item['id']}"))["disposed_at"] is None
    assert (await requested(org))["items"] == 1


async def test_two_requests_at_once_make_one_run(org: Organisation) -> None:
    await due_items(org, 1)
    answers = await asyncio.gather(*(org.manager.post("/v1/disposals", json=YEARLY) for _ in range(3)))
    assert sorted(each.status_code for each in answers) == [201, 409, 409]


async def test_nothing_due_is_no_run(org: Organisation) -> None:
    await submitted(org, await an_expectation(org), covers_until=datetime.now(UTC) - timedelta(days=5000))
    problem(await org.manager.post("/v1/disposals", json=YEARLY), 409, "nothing-due")


async def test_only_who_may_asks_and_approves(org: Organisation, other_org: Organisation) -> None:
    await due_items(org, 1)
    run = await requested(org)
    for each in (org.owner, org.reviewer, org.viewer):
        problem(await each.post("/v1/disposals", json=YEARLY), 403, "forbidden")
        problem(await each.post(f"/v1/disposals/{run['id']}/approvals", json=OVERRIDE), 403, "forbidden")
        problem(await each.post(f"/v1/disposals/{run['id']}/cancellations", json={"reason": "x"}), 403, "forbidden")
    path = f"/v1/disposals/{run['id']}"
    problem(await other_org.viewer.get(path), 404, "not-found")
    problem(await other_org.viewer.get(f"{path}/items"), 404, "not-found")
    problem(await other_org.second_manager.post(f"{path}/approvals", json=OVERRIDE), 404, "not-found")
    problem(await other_org.manager.post(f"{path}/cancellations", json={"reason": "x"}), 404, "not-found")
