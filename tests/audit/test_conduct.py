"""How an audit firm conducts the engagement of its client: team, independence, documents, gates, phases."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from deploy.firm import Firm
from deploy.story import implemented_control
from services.audit.conduct.phase_moves.actions import complete_overdue
from shared.data.sessions import Database
from tests.audit.given import day, moved, planned, scoped, type2
from tests.support import Organisation, created, eventually, ok, problem

TODAY = datetime.now(UTC).date().isoformat()
CONFIRMED = {"statement": "I have no interest in the client."}
REASON = {"reason": "The team changed."}


def signed(kind: str, on: str = TODAY) -> dict[str, Any]:
    return {
        "kind": kind,
        "title": kind,
        "dated_on": on,
        "signatories": [{"name": "Ada Admin", "position": "Chief Executive Officer"}],
    }


async def proposed(org: Organisation, firm: Firm, **changes: Any) -> str:
    return str((await planned(org, type2(**{"firm_id": firm.id, **changes})))["id"])


async def member(firm: Firm, engagement: str, person: str, role: str) -> dict[str, Any]:
    draft = {"person": firm.address(person), "role": role}
    return created(await firm.admin.post(f"/v1/engagements/{engagement}/team-members", json=draft))


async def enters(acting: httpx.AsyncClient, engagement: str, phase: str, **more: str) -> httpx.Response:
    return await acting.post(f"/v1/engagements/{engagement}/phases", json={"phase": phase, **more})


async def codes(acting: httpx.AsyncClient, engagement: str) -> list[str]:
    """What the caller's party is told to be open before the next phase."""
    return [gate["code"] for gate in ok(await acting.get(f"/v1/engagements/{engagement}/next-phase"))["open"]]


async def test_a_firm_sees_what_is_proposed_to_it_and_nothing_else(org: Organisation, firm: Firm) -> None:
    theirs, nobodys = await proposed(org, firm), (await planned(org))["id"]
    seen = ok(await firm.admin.get(f"/v1/engagements/{theirs}"))
    assert (seen["client"]["id"], seen["firm"]["id"], seen["phase"]) == (org.id, firm.id, "proposed")
    assert seen["firm"]["name"] == ok(await org.manager.get(f"/v1/engagements/{theirs}"))["firm"]["name"]
    problem(await firm.admin.get(f"/v1/engagements/{nobodys}"), 404, "not-found")
    listed = ok(await firm.admin.get("/v1/engagements", params={"client_id": org.id}))["items"]
    assert [each["id"] for each in listed] == [theirs]
    for change in (
        firm.admin.patch(f"/v1/engagements/{theirs}", json={"title": "Ours"}, headers={"If-Match": "*"}),
        firm.admin.put(f"/v1/engagements/{theirs}/scope", json={"control_ids": []}, headers={"If-Match": "*"}),
        firm.admin.post(f"/v1/engagements/{theirs}/proposal-withdrawals", json=REASON),
    ):
        problem(await change, 404, "not-found")


async def test_everything_open_before_acceptance_is_said_to_who_can_do_it(org: Organisation, firm: Firm) -> None:
    engagement = await proposed(org, firm)
    path = f"/v1/engagements/{engagement}"
    assert await codes(org.manager, engagement) == ["letter_missing"]
    await firm.assign(engagement, "manager")
    async with firm.acting("manager", engagement) as manager:
        assert await codes(manager, engagement) == ["no_engagement_partner", "letter_missing"]
        problem(await enters(manager, engagement, "accepted"), 403, "forbidden")
        refused = problem(await manager.post(f"{path}/documents", json=signed("engagement_letter")), 422, "invalid")
        assert refused["errors"][0]["detail"] == "recorded by the engagement partner"
    await firm.assign(engagement, "partner")
    staff = await member(firm, engagement, "staff", "staff")
    async with firm.acting("partner", engagement) as partner:
        assert await codes(partner, engagement) == ["independence_open", "letter_missing"]
        refused = problem(await enters(partner, engagement, "accepted"), 409, "gates-open")
        assert len(refused["errors"]) == 3, "what the client can do is open as well"
        created(await partner.post(f"{path}/documents", json=signed("engagement_letter")))
        created(await org.manager.post(f"{path}/documents", json=signed("engagement_letter")))
        assert [
            gate["detail"]
            for gate in problem(await enters(partner, engagement, "accepted"), 409, "gates-open")["errors"]
        ] == ["The independence of Staff is unconfirmed."]
        ok(await firm.admin.post(f"/v1/team-members/{staff['id']}/releases", json=REASON))
        accepted = ok(await enters(partner, engagement, "accepted"))
    assert (accepted["phase"], accepted["accepted_at"] is None) == ("accepted", False)
    query = {"subject": engagement, "type": "audit.engagement.moved"}
    (told,) = ok(await org.manager.get("/v1/services/audit/trail", params=query))["items"]
    assert (told["firm"], told["person"]["name"], told["data"]["readable"]) == (firm.id, "Partner", True)


