"""Audit firms: founded as such, found in the directory once listed, with licences that the operator verifies."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from deploy.local.stack import Stack
from tests.gateway.support import token_for
from tests.support import Organisation, created, ok, problem

TODAY = datetime.now(UTC).date()
IN_A_YEAR = (TODAY + timedelta(days=365)).isoformat()
PERMIT = {
    "kind": "firm_permit",
    "region": "US-CA",
    "issued_by": "California Board of Accountancy",
    "number": "PAR 1234",
    "issued_to": "Hale & Partners LLP",
    "expires_on": IN_A_YEAR,
}
CHECK = {"decision": "verified", "method": "Looked up by number; all agrees.", "checked_on": TODAY.isoformat()}


class Firm:
    """A firm with its administrator's client."""

    def __init__(self, org_id: str, admin: httpx.AsyncClient) -> None:
        self.id, self.admin = org_id, admin

    async def revised(self, **changes: Any) -> dict[str, Any]:
        version = ok(await self.admin.get(f"/v1/firms/{self.id}"))["version"]
        path = f"/v1/firms/{self.id}"
        return ok(await self.admin.patch(path, json=changes, headers={"If-Match": f'"{version}"'}))


@pytest.fixture
async def firm(stack: Stack, operator: httpx.AsyncClient) -> Any:
    name = f"Hale & Partners LLP {uuid.uuid4()}"
    admin = {"name": "Hanna Hale", "email": f"hanna@{uuid.uuid4()}.example"}
    draft = {"title": name, "administrator": admin, "audit_firm": "cpa_firm"}
    founded = created(await operator.post("/v1/organisations", json=draft))
    token = ok(await token_for(stack.url, **founded["admin"]))["access_token"]
    async with httpx.AsyncClient(base_url=stack.url, headers={"Authorization": f"Bearer {token}"}) as client:
        yield Firm(founded["organisation"]["id"], client)


async def test_a_firm_is_found_by_others_once_it_is_listed(org: Organisation, firm: Firm) -> None:
    own = ok(await firm.admin.get(f"/v1/firms/{firm.id}"))
    assert (own["kind"], own["listed"], own["may_examine"], own["licences"]) == ("cpa_firm", False, False, [])
    problem(await org.viewer.get(f"/v1/firms/{firm.id}"), 404, "not-found")
    review = {"enrolled": True, "last_result": "pass", "year_ended_on": "2025-12-31"}
    described = {"regions": ["US", "US-CA"], "services": ["soc2", "readiness"], "peer_review": review}
    listed = await firm.revised(**described, listed=True)
    assert (listed["services"], listed["peer_review"]["last_result"]) == (["soc2", "readiness"], "pass")
    seen = ok(await org.viewer.get(f"/v1/firms/{firm.id}"))
    assert (seen["name"], seen["regions"]) == (own["name"], ["US", "US-CA"])

    async def found(**query: str) -> bool:
        items = ok(await org.viewer.get("/v1/firms", params={"q": own["name"].lower(), **query}))["items"]
        return [each["id"] for each in items] == [firm.id]

    assert await found(region="US-CA", service="soc2", kind="cpa_firm", may_examine="false")
    assert not await found(region="DE")
    assert not await found(service="iso27001_certification")
    assert not await found(may_examine="true")
    await firm.revised(listed=False)
    problem(await org.viewer.get(f"/v1/firms/{firm.id}"), 404, "not-found")


async def test_nobody_else_changes_a_firm(org: Organisation, firm: Firm) -> None:
    await firm.revised(listed=True)
    answer = await org.admin.patch(f"/v1/firms/{firm.id}", json={"name": "Ours"}, headers={"If-Match": "*"})
    problem(answer, 404, "not-found")
    problem(await org.viewer.patch(f"/v1/firms/{firm.id}", json={}, headers={"If-Match": "*"}), 403, "forbidden")
    problem(await org.admin.post("/v1/licences", json=PERMIT), 409, "not-an-audit-firm")
    other = {"peer_review": {"enrolled": False, "last_result": "fail", "year_ended_on": "2025-12-31"}}
    answer = await firm.admin.patch(f"/v1/firms/{firm.id}", json=other, headers={"If-Match": '"2"'})
    assert problem(answer, 422, "invalid")["errors"][0]["pointer"] == "/peer_review"
    answer = await firm.admin.patch(f"/v1/firms/{firm.id}", json={"regions": ["Bavaria"]}, headers={"If-Match": '"2"'})
    assert problem(answer, 422, "invalid")["errors"][0]["pointer"] == "/regions/0"


