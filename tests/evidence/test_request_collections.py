"""What an auditor asks for is collected: the client's acceptance submits it, and the auditor reads it."""

from datetime import UTC, date, datetime
from typing import Any

import httpx
import pytest

from deploy.firm import Firm
from services.evidence.collecting.collections.models import CollectionStatus
from services.evidence.collecting.request_collections.rules import due_at, overdue_at, standing
from shared.data.sessions import Database
from tests.audit.given import day
from tests.audit.requested import answered, in_planning, released
from tests.evidence.given import a_draft, an_expectation, kinds_told_of, submitted
from tests.support import Organisation, created, eventually, ok, person, problem

WHY = {"reason": "The service accounts are missing."}


async def collection_of(org: Organisation, request: dict[str, Any], **standing: Any) -> dict[str, Any]:
    """The collection of a request, once it stands so."""

    async def found() -> dict[str, Any] | None:
        params = {"request_id": request["id"]}
        items = ok(await org.viewer.get("/v1/collections", params=params))["items"]
        return next((each for each in items if all(each[name] == value for name, value in standing.items())), None)

    return await eventually(found)


async def status_of(reader: httpx.AsyncClient, request: dict[str, Any], status: str) -> dict[str, Any]:
    """The request, once it stands so."""

    async def found() -> dict[str, Any] | None:
        seen = ok(await reader.get(f"/v1/requests/{request['id']}"))
        return seen if seen["status"] == status else None

    return await eventually(found)


async def test_what_an_auditor_asks_for_is_collected_and_submitted(
    org: Organisation, audit_database: Database, firm: Firm
) -> None:
    engagement = await in_planning(org, audit_database, firm)
    async with firm.acting("staff", engagement["id"]) as staff:
        request = await released(staff, code="CC6.1-01")
        collection = await collection_of(org, request)
        assert (collection["title"], collection["status"]) == (f"CC6.1-01 {request['title']}", "open")
        assert (collection["expectation_id"], collection["owner"], collection["intended_on"]) == (None, None, day(14))
        item = await submitted(org, collection_ids=[collection["id"]])
        assert (await collection_of(org, request, status="submitted"))["evidence_ids"] == [item["id"]]
        assert ok(await staff.get(f"/v1/requests/{request['id']}"))["status"] == "open"
        problem(await staff.get(f"/v1/evidence/{item['id']}"), 404, "not-found")
        ok(await org.reviewer.post(f"/v1/evidence/{item['id']}/reviews", json={"decision": "accepted"}))
        await status_of(staff, request, "submitted")
        (answer,) = ok(await staff.get("/v1/request-answers", params={"request_id": request["id"]}))["items"]
        assert [each["id"] for each in answer["evidence"]] == [item["id"]]
        assert answer["given_by"]["person"]["name"] == "Reviewer"

        async def readable() -> bool:
            return (await staff.get(f"/v1/evidence/{item['id']}")).is_success

        await eventually(readable)
        ok(await staff.post(f"/v1/requests/{request['id']}/returns", json=WHY))
        again = await collection_of(org, request, status="open")
        assert (again["submitted_at"], again["accepted_at"]) == (None, None)
        better = await submitted(org, collection_ids=[collection["id"]], title="With service accounts")
        ok(await org.reviewer.post(f"/v1/evidence/{better['id']}/reviews", json={"decision": "accepted"}))
        await status_of(staff, request, "submitted")
        ok(await staff.post(f"/v1/requests/{request['id']}/acceptances", json={}))
        assert (await collection_of(org, request, status="accepted"))["evidence_ids"] == [item["id"], better["id"]]
    assert await kinds_told_of(org, collection) == [
        *("opened", "submitted", "accepted", "reopened", "submitted", "accepted")
    ]


