"""Requests: drafts of the firm that the client does not see, released, answered, returned and accepted."""

import asyncio
import uuid
from typing import Any

import httpx
import pytest

from deploy.firm import Firm
from services.audit.requests.request_answers.actions import give
from services.audit.requests.request_answers.schemas import RequestAnswerDraft
from shared.data.sessions import Database, instant_of
from shared.identity.callers import Actor, ActorKind
from tests.audit.given import NOW, day, hear, moved, planned, recovers, type1
from tests.audit.requested import DRAFT, DUE, WORDS, answered, drafted, evidence, in_planning, released, told
from tests.support import Organisation, created, ok, person, problem

WHY = {"reason": "The export lacks the service accounts."}


async def test_a_draft_is_the_firms_alone(org: Organisation, database: Database, firm: Firm) -> None:
    engagement = await in_planning(org, database, firm)
    async with firm.acting("staff", engagement["id"]) as staff:
        draft = await drafted(staff)
        path = f"/v1/requests/{draft['id']}"
        assert (draft["code"], draft["status"], draft["engagement_id"]) == ("R-001", "draft", engagement["id"])
        assert ok(await staff.get(path)) == draft
        for own in (org.manager, org.admin, org.viewer):
            problem(await own.get(path), 404, "not-found")
            assert ok(await own.get("/v1/requests"))["items"] == []
        problem(await org.owner.post(f"{path}/answers", json=WORDS), 404, "not-found")
        problem(await org.owner.post(f"{path}/comments", json={"text": "?"}), 404, "not-found")
        problem(await org.manager.post(f"{path}/assignments", json={"owner": None}), 404, "not-found")
        problem(await firm.admin.get(path), 404, "not-found")
        revision = {"title": "All accounts", "example": None}
        revised = ok(await staff.patch(path, json=revision, headers={"If-Match": '"1"'}))
        assert (revised["title"], revised["example"], revised["text"]) == ("All accounts", None, DRAFT["text"])
        problem(await staff.patch(path, json=revision, headers={"If-Match": '"1"'}), 412, "stale")
        cancelled = ok(await staff.post(f"{path}/cancellations", json={"reason": "Asked for elsewhere."}))
        assert cancelled["status"] == "cancelled"
        problem(await staff.patch(path, json=revision, headers={"If-Match": '"3"'}), 409, "conflict")
        problem(await staff.post(f"{path}/releases", json={}), 409, "not-drafts")
    assert await told(org.manager, draft["id"]) == []
    assert await told(firm.admin, draft["id"]) == ["request.drafted", "request.revised", "request.cancelled"]
    problem(await org.manager.get(path), 404, "not-found")


async def test_a_list_is_released_as_a_whole_and_both_trails_tell(
    org: Organisation, database: Database, firm: Firm
) -> None:
    engagement = await in_planning(org, database, firm)
    async with firm.acting("staff", engagement["id"]) as staff:
        first = await drafted(staff)
        second = created(await staff.post("/v1/requests", json=DRAFT | {"code": "CC6.1-01"}))
        ids = [first["id"], second["id"]]
        answer = await staff.post("/v1/requests/releases/batch", json={"request_ids": ids})
        assert [each["pointer"] for each in problem(answer, 422, "invalid")["errors"]] == ["/request_ids/1"]
        past = {"request_ids": ids, "due_on": day(-1)}
        problem(await staff.post("/v1/requests/releases/batch", json=past), 422, "invalid")
        unknown = {"request_ids": [*ids, str(uuid.uuid4())], **DUE}
        problem(await staff.post("/v1/requests/releases/batch", json=unknown), 404, "not-found")
        assert ok(await org.manager.get("/v1/requests"))["items"] == []
        whole = {"request_ids": ids, "due_on": day(7)}
        assert ok(await staff.post("/v1/requests/releases/batch", json=whole))["request_ids"] == ids
        seen = ok(await org.viewer.get("/v1/requests"))["items"]
        assert {each["code"]: each["due_on"] for each in seen} == {"CC6.1-01": day(7), "R-001": DUE["due_on"]}
        assert {each["status"] for each in seen} == {"open"}
        refused = problem(await staff.post("/v1/requests/releases/batch", json=whole), 409, "not-drafts")
        assert [each["detail"] for each in refused["errors"]] == ["open", "open"]
        problem(await staff.patch(f"/v1/requests/{ids[0]}", json={}, headers={"If-Match": "*"}), 409, "conflict")
    assert await told(org.manager, ids[0]) == ["request.released"]
    assert await told(firm.admin, ids[0]) == ["request.drafted", "request.released"]