async def test_a_licence_counts_once_the_operator_has_verified_it(
    org: Organisation, operator: httpx.AsyncClient, firm: Firm
) -> None:
    licence = created(await firm.admin.post("/v1/licences", json=PERMIT))
    assert (licence["status"], licence["verification"], licence["firm_id"]) == ("declared", None, firm.id)
    taken = problem(await firm.admin.post("/v1/licences", json=PERMIT), 409, "licence-declared-already")
    assert taken["errors"][0]["pointer"] == "/number"
    path = f"/v1/licences/{licence['id']}"
    problem(await org.viewer.get(path), 404, "not-found")
    problem(await firm.admin.post(f"{path}/verifications", json=CHECK), 403, "forbidden")
    tomorrow = {**CHECK, "checked_on": (TODAY + timedelta(days=1)).isoformat()}
    problem(await operator.post(f"{path}/verifications", json=tomorrow), 422, "invalid")
    problem(await operator.post(f"/v1/licences/{uuid.uuid4()}/verifications", json=CHECK), 404, "not-found")
    before = ok(await firm.admin.get(f"/v1/firms/{firm.id}"))
    verified = ok(await operator.post(f"{path}/verifications", json=CHECK))
    assert (verified["status"], verified["verification"]["method"]) == ("verified", CHECK["method"])
    problem(await operator.post(f"{path}/verifications", json=CHECK), 409, "conflict")
    after = ok(await firm.admin.get(f"/v1/firms/{firm.id}"))
    assert (before["may_examine"], after["may_examine"]) == (False, True)
    assert after["version"] > before["version"]
    later = (TODAY + timedelta(days=366)).isoformat() + "T00:00:00Z"
    assert ok(await firm.admin.get(f"/v1/firms/{firm.id}", params={"as_of": later}))["may_examine"] is False
    other = created(await firm.admin.post("/v1/licences", json=PERMIT | {"number": "PAR 9"}))["id"]
    ok(await operator.post(f"/v1/licences/{other}/verifications", json=CHECK | {"decision": "refused"}))
    again = created(await firm.admin.post("/v1/licences", json=PERMIT | {"number": "PAR 9"}))["id"]
    ok(await firm.admin.post(f"/v1/licences/{again}/withdrawals", json={"reason": "Declared by mistake."}))
    await firm.revised(listed=True)
    seen = ok(await org.viewer.get(f"/v1/firms/{firm.id}"))
    assert [(each["number"], each["status"]) for each in seen["licences"]] == [("PAR 1234", "verified")]
    assert ok(await org.viewer.get(path))["issued_to"] == "Hale & Partners LLP"
    up = {"reason": "The permit was given up."}
    problem(await org.admin.post(f"{path}/withdrawals", json=up), 409, "not-an-audit-firm")
    gone = ok(await firm.admin.post(f"{path}/withdrawals", json=up))
    assert gone["status"] == "withdrawn"
    problem(await firm.admin.post(f"{path}/withdrawals", json={"reason": "Again."}), 409, "conflict")
    assert ok(await org.viewer.get(f"/v1/firms/{firm.id}"))["licences"] == []
    told = ok(await firm.admin.get("/v1/services/gateway/trail", params={"subject": licence["id"]}))["items"]
    assert [each["type"] for each in told] == [
        "gateway.licence.declared",
        "gateway.licence.verified",
        "gateway.licence.withdrawn",
    ]


async def test_the_licences_of_people_stay_in_the_firm(
    org: Organisation, operator: httpx.AsyncClient, firm: Firm
) -> None:
    await firm.revised(listed=True)
    me = ok(await firm.admin.get("/v1/me"))["person"]
    own = {**PERMIT, "kind": "cpa_licence", "number": "CPA 77", "issued_to": me["name"]}
    problem(await firm.admin.post("/v1/licences", json=own), 422, "invalid")
    problem(await firm.admin.post("/v1/licences", json=own | {"person": "x@y.example"}), 422, "unknown-person")
    leaver = {"name": "Lou Leaver", "emails": [f"lou@{uuid.uuid4()}.example"]}
    gone = created(await firm.admin.post("/v1/people", json=leaver))["id"]
    ok(await firm.admin.post(f"/v1/people/{gone}/departures", json={"reason": "Left the firm."}))
    problem(await firm.admin.post("/v1/licences", json=own | {"person": gone}), 422, "person-gone")
    expired = own | {"person": me["id"], "expires_on": "2025-01-01"}
    problem(await firm.admin.post("/v1/licences", json=expired), 422, "invalid")
    licence = created(await firm.admin.post("/v1/licences", json=own | {"person": me["id"]}))
    assert licence["person"] == {"id": me["id"], "name": me["name"]}
    problem(await org.viewer.get(f"/v1/licences/{licence['id']}"), 404, "not-found")
    found = ok(await firm.admin.get("/v1/licences", params={"person": me["id"]}))["items"]
    assert [each["id"] for each in found] == [licence["id"]]
    assert ok(await operator.get(f"/v1/licences/{licence['id']}"))["issued_to"] == me["name"]
    assert ok(await org.viewer.get("/v1/licences", params={"firm_id": firm.id}))["items"] == []
    assert ok(await firm.admin.get(f"/v1/firms/{firm.id}"))["licences"] == []
