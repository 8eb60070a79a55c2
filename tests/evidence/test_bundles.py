"""Bundles: accepted evidence as one archive that is the same each time and can be verified without Attest."""

import hashlib
import json
import uuid
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from attest.bundles import verify_bundle
from attest.findings import Broken, Trust
from deploy.local.stack import Stack
from services.evidence.bundles.bundles.schemas import BundleOut
from tests.evidence.given import NOBODY, accepted, an_expectation, submitted
from tests.support import Organisation, created, eventually, ok, problem

YEAR = {"covers_from": "2026-01-01T00:00:00Z", "covers_until": "2027-01-01T00:00:00Z"}
JULY = datetime(2026, 7, 1, tzinfo=UTC)


async def a_bundle(org: Organisation, *controls: str) -> dict[str, Any]:
    draft = {"title": "Access controls, 2026", "control_ids": list(controls), **YEAR}
    return created(await org.manager.post("/v1/bundles", json=draft))


async def downloaded(org: Organisation, bundle: dict[str, Any], to: Path) -> Path:
    async def answered() -> bytes | None:
        answer = await org.manager.get(f"/v1/bundles/{bundle['id']}/archive")
        if answer.status_code == 503:
            problem(answer, 503, "trail-not-sealed")
            return None
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == "application/zip"
        return answer.content

    content = await eventually(answered, every=0.1)
    return _kept(to, content)


def _kept(to: Path, content: bytes) -> Path:
    to.write_bytes(content)
    return to


async def trust(org: Organisation) -> Trust:
    """What the organisation tells the auditor by another way than the bundle."""
    async with httpx.AsyncClient(base_url=org.admin.base_url) as anyone:
        keys = ok(await anyone.get("/.well-known/attest-sealing-keys.json"))["keys"]
    return Trust(frozenset({keys[0]["kid"]}))


@pytest.fixture
async def expectation(org: Organisation) -> dict[str, Any]:
    return await an_expectation(org)


async def test_a_bundle_holds_what_was_accepted_and_verifies_offline(
    org: Organisation, expectation: dict[str, Any], tmp_path: Path
) -> None:
    content = "Zugriffsprüfung, Juli".encode()
    headers = {"Content-Type": "text/plain", "Content-Disposition": "attachment; filename*=UTF-8''pr%C3%BCfung.txt"}
    file_id = (await org.owner.post("/v1/files", content=content, headers=headers)).json()["id"]
    file = await accepted(org, expectation, covers_until=JULY, kind="file", url=None, file_id=file_id)
    link = await accepted(org, expectation, covers_until=JULY)
    record = {"passed": True, "ratio": 0.5, "names": ["ä"]}
    structured = await accepted(org, expectation, covers_until=JULY, kind="record", url=None, record=record)
    await submitted(org, expectation, covers_until=JULY)
    await accepted(org, expectation, covers_until=datetime(2025, 7, 1, tzinfo=UTC))
    await accepted(org, await an_expectation(org), covers_until=JULY)
    bundle = await a_bundle(org, expectation["control_id"])
    assert bundle["items"] == 3
    assert bundle.keys() == BundleOut.model_fields.keys()
    path = await downloaded(org, bundle, tmp_path / "bundle.zip")
    holds = verify_bundle(path, await trust(org))
    assert any("3 pieces of accepted evidence" in line for line in holds.lines)
    with zipfile.ZipFile(path) as archive:
        assert archive.read(f"files/{file['id']}/prüfung.txt") == content
        assert json.loads(archive.read(f"files/{link['id']}/link.json")) == {"url": link["url"]}
        assert json.loads(archive.read(f"files/{structured['id']}/record.json")) == record
        lines = [json.loads(line) for line in archive.read("contents.ndjson").splitlines()]
        trail = [json.loads(line) for line in archive.read("trail.ndjson").splitlines()]
    assert [each["item_id"] for each in lines] == [file["id"], link["id"], structured["id"]]
    first = lines[0]
    assert (first["submitted_by"], first["accepted_by"]) == (file["submitter"], file["reviewer"])
    assert first["proves"][0]["control_id"] == expectation["control_id"]
    told = [each["type"] for each in trail if each["subject"] == file["id"]]
    assert told[:2] == ["evidence.item.submitted", "evidence.item.accepted"]


async def test_the_same_bundle_is_the_same_bytes_again(
    org: Organisation, expectation: dict[str, Any], tmp_path: Path
) -> None:
    await accepted(org, expectation, covers_until=JULY)
    bundle = await a_bundle(org, expectation["control_id"])
    first = await downloaded(org, bundle, tmp_path / "first.zip")
    await accepted(org, expectation, covers_until=JULY)
    second = await downloaded(org, bundle, tmp_path / "second.zip")
    assert hashlib.sha256(first.read_bytes()).digest() == hashlib.sha256(second.read_bytes()).digest()


async def test_bytes_that_the_store_has_lost_hold_of_break_the_archive_off(
    org: Organisation, expectation: dict[str, Any], tmp_path: Path, stack: Stack
) -> None:
    content = uuid.uuid4().bytes * 4
    file_id = (await org.owner.post("/v1/files", content=content)).json()["id"]
    await accepted(org, expectation, covers_until=JULY, kind="file", url=None, file_id=file_id)
    bundle = await a_bundle(org, expectation["control_id"])
    await downloaded(org, bundle, tmp_path / "whole.zip")
    store = Path(httpx.URL(stack.environment("evidence")["ATTEST_STORE_URL"]).path)
    (stored,) = (store / org.id).glob(hashlib.sha256(content).hexdigest())
    stored.write_bytes(bytes(len(content)))
    with pytest.raises(httpx.RemoteProtocolError):
        await org.manager.get(f"/v1/bundles/{bundle['id']}/archive")


async def test_a_bundle_signed_elsewhere_is_not_believed(
    org: Organisation, expectation: dict[str, Any], tmp_path: Path
) -> None:
    bundle = await a_bundle(org, expectation["control_id"])
    path = await downloaded(org, bundle, tmp_path / "bundle.zip")
    with pytest.raises(Broken, match="nobody vouches for"):
        verify_bundle(path, Trust(frozenset({"another"})))


async def test_only_who_may_assembles_and_downloads(org: Organisation, other_org: Organisation) -> None:
    bundle = await a_bundle(org, NOBODY)
    path = f"/v1/bundles/{bundle['id']}"
    for each in (org.owner, org.reviewer, org.viewer, org.risk):
        problem(await each.post("/v1/bundles", json={"title": "x", "control_ids": [NOBODY], **YEAR}), 403, "forbidden")
        problem(await each.get(path), 403, "forbidden")
        problem(await each.get(f"{path}/archive"), 403, "forbidden")
    problem(await other_org.manager.get(path), 404, "not-found")
    problem(await other_org.manager.get(f"{path}/archive"), 404, "not-found")
    assert ok(await other_org.manager.get("/v1/bundles"))["items"] == []
    assert ok(await org.manager.get("/v1/bundles", params={"q": "access"}))["items"] == [bundle]
    assert ok(await org.manager.get(path)) == bundle


@pytest.mark.parametrize(
    "spoilt",
    [{"control_ids": []}, {"control_ids": [NOBODY, NOBODY]}, {"covers_until": YEAR["covers_from"]}, {"title": ""}],
)
async def test_a_bundle_names_controls_and_a_period(org: Organisation, spoilt: dict[str, Any]) -> None:
    draft = {"title": "x", "control_ids": [NOBODY], **YEAR} | spoilt
    problem(await org.manager.post("/v1/bundles", json=draft), 422, "invalid")