async def test_an_answer_is_returned_answered_again_and_accepted(
    org: Organisation, database: Database, firm: Firm
) -> None:
    engagement = await in_planning(org, database, firm)
    async with firm.acting("staff", engagement["id"]) as staff:
        request, other = await released(staff), await released(staff, code="X-1")
        path, item = f"/v1/requests/{request['id']}", await evidence(org, database)
        problem(await staff.post(f"{path}/acceptances", json={}), 409, "conflict")
        first = await answered(org, request, evidence_ids=[item], **WORDS)
        assert (first["number"], first["evidence"][0]["title"]) == (1, "Accounts, 30 June")
        submitted = ok(await staff.get(path))
        assert (submitted["status"], submitted["answers"]) == ("submitted", 1)
        assert submitted["answered_at"] == first["given_at"]
        returned = ok(await staff.post(f"{path}/returns", json=WHY))
        assert (returned["status"], returned["reason"]) == ("returned", WHY["reason"])
        assert ok(await org.viewer.get(path)) == returned
        both = {"request_ids": [request["id"], other["id"]], "evidence_ids": [item]}
        given = ok(await org.owner.post("/v1/request-answers/batch", json=both))["answer_ids"]
        assert ok(await staff.get(f"/v1/request-answers/{given[0]}"))["number"] == 2
        listed = ok(await staff.get("/v1/request-answers", params={"evidence_id": item}))["items"]
        assert [each["id"] for each in listed] == [first["id"], *given]
        assert (
            ok(await org.viewer.get("/v1/request-answers", params={"request_id": other["id"]}))["items"][0]["id"]
            == given[1]
        )
        accepted = ok(await staff.post(f"{path}/acceptances", json={"remark": "Complete."}))
        assert (accepted["status"], accepted["decided_by"]["firm"]) == ("accepted", firm.id)
        problem(await org.owner.post(f"{path}/answers", json=WORDS), 409, "conflict")
        problem(await staff.post(f"{path}/cancellations", json=WHY), 409, "conflict")
        assert ok(await staff.post(f"{path}/returns", json=WHY))["status"] == "returned"
    story = ["request.released", "request.submitted", "request.returned", "request.submitted", "request.accepted"]
    assert await told(org.manager, request["id"]) == [*story, "request.returned"]
    assert await told(firm.admin, request["id"]) == ["request.drafted", *story, "request.returned"]
    assert await told(org.manager, first["id"]) == ["request_answer.given"]
    assert await told(firm.admin, first["id"]) == []


async def test_an_answer_names_evidence_that_stands_or_says_something(
    org: Organisation, other_org: Organisation, database: Database, firm: Firm
) -> None:
    engagement = await in_planning(org, database, firm)
    async with firm.acting("staff", engagement["id"]) as staff:
        request = await released(staff)
    path = f"/v1/requests/{request['id']}/answers"
    theirs = await evidence(other_org, database)
    answer = await org.owner.post(path, json={"evidence_ids": [theirs]})
    assert problem(answer, 422, "unknown-evidence")["errors"][0]["pointer"] == "/evidence_ids/0"
    problem(await org.owner.post(path, json={}), 422, "invalid")
    problem(await org.owner.post(path, json=WORDS | {"unavailable_because": "No."}), 422, "invalid")
    batch = {"request_ids": [request["id"]], "evidence_ids": [theirs]}
    problem(await org.owner.post("/v1/request-answers/batch", json=batch), 422, "unknown-evidence")
    unknown = {"request_ids": [request["id"], str(uuid.uuid4())], **WORDS}
    problem(await org.owner.post("/v1/request-answers/batch", json=unknown), 404, "not-found")
    assert ok(await org.viewer.get(f"/v1/requests/{request['id']}"))["answers"] == 0