async def test_a_firm_without_a_verified_permit_accepts_no_examination(
    org: Organisation, operator: httpx.AsyncClient, firm: Firm
) -> None:
    young = await Firm.found(operator, f"Young & Co {uuid.uuid4()}", licensed=False)
    engagement = await proposed(org, young)
    await young.assign(engagement, "partner")
    async with young.acting("partner", engagement) as partner:
        assert (await codes(partner, engagement))[:2] == ["not_licensed", "partner_not_licensed"]
    readiness = await proposed(org, young, kind="readiness", categories=None)
    await young.accept(org.manager, readiness, "partner")
    await young.close()


async def test_independence_is_confirmed_by_the_person_and_by_nobody_else(org: Organisation, firm: Firm) -> None:
    engagement = await proposed(org, firm)
    staff = await member(firm, engagement, "staff", "staff")
    path = f"/v1/team-members/{staff['id']}"
    problem(await firm.admin.post(f"{path}/independence-confirmations", json=CONFIRMED), 403, "forbidden")
    async with firm.acting("manager") as other, firm.acting("staff") as themselves:
        problem(await other.post(f"{path}/independence-confirmations", json=CONFIRMED), 403, "forbidden")
        confirmed = ok(await themselves.post(f"{path}/independence-confirmations", json=CONFIRMED))
        assert confirmed["confirmation"]["by"]["person"]["name"] == "Staff"
        problem(await themselves.post(f"{path}/independence-confirmations", json=CONFIRMED), 409, "conflict")
        problem(await other.post(f"{path}/independence-withdrawals", json=REASON), 403, "forbidden")
        ok(await themselves.post(f"{path}/independence-withdrawals", json=REASON))
        problem(await themselves.post(f"{path}/independence-withdrawals", json=REASON), 409, "conflict")
    change = {"role": "manager"}
    problem(await firm.admin.patch(path, json=change, headers={"If-Match": "*"}), 409, "conflict")
    seen = ok(await org.viewer.get("/v1/team-members", params={"engagement_id": engagement}))["items"]
    assert [(each["person"]["name"], each["independence"]) for each in seen] == [("Staff", "withdrawn")]


async def test_another_role_is_confirmed_anew_and_ends_the_token(org: Organisation, firm: Firm) -> None:
    engagement = await proposed(org, firm)
    await firm.assign(engagement, "manager")
    async with httpx.AsyncClient(base_url=firm.url) as manager:
        token = ok(await manager.send(firm.token_request("manager", engagement)))["access_token"]
        manager.headers["Authorization"] = f"Bearer {token}"
        ok(await manager.get(f"/v1/engagements/{engagement}"))
        (one,) = ok(await manager.get("/v1/team-members"))["items"]
        path = f"/v1/team-members/{one['id']}"
        again = ok(await firm.admin.patch(path, json={"role": "staff"}, headers={"If-Match": f'"{one["version"]}"'}))
        assert (again["role"], again["independence"], again["confirmation"]) == ("staff", "unconfirmed", None)
        refused = await enters(manager, engagement, "accepted")
        # 401 as soon as the service has heard that the token is withdrawn.
        assert refused.status_code in {httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN}, refused.text


