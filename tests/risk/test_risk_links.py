"""What a risk is about besides its controls: assets that are in use, criteria, commitments and deviations."""

from typing import Any
from uuid import uuid4

import pytest

from tests.risk.given import DRAFT, identified, read, revised
from tests.support import Organisation, created, ok, problem

ASSET = {
    "code": "A-01",
    "title": "Customer database",
    "kind": "data",
    "owner": "dana@example.com",
    "classification": "restricted",
    "status": "active",
}


async def test_a_risk_names_assets_that_are_in_use(org: Organisation, other_org: Organisation) -> None:
    asset = created(await org.risk.post("/v1/assets", json=ASSET))["id"]
    theirs = created(await other_org.admin.post("/v1/assets", json=ASSET))["id"]
    risk = await identified(org, asset_ids=[asset])
    assert (await read(org, risk))["assets"] == [{"id": asset, "code": "A-01", "title": "Customer database"}]
    for unknown in (str(uuid4()), theirs):
        refused = await org.risk.post("/v1/risks", json=DRAFT | {"code": "R-02", "asset_ids": [unknown]})
        assert [each["pointer"] for each in problem(refused, 422, "invalid")["errors"]] == ["/asset_ids"]
    ok(await org.risk.post(f"/v1/assets/{asset}/retirements", json={"reason": "Replaced."}))
    kept = await revised(org, risk, asset_ids=[asset], title="Leavers keep access")
    assert [each["id"] for each in kept["assets"]] == [asset], "it is named already"
    refused = await org.risk.post("/v1/risks", json=DRAFT | {"code": "R-02", "asset_ids": [asset]})
    problem(refused, 422, "invalid")
    listed = ok(await org.viewer.get("/v1/risks", params={"asset_id": asset}))["items"]
    assert [each["id"] for each in listed] == [risk]
    assert (await revised(org, risk, asset_ids=[]))["assets"] == []


async def test_a_risk_is_linked_with_what_it_is_about(org: Organisation) -> None:
    commitment = str(uuid4())
    links = [{"kind": "criterion", "ref": "soc2:CC6.1"}, {"kind": "commitment", "ref": commitment}]
    risk = await identified(org, links=links)
    await identified(org, code="R-02")
    assert (await read(org, risk))["links"] == links
    for ref in ("soc2:CC6.1", commitment):
        listed = ok(await org.viewer.get("/v1/risks", params={"link": ref}))["items"]
        assert [each["id"] for each in listed] == [risk]


@pytest.mark.parametrize("link", [{"kind": "finding", "ref": "F-1"}, {"kind": "page", "ref": "x"}, {"kind": "issue"}])
async def test_a_link_says_what_to_and_by_which_id(org: Organisation, link: dict[str, Any]) -> None:
    refused = problem(await org.risk.post("/v1/risks", json=DRAFT | {"links": [link]}), 422, "invalid")
    assert refused["errors"][0]["pointer"].startswith("/links/0")