async def test_what_is_not_available_is_the_firms_to_decide_on(
    org: Organisation, database: Database, firm: Firm
) -> None:
    engagement = await in_planning(org, database, firm)
    decision = {"effect": "scope_limitation", "reason": "No log of that month is left."}
    async with firm.acting("staff", engagement["id"]) as staff:
        request = await released(staff)
        path = f"/v1/requests/{request['id']}"
        problem(await staff.post(f"{path}/unavailability-decisions", json=decision), 409, "conflict")
        await answered(org, request, unavailable_because="The logs are kept for 30 days.")
        assert ok(await staff.get(path))["status"] == "declared_unavailable"
        problem(await staff.post(f"{path}/acceptances", json={}), 409, "conflict")
        decided = ok(await staff.post(f"{path}/unavailability-decisions", json=decision))
        assert (decided["status"], decided["effect"]) == ("unavailable", "scope_limitation")
        problem(await org.owner.post(f"{path}/answers", json=WORDS), 409, "conflict")
        again = ok(await staff.post(f"{path}/returns", json=WHY))
        assert (again["status"], again["effect"]) == ("returned", None)
    assert "request.unavailable" in await told(org.manager, request["id"])


async def test_what_is_not_available_is_put_on_record_as_a_deviation(
    org: Organisation, database: Database, firm: Firm
) -> None:
    control, other = uuid.uuid4(), uuid.uuid4()
    await hear(database, org.id, recovers(control, 1, NOW))
    engagement = await in_planning(org, database, firm, controls=[control, other])
    decision = {"effect": "deviation", "reason": "No log of that month is left."}
    async with firm.acting("staff", engagement["id"]) as staff:
        request = await released(staff, control_ids=[str(control), str(other)])
        await answered(org, request, unavailable_because="The logs are kept for 30 days.")
        path = f"/v1/requests/{request['id']}/unavailability-decisions"
        refused = problem(await staff.post(path, json=decision), 422, "invalid")
        assert refused["errors"][0]["pointer"] == "/control_id"
        problem(await staff.post(path, json=decision | {"control_id": str(uuid.uuid4())}), 422, "invalid")
        ok(await staff.post(path, json=decision | {"control_id": str(control)}))
        (made,) = ok(await staff.get("/v1/deviations"))["items"]
        assert (made["request_id"], made["control_code"], made["kind"]) == (request["id"], "AC-01", "evidence_missing")
        assert (made["nature"], made["paper_id"]) == (decision["reason"], None)
    as_of = await planned(org, type1(-1), control)
    await moved(database, org, as_of, "accepted", "planning", firm_id=firm.id)
    await firm.assign(as_of["id"], "staff")
    async with firm.acting("staff", as_of["id"]) as staff:
        request = await released(staff, control_ids=[str(control)])
        await answered(org, request, unavailable_because="It was deleted.")
        path = f"/v1/requests/{request['id']}/unavailability-decisions"
        problem(await staff.post(path, json=decision), 409, "no-deviation-of-type1")