async def test_who_is_of_both_parties_is_on_no_team(org: Organisation, firm: Firm) -> None:
    engagement = await proposed(org, firm)
    both = {"name": "Bo Both", "emails": [firm.address("staff").upper()]}
    created(await org.admin.post("/v1/people", json=both))
    plan = {"kind": "kickoff", "owner": firm.address("staff"), "planned_on": TODAY}
    created(
        await org.manager.post(f"/v1/engagements/{engagement}/milestones", json=plan)
    )  # it has heard of them by now
    draft = {"person": firm.address("staff"), "role": "staff"}
    answer = await firm.admin.post(f"/v1/engagements/{engagement}/team-members", json=draft)
    assert problem(answer, 409, "of-both-parties")["errors"][0]["pointer"] == "/person"


async def test_who_comes_to_belong_to_the_client_gets_no_token(org: Organisation, firm: Firm) -> None:
    engagement = await proposed(org, firm)
    await firm.assign(engagement, "staff")
    created(await org.admin.post("/v1/people", json={"name": "Bo", "emails": [firm.address("staff")]}))
    async with httpx.AsyncClient() as asking:
        answer = await asking.send(firm.token_request("staff", engagement))
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")
    assert "belong to the client" in answer.json()["error_description"]


async def test_the_quality_reviewer_takes_no_part(org: Organisation, firm: Firm) -> None:
    engagement = await proposed(org, firm)
    staff = await member(firm, engagement, "staff", "staff")
    path = f"/v1/team-members/{staff['id']}"
    change = {"role": "quality_reviewer"}
    problem(await firm.admin.patch(path, json=change, headers={"If-Match": "*"}), 409, "took-part")
    ok(await firm.admin.post(f"{path}/releases", json=REASON))
    draft = {"person": firm.address("staff"), "role": "quality_reviewer"}
    answer = await firm.admin.post(f"/v1/engagements/{engagement}/team-members", json=draft)
    assert problem(answer, 409, "took-part")["errors"][0]["pointer"] == "/role"


async def test_what_a_team_member_is_refused(org: Organisation, firm: Firm) -> None:
    engagement = await proposed(org, firm)
    path = f"/v1/engagements/{engagement}/team-members"
    await member(firm, engagement, "staff", "staff")
    again = {"person": firm.address("staff"), "role": "manager"}
    problem(await firm.admin.post(path, json=again), 409, "on-the-team-already")
    problem(await firm.admin.post(path, json={"person": "nobody@x.example", "role": "staff"}), 422, "unknown-person")
    problem(await org.admin.post(path, json={"person": "dana@example.com", "role": "staff"}), 404, "not-found")
    async with firm.acting("staff") as staff:
        problem(await staff.post(path, json=again), 403, "forbidden")


async def test_who_has_left_the_firm_is_on_no_team(org: Organisation, firm: Firm) -> None:
    engagement, address = await proposed(org, firm), f"{uuid.uuid4()}@firm.example"
    left = created(await firm.admin.post("/v1/people", json={"name": "Lee", "emails": [address]}))
    ok(await firm.admin.post(f"/v1/people/{left['id']}/departures", json={}))
    draft = {"person": left["id"], "role": "staff"}
    path = f"/v1/engagements/{engagement}/team-members"

    async def refused() -> bool:
        answer = await firm.admin.post(path, json=draft)
        if answer.status_code == httpx.codes.CREATED:  # the news of the departure is on its way
            ok(await firm.admin.post(f"/v1/team-members/{answer.json()['id']}/releases", json=REASON))
            return False
        return bool(problem(answer, 422, "person-gone"))

    await eventually(refused)


