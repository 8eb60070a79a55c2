"""What other systems told an organisation: a webhook and a scan, with all that comes of them."""

import json

import httpx

from deploy.client import Organisation, done, eventually
from services.integrations.receiving.sources.models import SourceKind
from shared.clock import now
from tests.integrations.senders import STANDARD_SECRET, signed
from tests.integrations.test_mapping_versions import DRAFT, SCAN
from tests.integrations.test_vulnerability_findings import SOURCE, report

_SENDER = {"title": "Scanner", "kind": "standard_webhooks", "owner": "dana@example.com", "secret": STANDARD_SECRET}


async def one_delivery_and_one_scan(org: Organisation) -> None:
    """A delivery that is mapped by rules of the organisation's own, and a result file with a vulnerability."""
    version = done(await org.manager.post("/v1/mapping-versions", json=DRAFT))["id"]
    for verb in ("trials", "activations"):
        done(await org.manager.post(f"/v1/mapping-versions/{version}/{verb}", json={} if verb == "trials" else None))
    source = done(await org.manager.post("/v1/sources", json=_SENDER))
    body = json.dumps({"type": "scan.finished", "data": SCAN}).encode()
    headers = signed(SourceKind.STANDARD_WEBHOOKS, body, now())
    async with httpx.AsyncClient(base_url=org.manager.base_url, timeout=30) as sender:  # it has no token
        (await sender.post(source["path"], content=body, headers=headers)).raise_for_status()
    content = report(("CVE-2026-0001", "HIGH"))
    done(await org.monitor.post("/v1/result-files", content=content, params={"source": SOURCE}))

    async def mapped() -> bool:
        return bool(done(await org.manager.get("/v1/facts"))["items"])

    await eventually(mapped)