async def test_each_verb_is_of_one_party(org: Organisation, database: Database, firm: Firm) -> None:
    engagement = await in_planning(org, database, firm, "staff", "quality")
    async with firm.acting("staff", engagement["id"]) as staff, firm.acting("quality", engagement["id"]) as quality:
        request = await released(staff)
        path = f"/v1/requests/{request['id']}"
        of_the_firm: list[tuple[str, dict[str, Any]]] = [
            ("/v1/requests", DRAFT),
            ("/v1/requests/batch", {"requests": [DRAFT]}),
            (f"{path}/releases", {}),
            ("/v1/requests/releases/batch", {"request_ids": [request["id"]]}),
            (f"{path}/reschedulings", {"due_on": day(9), **WHY}),
            (f"{path}/cancellations", WHY),
            (f"{path}/acceptances", {}),
            (f"{path}/returns", WHY),
            (f"{path}/unavailability-decisions", {"effect": "deviation", **WHY}),
            ("/v1/request-compilations", {"source": "previous_engagement"}),
        ]
        for of_firm, body in of_the_firm:
            for other in (org.admin, org.manager, firm.admin, quality):
                problem(await other.post(of_firm, json=body), 403, "forbidden")
        of_the_client: list[tuple[str, dict[str, Any]]] = [
            (f"{path}/answers", WORDS),
            ("/v1/request-answers/batch", {"request_ids": [request["id"]], **WORDS}),
            (f"{path}/assignments", {"owner": None}),
        ]
        for of_client, body in of_the_client:
            for other in (org.viewer, staff, quality):
                problem(await other.post(of_client, json=body), 403, "forbidden")
        problem(await firm.admin.post(f"{path}/answers", json=WORDS), 404, "not-found")
        given = await answered(org, request)
        comment = created(await staff.post(f"{path}/comments", json={"text": "Thanks."}))
        for noun, key in (
            ("requests", request["id"]),
            ("request-answers", given["id"]),
            ("request-comments", comment["id"]),
        ):
            assert ok(await firm.admin.get(f"/v1/{noun}"))["items"] == [], "an ordinary token opens no engagement"
            problem(await firm.admin.get(f"/v1/{noun}/{key}"), 404, "not-found")
            assert ok(await quality.get(f"/v1/{noun}/{key}"))["id"] == key
        assert (await firm.admin.get("/v1/request-exports")).text.count("\n") == 1


async def test_a_token_for_one_engagement_opens_no_other(
    org: Organisation, other_org: Organisation, database: Database, firm: Firm
) -> None:
    here, there = await in_planning(org, database, firm), await in_planning(other_org, database, firm)
    async with firm.acting("staff", here["id"]) as staff:
        request = await released(staff)
        await answered(org, request)
        comment = created(await staff.post(f"/v1/requests/{request['id']}/comments", json={"text": "Thanks."}))
    path = f"/v1/requests/{request['id']}"
    async with firm.acting("staff", there["id"]) as staff:
        assert ok(await staff.get("/v1/requests"))["items"] == []
        assert ok(await staff.get("/v1/request-answers"))["items"] == []
        for read in (path, f"/v1/request-comments/{comment['id']}"):
            problem(await staff.get(read), 404, "not-found")
        for verb, body in (("acceptances", {}), ("returns", WHY), ("cancellations", WHY), ("comments", {"text": "?"})):
            problem(await staff.post(f"{path}/{verb}", json=body), 404, "not-found")
        problem(await staff.patch(path, json={}, headers={"If-Match": "*"}), 404, "not-found")
    for stranger in (other_org.admin, other_org.manager):
        problem(await stranger.get(path), 404, "not-found")
        problem(await stranger.post(f"{path}/answers", json=WORDS), 404, "not-found")


async def test_nobody_answers_what_is_cancelled_at_the_same_time(
    org: Organisation, database: Database, firm: Firm
) -> None:
    engagement = await in_planning(org, database, firm)
    async with firm.acting("staff", engagement["id"]) as staff:
        requests = [await released(staff, code=f"X-{number}") for number in range(4)]

        async def both(request: dict[str, Any]) -> tuple[httpx.Response, httpx.Response]:
            path = f"/v1/requests/{request['id']}"
            return await asyncio.gather(
                org.owner.post(f"{path}/answers", json=WORDS), staff.post(f"{path}/cancellations", json=WHY)
            )

        for request in requests:
            answer, cancellation = await both(request)
            assert cancellation.status_code == httpx.codes.OK
            seen = ok(await staff.get(f"/v1/requests/{request['id']}"))
            assert (seen["status"], seen["answers"]) == ("cancelled", int(answer.status_code == httpx.codes.CREATED))


