"""Vendors over HTTP: registered with a tier, used, suspended, offboarded with evidence."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.risk.schedule import announce_reviews_of_vendors
from shared.data.sessions import Database
from tests.risk.assets import registered
from tests.risk.given import trail
from tests.risk.vendors import REASON, VENDOR, active_vendor, evidence, registered_vendor, strike, today, vendor_of
from tests.support import Organisation, created, ok, person, problem


async def test_a_vendor_is_registered_with_its_tier_and_why(org: Organisation) -> None:
    asset = await registered(org, "AS-01")
    contact = {"name": "Kim Ono", "email": "kim.ono@example.net"}
    response = await org.risk.post("/v1/vendors", json=VENDOR | {"asset_ids": [asset], "contacts": [contact]})
    vendor = created(response)
    assert vendor == ok(await org.viewer.get(response.headers["Location"]))
    assert (vendor["tier"], vendor["status"], vendor["owner"]) == ("high", "prospect", await person(org, "riley"))
    assert [(each["code"], each["tier"]) for each in vendor["tier_reasons"]] == [
        ("data_class", "high"),
        ("dependence", "moderate"),
    ]
    assert (vendor["review_due_on"], vendor["review_cause"]) == (today(), "onboarding")
    path = f"/v1/vendors/{vendor['id']}"
    change = {"data_class": "restricted", "access": "privileged", "contacts": [], "owner": "lee@example.com"}
    revised = ok(await org.risk.patch(path, json=change, headers={"If-Match": '"1"'}))
    assert (revised["tier"], revised["contacts"], revised["owner"]) == ("critical", [], await person(org, "lee"))
    for filters, found in (
        ({"tier": "critical", "kind": "vendor"}, 1),
        ({"asset_id": asset, "status": "prospect"}, 1),
        ({"q": "hosting", "owner": "lee@example.com"}, 1),
        ({"review_due_by": today()}, 1),
        ({"review_due_by": today(-1)}, 0),
        ({"review_overdue": True}, 0),
        ({"review_overdue": True, "as_of": today(1)}, 1),
        ({"updated_since": revised["updated_at"]}, 1),
        ({"data_class": "public"}, 0),
    ):
        items = ok(await org.viewer.get("/v1/vendors", params=filters))["items"]  # type: ignore[arg-type]
        assert len(items) == found, filters


@pytest.mark.parametrize(
    ("changes", "kind", "pointer"),
    [
        ({"data_class": "secret"}, "invalid", "/data_class"),
        ({"contacts": [{"name": "Kim", "email": "kim"}]}, "invalid", "/contacts/0/email"),
        ({"asset_ids": [str(uuid.uuid4())]}, "unknown-asset", "/asset_ids/0"),
        ({"owner": "nobody@example.com"}, "unknown-person", "/owner"),
        ({"tier": "low"}, "invalid", "/tier"),
    ],
)
async def test_what_is_invalid_is_named(org: Organisation, changes: dict[str, Any], kind: str, pointer: str) -> None:
    refused = problem(await org.risk.post("/v1/vendors", json=VENDOR | changes), 422, kind)
    assert refused["errors"][0]["pointer"] == pointer
    if kind != "invalid":
        path = f"/v1/vendors/{await registered_vendor(org)}"
        problem(await org.risk.patch(path, json=changes, headers={"If-Match": '"1"'}), 422, kind)


async def test_each_verb_goes_with_its_states(org: Organisation) -> None:
    vendor = await registered_vendor(org)
    path = f"/v1/vendors/{vendor}"
    problem(await org.risk.post("/v1/vendors", json=VENDOR), 409, "code-taken")
    incident = {"cause": "incident", "reason": "A breach."}
    for client, sub, body in (
        (org.risk, "activations", None),
        (org.manager, "suspensions", REASON),
        (org.manager, "reinstatements", REASON),
        (org.risk, "review-calls", incident),
    ):
        problem(await client.post(f"{path}/{sub}", json=body), 409, "conflict")
    active = await active_vendor(org, code="V-02")
    path = f"/v1/vendors/{active}"
    due = (await vendor_of(org, active))["review_due_on"]
    assert due > today(360)
    called = ok(await org.risk.post(f"{path}/review-calls", json=incident))
    assert (called["review_due_on"], called["review_cause"]) == (today(), "incident")
    assert ok(await org.manager.post(f"{path}/suspensions", json=REASON))["status_reason"] == "It was agreed."
    problem(await org.manager.post(f"{path}/suspensions", json=REASON), 409, "conflict")
    assert ok(await org.manager.post(f"{path}/reinstatements", json=REASON))["status"] == "active"
    problem(await org.risk.post(f"{path}/activations"), 409, "conflict")
    kinds = [each["type"].removeprefix("risk.vendor.") for each in await trail(org, active)]
    assert kinds == ["registered", "approved", "activated", "review_called_for", "suspended", "reinstated"]
    for sub, body in (
        ("activations", None),
        ("suspensions", REASON),
        ("reinstatements", REASON),
        ("review-calls", incident),
        ("offboardings", REASON),
    ):
        problem(await org.manager.post(f"/v1/vendors/{uuid.uuid4()}/{sub}", json=body), 404, "not-found")
    version = {"If-Match": "*"}
    problem(await org.risk.patch(f"/v1/vendors/{uuid.uuid4()}", json={"name": "X"}, headers=version), 404, "not-found")
    problem(await org.viewer.get(f"/v1/vendors/{uuid.uuid4()}"), 404, "not-found")


PROOF: dict[str, Any] = {
    "access_revoked_on": "2026-01-31",
    "access_evidence_ids": [str(uuid.uuid4())],
    "data": "destroyed",
    "data_settled_on": "2026-02-10",
    "data_evidence_ids": [str(uuid.uuid4())],
}


async def test_a_vendor_leaves_with_evidence(org: Organisation, database: Database) -> None:
    vendor = await active_vendor(org)
    path = f"/v1/vendors/{vendor}"
    leaving = ok(await org.risk.post(f"{path}/offboardings", json=REASON))
    assert (leaving["status"], leaving["review_due_on"]) == ("offboarding", None)
    problem(await org.risk.post(f"{path}/offboardings", json=REASON), 409, "conflict")
    problem(await org.risk.post(f"{path}/reviews", json={"reviewer": "risk@example.com"}), 409, "conflict")
    access, destroyed = await evidence(org, database), await evidence(org, database)
    sent_back = await evidence(org, database, returned=True)
    proof = PROOF | {"access_evidence_ids": [access], "data_evidence_ids": [destroyed]}
    for changes, kind, pointer in (
        ({"access_evidence_ids": []}, "invalid", "/access_evidence_ids"),
        ({"access_evidence_ids": [str(uuid.uuid4())]}, "unusable-evidence", "/access_evidence_ids/0"),
        ({"data_evidence_ids": [sent_back]}, "unusable-evidence", "/data_evidence_ids/0"),
        ({"data_evidence_ids": []}, "invalid", "/data_evidence_ids"),
        ({"data_settled_on": None}, "invalid", "/data_settled_on"),
        ({"data_settled_on": today(2)}, "invalid", "/data_settled_on"),
        ({"access_revoked_on": today(2)}, "invalid", "/access_revoked_on"),
        ({"data": "none_held"}, "invalid", "/data"),
    ):
        refused = await org.risk.post(f"{path}/offboarding-completions", json=proof | changes)
        assert problem(refused, 422, kind)["errors"][0]["pointer"] == pointer
    gone = await org.risk.post(f"/v1/vendors/{uuid.uuid4()}/offboarding-completions", json=proof)
    problem(gone, 404, "not-found")
    left = ok(await org.risk.post(f"{path}/offboarding-completions", json=proof))
    assert (left["status"], left["offboarding"]["data"]) == ("offboarded", "destroyed")
    version = {"If-Match": f'"{left["version"]}"'}
    problem(await org.risk.patch(path, json={"name": "X"}, headers=version), 409, "conflict")


async def test_a_review_that_comes_due_is_announced_once(org: Organisation, database: Database) -> None:
    vendor = await active_vendor(org)
    due = datetime.fromisoformat((await vendor_of(org, vendor))["review_due_on"]).replace(hour=1, tzinfo=UTC)
    assert await strike(database, announce_reviews_of_vendors, org, due - timedelta(days=1)) == 0
    assert await strike(database, announce_reviews_of_vendors, org, due) == 1
    assert await strike(database, announce_reviews_of_vendors, org, due + timedelta(days=9)) == 0
    assert (await trail(org, vendor))[-1]["type"] == "risk.vendor.review_due"


async def test_vendors_are_written_by_who_may_and_seen_by_nobody_else(
    org: Organisation, other_org: Organisation
) -> None:
    vendor = await registered_vendor(org)
    problem(await org.viewer.post("/v1/vendors", json=VENDOR | {"code": "V-02"}), 403, "forbidden")
    problem(await org.owner.post(f"/v1/vendors/{vendor}/suspensions", json=REASON), 403, "forbidden")
    problem(await other_org.viewer.get(f"/v1/vendors/{vendor}"), 404, "not-found")
    problem(await other_org.risk.post(f"/v1/vendors/{vendor}/activations"), 404, "not-found")
    assert ok(await other_org.viewer.get("/v1/vendors"))["items"] == []
    await registered_vendor(other_org)
