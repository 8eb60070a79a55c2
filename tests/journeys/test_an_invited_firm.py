"""A client brings its firm in: invited, founded, licensed, engaged; then asked, collected, submitted and accepted."""

from typing import Any

import httpx
import pytest

from deploy.client import eventually
from deploy.firm import Firm, an_administrator
from deploy.story import implemented_control, proposed_engagement
from shared.data.sessions import Database
from tests.audit.given import moved
from tests.audit.requested import released
from tests.evidence.given import submitted
from tests.support import Organisation, created, ok, problem

INVITATION = {"firm_name": "Hale & Partners LLP", "contact_name": "Hanna Hale", "contact_email": "hanna@hale.example"}


@pytest.fixture
async def brought_in(org: Organisation, operator: httpx.AsyncClient) -> Any:
    """A firm that founded itself with the secret that the client gave it."""
    secret = created(await org.manager.post("/v1/firm-invitations", json=INVITATION))["secret"]
    url = str(operator.base_url).rstrip("/")
    draft = {"secret": secret, "title": "Hale & Partners LLP", "kind": "cpa_firm", "administrator": an_administrator()}
    async with httpx.AsyncClient(base_url=url, timeout=30) as anyone:
        founded = created(await anyone.post("/v1/firm-foundings", json=draft))
    firm = await Firm.begin(founded["firm_id"], url, founded["admin"])
    yield firm
    await firm.close()


async def test_a_firm_that_its_client_brought_in_examines_it(
    org: Organisation, operator: httpx.AsyncClient, audit_database: Database, brought_in: Firm
) -> None:
    firm = brought_in
    engagement = await proposed_engagement(org, [await implemented_control(org, "AC-01")], firm_id=firm.id)
    with pytest.raises(RuntimeError, match="firm_permit"):
        await firm.accept(org.manager, engagement, "partner", "staff")
    await firm.become_licensed(operator)

    async def accepted() -> bool:
        async with firm.acting("partner", engagement) as partner:
            path = f"/v1/engagements/{engagement}/phases"
            return (await partner.post(path, json={"phase": "accepted"})).is_success

    await eventually(accepted)
    await moved(audit_database, org, {"id": engagement}, "planning")
    async with firm.acting("staff", engagement) as staff:
        assert ok(await staff.get("/v1/engagements"))["items"][0]["id"] == engagement
        request = await released(staff)

        async def collection() -> str | None:
            found = ok(await org.viewer.get("/v1/collections", params={"request_id": request["id"]}))["items"]
            return str(found[0]["id"]) if found else None

        item = await submitted(org, collection_ids=[await eventually(collection)])
        ok(await org.reviewer.post(f"/v1/evidence/{item['id']}/reviews", json={"decision": "accepted"}))
        path = f"/v1/requests/{request['id']}"

        async def is_submitted() -> bool:
            return bool(ok(await staff.get(path))["status"] == "submitted")

        await eventually(is_submitted)
        ok(await staff.post(f"{path}/acceptances", json={}))
    problem(await firm.admin.get(f"/v1/evidence/{item['id']}"), 404, "not-found")
    assert ok(await org.viewer.get(path))["status"] == "accepted"