async def test_requests_are_made_from_acceptance_until_fieldwork_ends(
    org: Organisation, database: Database, firm: Firm
) -> None:
    engagement = await in_planning(org, database, firm)
    async with firm.acting("staff", engagement["id"]) as staff:
        request = await released(staff)
        path = f"/v1/requests/{request['id']}"
        await moved(database, org, engagement, "fieldwork")
        await answered(org, request)
        ok(await staff.post(f"{path}/acceptances", json={}))
        await moved(database, org, engagement, "evaluation")
        problem(await staff.post("/v1/requests", json=DRAFT), 409, "conflict")
        problem(await staff.post(f"{path}/returns", json=WHY), 409, "conflict")
        created(await staff.post(f"{path}/comments", json={"text": "Thank you."}))


async def test_fieldwork_does_not_end_while_a_request_waits(org: Organisation, database: Database, firm: Firm) -> None:
    engagement = await in_planning(org, database, firm, "manager", "staff")

    async def waits_for(reader: httpx.AsyncClient) -> set[str]:
        path = f"/v1/engagements/{engagement['id']}/next-phase"
        return {each["code"] for each in ok(await reader.get(path))["open"] if each["path"] == "/v1/requests"}

    async with firm.acting("staff", engagement["id"]) as staff, firm.acting("manager", engagement["id"]) as manager:
        request = await released(staff)
        await moved(database, org, engagement, "fieldwork")
        assert await waits_for(org.viewer) == {"requests_unanswered"}
        assert await waits_for(staff) == set()
        move = {"phase": "evaluation"}
        answer = await manager.post(f"/v1/engagements/{engagement['id']}/phases", json=move)
        assert "Requests that wait for an answer of the client: 1." in problem(answer, 409, "gates-open")["detail"]
        await answered(org, request)
        assert (await waits_for(org.viewer), await waits_for(staff)) == (set(), {"answers_undecided"})
        ok(await staff.post(f"/v1/requests/{request['id']}/acceptances", json={}))
        assert await waits_for(staff) == set()


async def test_an_engagement_that_is_withdrawn_from_asks_for_nothing_any_longer(
    org: Organisation, database: Database, firm: Firm
) -> None:
    engagement = await in_planning(org, database, firm, "partner", "staff")
    async with firm.acting("staff", engagement["id"]) as staff, firm.acting("partner", engagement["id"]) as partner:
        draft, open_, done = [
            await drafted(staff),
            await released(staff, code="X-1"),
            await released(staff, code="X-2"),
        ]
        await answered(org, done)
        ok(await staff.post(f"/v1/requests/{done['id']}/acceptances", json={}))
        withdrawal = {"phase": "withdrawn", "reason": "Management makes no assertion."}
        ok(await partner.post(f"/v1/engagements/{engagement['id']}/phases", json=withdrawal))
    seen = {each["code"]: each for each in ok(await org.viewer.get("/v1/requests"))["items"]}
    assert {code: each["status"] for code, each in seen.items()} == {"X-1": "cancelled", "X-2": "accepted"}
    assert seen["X-1"]["reason"] == withdrawal["reason"]
    assert await told(org.manager, open_["id"]) == ["request.released", "request.cancelled"]
    assert await told(org.manager, draft["id"]) == []
    assert await told(firm.admin, draft["id"]) == ["request.drafted", "request.cancelled"]


