"""Proposals: a client asks one firm at a time, which accepts or declines; the one asked before sees no more of it."""

import uuid
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from deploy.firm import Firm
from shared.data.sessions import Database
from tests.audit.given import NOBODY, day, moved, planned, type2
from tests.support import Organisation, created, eventually, ok, problem

REASON = {"reason": "We advise the client on this system."}


@pytest.fixture
async def other_firm(operator: httpx.AsyncClient) -> AsyncIterator[Firm]:
    firm = await Firm.found(operator, f"Beck & Co {uuid.uuid4()}")
    yield firm
    await firm.close()


async def proposes(org: Organisation, engagement: dict[str, Any], firm_id: str) -> httpx.Response:
    return await org.manager.post(f"/v1/engagements/{engagement['id']}/proposals", json={"firm_id": firm_id})


async def history(acting: httpx.AsyncClient, engagement: dict[str, Any]) -> list[tuple[str, str]]:
    query = {"engagement_id": engagement["id"], "sort": "created_at"}
    items = ok(await acting.get("/v1/engagement-proposals", params=query))["items"]
    return [(each["firm"]["id"], each["status"]) for each in items]


async def test_one_firm_is_asked_at_a_time_and_all_stay_on_record(
    org: Organisation, firm: Firm, other_firm: Firm
) -> None:
    engagement = await planned(org)
    proposal = created(await proposes(org, engagement, firm.id))
    assert (proposal["status"], proposal["client"]["id"], proposal["title"]) == ("open", org.id, "SOC 2")
    problem(await proposes(org, engagement, other_firm.id), 409, "proposal-open")
    path = f"/v1/engagement-proposals/{proposal['id']}"
    assert ok(await firm.admin.get(path))["id"] == proposal["id"]
    problem(await other_firm.admin.get(path), 404, "not-found")
    problem(await other_firm.admin.post(f"{path}/refusals", json=REASON), 404, "not-found")
    problem(await org.admin.post(f"{path}/refusals", json=REASON), 404, "not-found")
    problem(await org.manager.post(f"{path}/refusals", json=REASON), 403, "forbidden")
    problem(await firm.admin.post(f"{path}/refusals", json={}), 422, "invalid")
    declined = ok(await firm.admin.post(f"{path}/refusals", json=REASON))
    assert (declined["status"], declined["reason"]) == ("declined", REASON["reason"])
    assert declined["client"]["name"] is not None, "the firm still knows whom it declined"
    problem(await firm.admin.post(f"{path}/refusals", json=REASON), 409, "conflict")
    seen = ok(await org.viewer.get(f"/v1/engagements/{engagement['id']}"))
    assert (seen["phase"], seen["firm"]) == ("declined", None)
    problem(await firm.admin.get(f"/v1/engagements/{engagement['id']}"), 404, "not-found")
    change = {"period_end": day(60)}  # other terms for the next
    ok(await org.manager.patch(f"/v1/engagements/{engagement['id']}", json=change, headers={"If-Match": "*"}))
    created(await proposes(org, engagement, other_firm.id))
    await other_firm.accept(org.manager, engagement["id"], "partner")
    assert await history(org.viewer, engagement) == [(firm.id, "declined"), (other_firm.id, "accepted")]
    assert await history(firm.admin, engagement) == [(firm.id, "declined")]
    assert await history(other_firm.admin, engagement) == [(other_firm.id, "accepted")]
    problem(await proposes(org, engagement, firm.id), 409, "conflict")


async def test_a_proposal_is_withdrawn_until_it_is_accepted(org: Organisation, firm: Firm, database: Database) -> None:
    reason = {"reason": "Another firm was chosen."}
    for accepted, status in ((False, 200), (True, 409)):
        engagement = await planned(org, type2(firm_id=firm.id))
        if accepted:
            await moved(database, org, engagement, "accepted")
        path = f"/v1/engagements/{engagement['id']}/proposal-withdrawals"
        problem(await org.viewer.post(path, json=reason), 403, "forbidden")
        problem(await org.manager.post(path, json={}), 422, "invalid")
        answer = await org.manager.post(path, json=reason)
        assert answer.status_code == status, answer.text
        if not accepted:
            assert answer.json()["phase"] == "declined"
            assert await history(firm.admin, engagement) == [(firm.id, "withdrawn")]
            problem(await org.manager.post(path, json=reason), 409, "conflict")


@pytest.mark.parametrize("firm_id", ["Hale & Partners LLP", NOBODY])
async def test_it_is_proposed_to_a_firm_that_there_is(org: Organisation, firm_id: str) -> None:
    refused = problem(await proposes(org, await planned(org), firm_id), 422, "invalid")
    assert refused["errors"][0]["pointer"] == "/firm_id"


async def test_nobody_examines_the_organisation_that_they_are(org: Organisation) -> None:
    refused = problem(await proposes(org, await planned(org), org.id), 422, "invalid")
    assert refused["errors"] == [{"pointer": "/firm_id", "detail": "soc2_type2 is done by another organisation"}]
    own = await planned(org, type2(kind="iso27001_internal", firm_id=org.id))
    assert own["firm"]["id"] == own["client"]["id"] == org.id


async def test_who_may_not_propose_is_refused(org: Organisation, other_org: Organisation, firm: Firm) -> None:
    engagement = await planned(org)
    path = f"/v1/engagements/{engagement['id']}/proposals"
    problem(await org.viewer.post(path, json={"firm_id": firm.id}), 403, "forbidden")
    problem(await other_org.manager.post(path, json={"firm_id": firm.id}), 404, "not-found")
    problem(await firm.admin.post(path, json={"firm_id": firm.id}), 404, "not-found")


async def test_a_firm_that_is_asked_no_longer_acts_in_it_no_more(
    org: Organisation, firm: Firm, other_firm: Firm
) -> None:
    """Its people are off the team, and the tokens that they got before end."""
    engagement = await planned(org, type2(firm_id=firm.id), uuid.uuid4())
    path = f"/v1/engagements/{engagement['id']}"
    await firm.assign(engagement["id"], "partner")
    async with httpx.AsyncClient(base_url=firm.url, timeout=30) as former:
        answer = await former.send(firm.token_request("partner", engagement["id"]))
        former.headers["Authorization"] = f"Bearer {ok(answer)['access_token']}"
        ok(await former.get(path))
        ok(await org.manager.post(f"{path}/proposal-withdrawals", json={"reason": "Another firm was chosen."}))
        problem(await former.get(path), 404, "not-found")
        letter = {
            "kind": "engagement_letter",
            "title": "Letter",
            "dated_on": day(0),
            "signatories": [{"name": "P", "position": "Partner"}],
        }
        written = await former.post(f"{path}/documents", json=letter)
        assert written.status_code in {401, 404}, written.text

        async def ended() -> bool:
            return (await former.get(path)).status_code == httpx.codes.UNAUTHORIZED

        await eventually(ended)
        again = await former.send(firm.token_request("partner", engagement["id"]))
        assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
    members = ok(await firm.admin.get("/v1/team-members", params={"engagement_id": engagement["id"]}))["items"]
    assert [each["released_at"] is None for each in members] == [False]