async def test_what_answered_a_request_is_held_with_its_engagement(
    org: Organisation, audit_database: Database, firm: Firm
) -> None:
    engagement = await in_planning(org, audit_database, firm)
    async with firm.acting("staff", engagement["id"]) as staff:
        request = await released(staff)
    collection = await collection_of(org, request)
    item, other = (
        await submitted(org, collection_ids=[collection["id"]]),
        await submitted(org, await an_expectation(org)),
    )
    matter = {"matter": "Doe v. Example Corp.", "reason": "Counsel asked for it."}
    hold = {**matter, "scope": {"engagement_ids": [engagement["id"]]}}
    placed = created(await org.manager.post("/v1/holds", json=hold))["id"]

    async def held(evidence: dict[str, Any]) -> bool:
        holds = ok(await org.manager.get("/v1/holds", params={"item_id": evidence["id"]}))["items"]
        return placed in {each["id"] for each in holds}

    assert not await held(item)
    created(await org.owner.post(f"/v1/requests/{request['id']}/answers", json={"evidence_ids": [item["id"]]}))

    async def held_now() -> bool:
        return await held(item)

    await eventually(held_now)
    assert not await held(other)


async def test_a_collection_follows_its_request(org: Organisation, audit_database: Database, firm: Firm) -> None:
    engagement = await in_planning(org, audit_database, firm)
    async with firm.acting("staff", engagement["id"]) as staff:
        request = await released(staff)
        collection = await collection_of(org, request)
        dana = await person(org, "dana")
        path = f"/v1/requests/{request['id']}"
        ok(await org.manager.post(f"{path}/assignments", json={"owner": dana["id"]}))
        assert (await collection_of(org, request, owner=dana))["status"] == "open"
        ok(await staff.post(f"{path}/reschedulings", json={"due_on": day(30), **WHY}))
        moved = await collection_of(org, request, intended_on=day(30))
        assert moved["due_at"].startswith(day(30))
        own = f"/v1/collections/{collection['id']}"
        problem(await org.manager.post(f"{own}/skips", json=WHY), 409, "asked-by-an-auditor")
        later = {"due_at": f"{day(60)}T00:00:00Z", **WHY}
        problem(await org.manager.post(f"{own}/overrides", json=later), 409, "asked-by-an-auditor")
        owner = {"owner": "kim@example.com"}
        answer = await org.manager.patch(own, json=owner, headers={"If-Match": "*"})
        problem(answer, 409, "asked-by-an-auditor")
        await answered(org, request)
        assert (await collection_of(org, request, status="skipped"))["overdue"] is False
        ok(await staff.post(f"{path}/returns", json=WHY))
        await collection_of(org, request, status="open")
        ok(await staff.post(f"{path}/cancellations", json=WHY))
        await collection_of(org, request, status="skipped")


async def test_evidence_is_for_something(org: Organisation, audit_database: Database, firm: Firm) -> None:
    nothing = problem(await org.owner.post("/v1/evidence", json=a_draft()), 422, "invalid")
    assert nothing["errors"][0]["pointer"] == "/expectation_ids"
    engagement = await in_planning(org, audit_database, firm)
    async with firm.acting("staff", engagement["id"]) as staff:
        request = await released(staff)
    collection = await collection_of(org, request)
    item = await submitted(org, collection_ids=[collection["id"]])
    correction = {name: value for name, value in a_draft().items() if name != "expectation_ids"} | {
        "reason": "The wrong month."
    }
    new = created(await org.owner.post(f"/v1/evidence/{item['id']}/versions", json=correction))
    assert new["collection_ids"] == [collection["id"]]


@pytest.mark.parametrize(
    ("before", "request_status", "after"),
    [
        (None, "open", "open"),
        (None, "cancelled", "skipped"),
        ("open", "open", "open"),
        ("submitted", "returned", "submitted"),
        ("accepted", "returned", "open"),
        ("skipped", "returned", "open"),
        ("skipped", "open", "skipped"),
        ("open", "submitted", "skipped"),
        ("accepted", "submitted", "accepted"),
        ("submitted", "accepted", "skipped"),
        ("open", "unavailable", "skipped"),
    ],
)
def test_how_a_collection_stands(before: str | None, request_status: str, after: str) -> None:
    assert standing(CollectionStatus(before) if before else None, request_status) == after


def test_a_request_is_overdue_when_its_day_is_over() -> None:
    assert due_at(date(2026, 7, 31)) == datetime(2026, 7, 31, tzinfo=UTC)
    assert overdue_at(date(2026, 7, 31)) == datetime(2026, 8, 1, tzinfo=UTC)