async def test_each_party_records_its_own_documents(org: Organisation, firm: Firm) -> None:
    engagement = await proposed(org, firm)
    path = f"/v1/engagements/{engagement}/documents"
    await firm.assign(engagement, "quality")
    ahead = problem(await org.manager.post(path, json=signed("management_assertion", day(1))), 422, "invalid")
    assert ahead["errors"][0]["pointer"] == "/dated_on"
    problem(await org.manager.post(path, json=signed("quality_review")), 422, "invalid")
    problem(await firm.admin.post(path, json=signed("quality_review")), 403, "forbidden")
    assertion = created(await org.manager.post(path, json=signed("management_assertion")))
    assert assertion["by_auditors"] is False
    async with firm.acting("quality", engagement) as quality:
        problem(await quality.post(path, json=signed("management_assertion")), 422, "invalid")
        problem(await quality.post(path, json=signed("audit_plan")), 422, "invalid")
        review = created(await quality.post(path, json=signed("quality_review")))
        seen = ok(await quality.get("/v1/engagement-documents"))["items"]
        assert [each["id"] for each in seen] == [review["id"], assertion["id"]]
        problem(
            await quality.post(f"/v1/engagement-documents/{assertion['id']}/withdrawals", json=REASON), 404, "not-found"
        )
    own = ok(await org.viewer.get("/v1/engagement-documents", params={"engagement_id": engagement}))["items"]
    assert [each["id"] for each in own] == [assertion["id"]]
    problem(await org.admin.get(f"/v1/engagement-documents/{review['id']}"), 404, "not-found")
    withdrawal = f"/v1/engagement-documents/{assertion['id']}/withdrawals"
    assert ok(await org.manager.post(withdrawal, json=REASON))["status"] == "withdrawn"
    problem(await org.manager.post(withdrawal, json=REASON), 409, "conflict")
    nobodys = (await planned(org))["id"]
    refused = await org.manager.post(f"/v1/engagements/{nobodys}/documents", json=signed("engagement_letter"))
    problem(refused, 409, "no-auditing-party")


async def test_fieldwork_begins_with_a_scope_and_commitments(org: Organisation, firm: Firm) -> None:
    engagement = await proposed(org, firm)
    await firm.accept(org.manager, engagement)
    async with firm.acting("manager", engagement) as manager:
        ok(await enters(manager, engagement, "planning"))
        refused = problem(await enters(manager, engagement, "fieldwork"), 409, "gates-open")
        assert len(refused["errors"]) == 2
        assert await codes(org.manager, engagement) == ["scope_empty", "commitments_missing"]
        problem(await enters(manager, engagement, "evaluation"), 409, "conflict")
        problem(await enters(manager, engagement, "accepted", **REASON), 403, "forbidden")
    async with firm.acting("partner", engagement) as partner:
        problem(await enters(partner, engagement, "accepted"), 422, "invalid")
        assert ok(await enters(partner, engagement, "accepted", **REASON))["phase"] == "accepted"
        assert ok(await enters(partner, engagement, "withdrawn", **REASON))["phase"] == "withdrawn"
        problem(await enters(partner, engagement, "accepted", **REASON), 409, "conflict")


async def test_a_period_is_over_before_it_is_evaluated_and_candidates_decided_before_the_report(
    org: Organisation, database: Database, firm: Firm
) -> None:
    engagement = await planned(org, type2(-60, -1, firm_id=firm.id), uuid.uuid4())
    key = engagement["id"]
    await firm.accept(org.manager, key, "partner", "quality")
    await moved(database, org, engagement, "fieldwork")
    async with firm.acting("partner", key) as partner, firm.acting("quality", key) as quality:
        assert await codes(partner, key) == ["controls_untested"]
        problem(await enters(partner, key, "evaluation"), 409, "gates-open")
        await moved(database, org, engagement, "evaluation")
        assert await codes(partner, key) == ["not_concluded"] * 3, "each subject matter"
        problem(await enters(partner, key, "reporting"), 409, "gates-open")
        await moved(database, org, engagement, "reporting")
        wanted = ["description_lacking", "subsequent_events_missing", "quality_review_missing"]
        assert [code for code in await codes(partner, key) if code in wanted] == wanted[1:]
        assert {*await codes(org.manager, key)} == {
            "description_lacking",
            "assertion_missing",
            "representations_missing",
        }
        path = f"/v1/engagements/{key}/documents"
        created(await partner.post(path, json=signed("subsequent_events_inquiry", day(-2))))
        assert "subsequent_events_missing" in await codes(partner, key), "dated before the period ended"
        created(await partner.post(path, json=signed("subsequent_events_inquiry")))
        created(await quality.post(path, json=signed("quality_review")))
        for kind in ("management_assertion", "representation_letter"):
            created(await org.manager.post(path, json=signed(kind)))
        assert await codes(partner, key) == ["opinion_missing", "report_not_issued"]
        assert {*await codes(org.manager, key)} == {"description_lacking"}
        problem(await enters(quality, key, "issued"), 403, "forbidden")
        problem(await enters(partner, key, "issued"), 409, "gates-open")


