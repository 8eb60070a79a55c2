"""Assets that tests begin with."""

from typing import Any

from tests.support import Organisation, created, ok

ASSET: dict[str, Any] = {
    "code": "AS-01",
    "title": "Customer database",
    "kind": "data",
    "owner": "riley@example.com",
    "classification": "confidential",
}


async def registered(org: Organisation, code: str, **changes: Any) -> str:
    """A registered asset's id."""
    return str(created(await org.risk.post("/v1/assets", json=ASSET | {"code": code} | changes))["id"])


def relation(kind: str, asset_id: str) -> dict[str, str]:
    return {"kind": kind, "asset_id": asset_id}


async def reached(org: Organisation, asset_id: str, **query: Any) -> list[tuple[str, int, str]]:
    """What an asset's dependencies are: code, distance and relation of each."""
    answer = ok(await org.viewer.get(f"/v1/assets/{asset_id}/dependencies", params=query))
    return [(each["code"], each["distance"], each["relation"]) for each in answer["items"]]