async def test_nobody_accepts_what_they_answered_or_handed_in(
    org: Organisation, database: Database, firm: Firm
) -> None:
    """As can be where the auditing party is a team of the client's own: the same person, by the same id."""
    engagement = await in_planning(org, database, firm)
    async with firm.acting("staff", engagement["id"]) as staff:
        tester = created(
            await staff.post(f"/v1/requests/{(await released(staff, code='X-1'))['id']}/comments", json={"text": "."})
        )
        actor = Actor(ActorKind.PERSON, uuid.UUID(tester["written_by"]["person"]["id"]), "Staff")
        first, second = await released(staff, code="X-2"), await released(staff, code="X-3")
        item = await evidence(org, database, by=actor)
        await answered(org, first, evidence_ids=[item])
        problem(await staff.post(f"/v1/requests/{first['id']}/acceptances", json={}), 403, "separation-of-duties")
        async with database.transaction(uuid.UUID(org.id)) as session:
            at = instant_of(session)
            await give(session, [uuid.UUID(second["id"])], draft=RequestAnswerDraft(text="Here."), by=actor, at=at)
        problem(await staff.post(f"/v1/requests/{second['id']}/acceptances", json={}), 403, "separation-of-duties")


async def test_the_client_says_who_answers_and_the_firm_sees_the_name(
    org: Organisation, database: Database, firm: Firm
) -> None:
    engagement = await in_planning(org, database, firm)
    async with firm.acting("staff", engagement["id"]) as staff:
        request = await released(staff)
        path, dana = f"/v1/requests/{request['id']}", await person(org, "dana")
        assigned = ok(await org.manager.post(f"{path}/assignments", json={"owner": "dana@example.com"}))
        assert assigned["owner"] == dana
        assert ok(await staff.get(path)) == assigned
        owned = ok(await org.viewer.get("/v1/requests", params={"owner": "dana@example.com"}))["items"]
        assert [each["id"] for each in owned] == [request["id"]]
        duties = ok(await org.admin.get("/v1/services/audit/duties", params={"person": dana["id"]}))["items"]
        assert [(each["noun"], each["title"]) for each in duties] == [("request", f"R-001 {DRAFT['title']}")]
        unknown = {"owner": "nobody@example.com"}
        problem(await org.manager.post(f"{path}/assignments", json=unknown), 422, "unknown-person")
        left = created(await org.admin.post("/v1/people", json={"name": "Lou", "emails": ["lou@example.com"]}))["id"]
        ok(await org.admin.post(f"/v1/people/{left}/departures", json={"reason": "Left."}))
        problem(await org.manager.post(f"{path}/assignments", json={"owner": left}), 422, "person-gone")
        risk = {"owner": "riley@example.com"}
        problem(await org.manager.post(f"{path}/assignments", json=risk), 422, "person-without-permission")
        assert ok(await org.manager.post(f"{path}/assignments", json={"owner": None}))["owner"] is None
    assert (await told(org.manager, request["id"]))[-2:] == ["request.assigned"] * 2


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ({"status": "open"}, ["R-001"]),
        ({"waits_for": "firm"}, ["CC6.1-01"]),
        ({"waits_for": "client"}, ["R-001"]),
        ({"q": "QUARTER"}, ["CC6.1-01"]),
        ({"overdue": "true", "as_of": f"{day(30)}T00:00:00Z"}, ["R-001"]),
        ({"overdue": "true"}, []),
        ({"due_until": day(14)}, ["R-001"]),
        ({"due_from": day(15), "sort": "-code"}, ["CC6.1-01"]),
        ({"updated_since": "2199-01-01T00:00:00Z"}, []),
    ],
)
async def test_requests_are_found(listed: tuple[httpx.AsyncClient, Organisation], query: Any, codes: list[str]) -> None:
    staff, org = listed
    for reader in (staff, org.viewer):
        found = ok(await reader.get("/v1/requests", params=query))["items"]
        assert [each["code"] for each in found] == codes


@pytest.fixture
async def listed(org: Organisation, database: Database, firm: Firm) -> Any:
    """Two released requests, of which one was answered, to be read by both parties."""
    engagement = await in_planning(org, database, firm)
    async with firm.acting("staff", engagement["id"]) as staff:
        await released(staff)
        answer_this = await released(staff, code="CC6.1-01", title="Access review, second quarter", due_on=day(20))
        await answered(org, answer_this)
        yield staff, org
