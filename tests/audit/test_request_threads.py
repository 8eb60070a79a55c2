"""The thread of a request: both parties write, see and mention."""

import httpx

from deploy.firm import Firm
from shared.data.sessions import Database
from tests.audit.given import moved
from tests.audit.requested import answered, drafted, in_planning, released, told
from tests.support import Organisation, created, ok, person, problem


async def test_both_parties_write_and_mention(org: Organisation, database: Database, firm: Firm) -> None:
    engagement = await in_planning(org, database, firm)
    async with firm.acting("staff", engagement["id"]) as staff:
        request = await released(staff)
        path = f"/v1/requests/{request['id']}/comments"
        asked = created(await staff.post(path, json={"text": "The whole period, please."}))
        assert (asked["by_firm"], asked["mentions"], asked["written_by"]["firm"]) == (True, [], firm.id)
        tester = asked["written_by"]["person"]
        dana = await person(org, "dana")
        draft = {"text": "Dana exports it.", "mentions": ["dana@example.com", tester["id"]]}
        said = created(await org.owner.post(path, json=draft))
        assert (said["by_firm"], said["mentions"]) == (False, [dana, tester])
        query = {"request_id": request["id"]}
        for reader in (staff, org.viewer):
            listed = ok(await reader.get("/v1/request-comments", params=query))["items"]
            assert [each["id"] for each in listed] == [asked["id"], said["id"]]
            assert ok(await reader.get(f"/v1/request-comments/{said['id']}")) == said
        owner = (await answered(org, request))["given_by"]["person"]
        back = created(await staff.post(path, json={"text": "Thank you.", "mentions": [owner["id"]]}))
        assert back["mentions"] == [owner]
    for comment in (asked, said, back):
        assert await told(org.manager, comment["id"]) == ["request_comment.written"]
        assert await told(firm.admin, comment["id"]) == ["request_comment.written"]


async def test_nobody_is_mentioned_who_took_no_part(org: Organisation, database: Database, firm: Firm) -> None:
    engagement = await in_planning(org, database, firm)
    kim = await person(org, "kim")
    async with firm.acting("staff", engagement["id"]) as staff:
        request = await released(staff)
        path = f"/v1/requests/{request['id']}/comments"
        for stranger in (kim["id"], "kim@example.com"):
            answer = await staff.post(path, json={"text": "Kim?", "mentions": [stranger]})
            assert problem(answer, 422, "unknown-person")["errors"][0]["pointer"] == "/mentions/0"
        leaver = {"name": "Lou Leaver", "emails": [f"lou@{org.id}.example"]}
        gone = created(await org.admin.post("/v1/people", json=leaver))["id"]
        ok(await org.admin.post(f"/v1/people/{gone}/departures", json={"reason": "Left."}))
        problem(await org.owner.post(path, json={"text": "Lou?", "mentions": [gone]}), 422, "person-gone")
        problem(await org.viewer.post(path, json={"text": "Lou?"}), 403, "forbidden")


async def test_the_firm_mentions_nobody_of_its_own_beside_the_team(
    org: Organisation, database: Database, firm: Firm
) -> None:
    engagement = await in_planning(org, database, firm, "staff", "manager")
    async with firm.acting("staff", engagement["id"]) as staff:
        request = await released(staff)
        path = f"/v1/requests/{request['id']}/comments"
        mentioned = created(await staff.post(path, json={"text": "Seen?", "mentions": [firm.address("manager")]}))
        assert [each["name"] for each in mentioned["mentions"]] == ["Manager"]
        draft = {"text": "Seen?", "mentions": [firm.address("manager"), firm.address("partner")]}
        refused = problem(await staff.post(path, json=draft), 422, "unknown-person")
        assert [each["pointer"] for each in refused["errors"]] == ["/mentions/1"]


async def test_a_draft_that_was_cancelled_has_no_thread(org: Organisation, database: Database, firm: Firm) -> None:
    engagement = await in_planning(org, database, firm)
    async with firm.acting("staff", engagement["id"]) as staff:
        request = await drafted(staff)
        ok(await staff.post(f"/v1/requests/{request['id']}/cancellations", json={"reason": "Not needed."}))
        answer = await staff.post(f"/v1/requests/{request['id']}/comments", json={"text": "They must not know."})
        problem(answer, 409, "conflict")
    assert ok(await org.viewer.get("/v1/request-comments"))["items"] == []


async def test_a_comment_is_never_changed(org: Organisation, database: Database, firm: Firm) -> None:
    engagement = await in_planning(org, database, firm)
    async with firm.acting("staff", engagement["id"]) as staff:
        request = await released(staff)
        comment = created(await staff.post(f"/v1/requests/{request['id']}/comments", json={"text": "Please."}))
        answer = await staff.patch(f"/v1/request-comments/{comment['id']}", json={"text": "No."})
        assert answer.status_code == httpx.codes.METHOD_NOT_ALLOWED


async def test_nobody_writes_in_a_completed_engagement(org: Organisation, database: Database, firm: Firm) -> None:
    engagement = await in_planning(org, database, firm)
    async with firm.acting("staff", engagement["id"]) as staff:
        request = await released(staff)
        await moved(database, org, engagement, "fieldwork", "evaluation", "reporting", "issued", "completed")
        for party in (staff, org.owner):
            answer = await party.post(f"/v1/requests/{request['id']}/comments", json={"text": "One more thing."})
            problem(answer, 409, "conflict")
