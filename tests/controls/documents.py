"""Documents to import, and how tests import them."""

import json
import uuid
from pathlib import Path
from typing import Any

import httpx

from tests.support import Organisation, created, ok

DATA = Path(__file__).parent / "data"
CATALOGUE = "application/oscal.catalog+json"
PROFILE = "application/oscal.profile+json"
JSON = "application/json"
CSV = "text/csv"


def nist(name: str) -> bytes:
    """One of NIST's documents."""
    return (DATA / name).read_bytes()


def metadata(version: str) -> dict[str, Any]:
    return {
        "title": "Example",
        "last-modified": "2026-01-01T00:00:00Z",
        "version": version,
        "oscal-version": "1.2.3",
    }


def catalogue(*groups: dict[str, Any], version: str = "1.0", **members: Any) -> dict[str, Any]:
    """An OSCAL catalogue."""
    listed = {"groups": list(groups)} if groups else {}
    return {"catalog": {"uuid": str(uuid.uuid4()), "metadata": metadata(version), **listed, **members}}


def control(key: str, prose: str = "It is done.", **members: Any) -> dict[str, Any]:
    """An OSCAL control with a statement."""
    statement = {"id": f"{key}_smt", "name": "statement", "prose": prose}
    return {"id": key, "title": f"Title of {key}", "parts": [statement], **members}


def profile(*imports: dict[str, Any], version: str = "1.0", **members: Any) -> dict[str, Any]:
    """An OSCAL profile."""
    return {"profile": {"uuid": str(uuid.uuid4()), "metadata": metadata(version), "imports": list(imports), **members}}


async def own_framework(org: Organisation, code: str = "own", scheme: str = "other") -> str:
    """The id of a new framework of the organisation's own."""
    draft = {"code": code, "title": "Our own", "publisher": "Example Ltd", "scheme": scheme}
    key: str = created(await org.manager.post("/v1/frameworks", json=draft))["id"]
    return key


async def send(
    org: Organisation, framework: str, document: Any, media_type: str = CATALOGUE, **query: Any
) -> httpx.Response:
    """Import a document, given as bytes or as what JSON makes of it."""
    content = document if isinstance(document, bytes) else json.dumps(document).encode()
    return await org.manager.post(
        f"/v1/frameworks/{framework}/versions",
        content=content,
        headers={"Content-Type": media_type},
        params=query,
    )


async def requirements(org: Organisation, version: str, **query: str) -> list[dict[str, Any]]:
    """All requirements of a version, page by page."""
    items: list[dict[str, Any]] = []
    page = {"version_id": version, "limit": "200", **query}
    while True:
        answer = ok(await org.viewer.get("/v1/requirements", params=page))
        items += answer["items"]
        if answer["next_cursor"] is None:
            return items
        page["cursor"] = answer["next_cursor"]


async def shipped(org: Organisation, code: str) -> str:
    """The id of the version of a framework that comes with Attest."""
    frameworks = ok(await org.viewer.get("/v1/frameworks"))["items"]
    found = next(each["id"] for each in frameworks if each["code"] == code)
    (edition,) = ok(await org.viewer.get("/v1/framework-versions", params={"framework_id": found}))["items"]
    key: str = edition["id"]
    return key