async def test_an_own_team_conducts_an_internal_audit(org: Organisation, firm: Firm) -> None:
    """The organisation's own people; a client of theirs cannot stand in for them."""
    engagement = await planned(org, type2(kind="iso27001_internal", firm_id=org.id), uuid.uuid4())
    path = f"/v1/engagements/{engagement['id']}"
    draft = {"person": "kim@example.com", "role": "engagement_partner"}
    kim = created(await org.admin.post(f"{path}/team-members", json=draft))
    confirmation = f"/v1/team-members/{kim['id']}/independence-confirmations"
    problem(await org.manager.post(confirmation, json=CONFIRMED), 403, "forbidden")
    assert await scoped(org, engagement | {"version": 2}) is not None


async def test_nobody_of_an_own_team_audits_what_they_own(org: Organisation) -> None:
    control = await implemented_control(org, "AC-01")
    owner = ok(await org.viewer.get(f"/v1/controls/{control}"))["owner"]["id"]
    draft = type2(kind="iso27001_internal", firm_id=org.id)
    engagement = await planned(org, draft, uuid.UUID(control))
    path = f"/v1/engagements/{engagement['id']}/team-members"

    async def refused() -> bool:
        answer = await org.admin.post(path, json={"person": owner, "role": "staff"})
        if answer.status_code == httpx.codes.CREATED:  # the news of the control is on its way
            ok(await org.admin.post(f"/v1/team-members/{answer.json()['id']}/releases", json=REASON))
            return False
        return bool(problem(answer, 409, "audits-own-work"))

    await eventually(refused)
    created(await org.admin.post(path, json={"person": "riley@example.com", "role": "staff"}))


@pytest.mark.parametrize("verb", ["documents", "phases"])
async def test_a_token_for_one_engagement_opens_no_other(org: Organisation, firm: Firm, verb: str) -> None:
    one, other = await proposed(org, firm), await proposed(org, firm)
    await firm.assign(one, "partner")
    body = signed("engagement_letter") if verb == "documents" else {"phase": "accepted"}
    async with firm.acting("partner", one) as partner:
        problem(await partner.get(f"/v1/engagements/{other}"), 404, "not-found")
        problem(await partner.get(f"/v1/engagements/{other}/next-phase"), 404, "not-found")
        problem(await partner.post(f"/v1/engagements/{other}/{verb}", json=body), 404, "not-found")
        assert ok(await partner.get("/v1/engagements"))["items"] == [ok(await partner.get(f"/v1/engagements/{one}"))]


async def test_the_file_is_assembled_sixty_days_after_the_release(org: Organisation, database: Database) -> None:
    engagement = await moved(database, org, await planned(org), "fieldwork", "evaluation", "reporting", "issued")
    issued = datetime.fromisoformat(engagement["issued_at"])
    for days, completed in ((59, 0), (61, 1), (62, 0)):
        async with database.transaction(uuid.UUID(org.id)) as session:
            done = await complete_overdue(session, as_of=issued + timedelta(days=days), limit=100)
            assert done == completed
    assert ok(await org.viewer.get(f"/v1/engagements/{engagement['id']}"))["phase"] == "completed"
    query = {"subject": engagement["id"], "type": "audit.engagement.moved"}
    told = ok(await org.manager.get("/v1/services/audit/trail", params=query))["items"][-1]
    assert (told["actor"], told["data"]["readable"]) == ("system", False)
    assert "60 days" in told["reason"]
