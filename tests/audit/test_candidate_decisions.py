"""Responses and decisions: what management says to a candidate, and what the auditing party decides."""

import uuid
from datetime import timedelta
from typing import Any

import pytest

from deploy.firm import Firm
from services.audit.engagements.candidates import actions
from shared.data.sessions import Database
from shared.identity.callers import Actor, ActorKind
from shared.problems import SeparationOfDuties
from tests.audit.given import (
    DISMISSAL,
    NOBODY,
    NOW,
    RESPONSE,
    an_candidate,
    candidates,
    day,
    fails,
    hear,
    moved,
    planned,
    recovers,
    type1,
)
from tests.audit.papered import papers_of
from tests.support import Organisation, acting, created, ok, problem

HOUR = timedelta(hours=1)


async def test_management_responds_and_the_trail_keeps_all(org: Organisation, database: Database) -> None:
    candidate = await an_candidate(org, database)
    path = f"/v1/candidates/{candidate['id']}"
    ok(await org.owner.post(f"{path}/responses", json={"text": "We look into it."}))
    responded = await org.manager.post(f"{path}/responses", json=RESPONSE)
    response = ok(responded)["management_response"]
    assert response["text"] == RESPONSE["text"]
    assert responded.headers["ETag"] == f'"{candidate["version"] + 2}"'
    query = {"subject": candidate["id"], "type": "audit.candidate.responded"}
    told = ok(await org.manager.get("/v1/services/audit/trail", params=query))["items"]
    texts = [each["after"]["management_response"]["text"] for each in told]
    assert texts == ["We look into it.", RESPONSE["text"]]
    assert response["by"] == {
        "kind": "client",
        "person": told[-1]["person"],
        "client": told[-1]["client"],
        "firm": None,
    }


async def test_the_auditing_party_dismisses_and_the_status_stays(
    org: Organisation, database: Database, firm: Firm
) -> None:
    candidate = await an_candidate(org, database, firm)
    path = f"/v1/candidates/{candidate['id']}"
    ok(await org.manager.post(f"{path}/responses", json=RESPONSE))
    member = await firm.assign(candidate["engagement_id"], "staff")
    async with firm.acting("staff", candidate["engagement_id"]) as staff:
        assert ok(await staff.get(path))["management_response"]["text"] == RESPONSE["text"]
        dismissed = ok(await staff.post(f"{path}/dismissals", json=DISMISSAL))
        assert ok(await staff.get(path)) == dismissed
    by = dismissed["decision"]["by"]
    assert (by["firm"], by["person"]["id"]) == (firm.id, member["person"]["id"])
    query = {"subject": candidate["id"], "type": "audit.candidate.dismissed"}
    (told,) = ok(await org.manager.get("/v1/services/audit/trail", params=query))["items"]
    assert (told["firm"], told["person"]) == (firm.id, by["person"])
    assert (dismissed["decision"]["outcome"], dismissed["decision"]["reason"]) == ("dismissed", DISMISSAL["reason"])
    assert dismissed["status"] == "raised"
    assert ok(await org.viewer.get("/v1/candidates", params={"decided": "true", "outcome": "dismissed"}))["items"]
    await hear(database, org.id, recovers(uuid.UUID(candidate["control_id"]), 3, NOW + HOUR))
    remediated = ok(await org.viewer.get(path))
    assert (remediated["status"], remediated["decision"]) == ("remediated", dismissed["decision"])


async def test_an_issued_report_takes_no_more_words(org: Organisation, database: Database, firm: Firm) -> None:
    candidate = await an_candidate(org, database, firm)
    await firm.assign(candidate["engagement_id"], "staff")
    await moved(database, org, {"id": candidate["engagement_id"]}, "evaluation", "reporting", "issued")
    path = f"/v1/candidates/{candidate['id']}"
    refused = problem(await org.owner.post(f"{path}/responses", json=RESPONSE), 409, "conflict")
    async with firm.acting("staff", candidate["engagement_id"]) as staff:
        also = problem(await staff.post(f"{path}/dismissals", json=DISMISSAL), 409, "conflict")
    assert all("issued" in each["detail"] for each in (refused, also))


async def test_who_responds_does_not_decide_nor_the_other_way_round(org: Organisation, database: Database) -> None:
    """The gateway gives nobody of the client a token; a person who changes sides is still the same person."""
    given = [await an_candidate(org, database) for _ in range(2)]
    first, second = [uuid.UUID(each["id"]) for each in given]
    one, other = [uuid.UUID(each["engagement_id"]) for each in given]
    both = acting("both")
    async with database.transaction(uuid.UUID(org.id)) as session:
        await actions.respond(session, first, text="We look into it.", by=both, at=NOW)
        await actions.respond(session, first, text="It is mended.", by=acting("other"), at=NOW)
        with pytest.raises(
            SeparationOfDuties, match="A person who responded for management cannot decide on the candidate"
        ):
            await actions.dismiss(session, first, one, reason="None", by=both, at=NOW)
        await actions.dismiss(session, second, other, reason="None", by=both, at=NOW)
        with pytest.raises(SeparationOfDuties, match="Who decided on a candidate cannot respond for management"):
            await actions.respond(session, second, text="It is mended.", by=both, at=NOW)


@pytest.mark.parametrize(
    ("verb", "body", "pointer"),
    [
        ("responses", {}, "/text"),
        ("responses", {"text": " "}, "/text"),
    ],
)
async def test_what_is_wrong_is_named(org: Organisation, verb: str, body: dict[str, Any], pointer: str) -> None:
    refused = problem(await org.manager.post(f"/v1/candidates/{NOBODY}/{verb}", json=body), 422, "invalid")
    assert refused["errors"][0]["pointer"] == pointer


async def test_what_is_wrong_with_a_dismissal_is_named(org: Organisation, database: Database, firm: Firm) -> None:
    candidate, other = [await an_candidate(org, database, firm) for _ in range(2)]
    await firm.assign(candidate["engagement_id"], "staff")
    async with firm.acting("staff", candidate["engagement_id"]) as staff:
        for wrong in ({}, {"reason": "a\x00b"}):
            refused = problem(
                await staff.post(f"/v1/candidates/{candidate['id']}/dismissals", json=wrong), 422, "invalid"
            )
            assert [each["pointer"] for each in refused["errors"]] == ["/reason"]
        for stranger in (other["id"], NOBODY):
            problem(await staff.post(f"/v1/candidates/{stranger}/dismissals", json=DISMISSAL), 404, "not-found")


async def test_a_repeated_response_is_one(org: Organisation, database: Database) -> None:
    candidate = await an_candidate(org, database)
    path, key = f"/v1/candidates/{candidate['id']}/responses", {"Idempotency-Key": str(uuid.uuid4())}
    first = await org.owner.post(path, json=RESPONSE, headers=key)
    again = await org.owner.post(path, json=RESPONSE, headers=key)
    assert ok(again) == ok(first)
    same = await org.viewer.get(f"/v1/candidates/{candidate['id']}", headers={"If-None-Match": first.headers["ETag"]})
    assert same.status_code == 304


async def test_the_client_does_not_decide_and_the_auditing_party_does_not_respond(
    org: Organisation, database: Database, firm: Firm
) -> None:
    candidate = await an_candidate(org, database, firm)
    path = f"/v1/candidates/{candidate['id']}"
    await firm.assign(candidate["engagement_id"], "partner")
    async with firm.acting("partner", candidate["engagement_id"]) as partner:
        problem(await partner.post(f"{path}/responses", json=RESPONSE), 403, "forbidden")
    for own in (org.admin, org.manager, org.owner, org.viewer):
        problem(await own.post(f"{path}/dismissals", json=DISMISSAL), 403, "forbidden")
    for stranger in (org.viewer, org.risk):
        problem(await stranger.post(f"{path}/responses", json=RESPONSE), 403, "forbidden")
    problem(await org.risk.get(path), 403, "forbidden")


async def test_a_confirmed_candidate_is_a_deviation_of_the_firm(
    org: Organisation, database: Database, firm: Firm
) -> None:
    candidate = await an_candidate(org, database, firm)
    path = f"/v1/candidates/{candidate['id']}"
    draft = {"nature": "No review of access in June."}
    await firm.assign(candidate["engagement_id"], "manager")
    async with firm.acting("manager", candidate["engagement_id"]) as manager:
        deviation = created(await manager.post(f"{path}/confirmations", json=draft))
        assert (deviation["candidate_id"], deviation["kind"]) == (candidate["id"], candidate["kind"])
        assert ok(await manager.get(path))["decision"]["outcome"] == "confirmed"
        problem(await manager.post(f"{path}/confirmations", json=draft), 409, "conflict")
        problem(await manager.post(f"{path}/dismissals", json=DISMISSAL), 409, "conflict")
        problem(await manager.post(f"/v1/candidates/{NOBODY}/confirmations", json=draft), 404, "not-found")
        seen = ok(await org.viewer.get(path))
        assert seen["decision"]["reason"] is None
        query = {"subject": deviation["id"]}
        assert not ok(await org.admin.get("/v1/services/audit/trail", params=query))["items"]
        retraction = {"reason": "The review was found."}
        ok(await manager.post(f"/v1/deviations/{deviation['id']}/retractions", json=retraction))
        assert ok(await manager.get(path))["decision"] is None, "it has to be decided on again"
        assert ok(await manager.post(f"{path}/dismissals", json=DISMISSAL))["decision"]["outcome"] == "dismissed"
        created(await manager.post(f"{path}/confirmations", json=draft))


async def test_who_responded_for_management_confirms_nothing(org: Organisation, database: Database, firm: Firm) -> None:
    candidate = await an_candidate(org, database, firm)
    member = await firm.assign(candidate["engagement_id"], "staff")
    turned = Actor(ActorKind.PERSON, uuid.UUID(member["person"]["id"]), "Staff")
    async with database.transaction(uuid.UUID(org.id)) as session:
        await actions.respond(session, uuid.UUID(candidate["id"]), text="We look into it.", by=turned, at=NOW)
    async with firm.acting("staff", candidate["engagement_id"]) as staff:
        for verb, body in (("confirmations", {"nature": "Late."}), ("dismissals", DISMISSAL)):
            answer = await staff.post(f"/v1/candidates/{candidate['id']}/{verb}", json=body)
            problem(answer, 403, "separation-of-duties")


async def test_a_type_1_has_no_deviation_of_operation(org: Organisation, database: Database, firm: Firm) -> None:
    control = uuid.uuid4()
    engagement = await planned(org, type1(firm_id=firm.id), control)
    await moved(database, org, engagement, "fieldwork", firm_id=firm.id)
    await hear(database, org.id, fails(control, 2, NOW))
    (candidate,) = await candidates(org, control_id=str(control))
    await firm.assign(engagement["id"], "staff")
    async with firm.acting("staff", engagement["id"]) as staff:
        answer = await staff.post(f"/v1/candidates/{candidate['id']}/confirmations", json={"nature": "Expired."})
        problem(answer, 409, "no-deviation-of-type1")


async def test_a_candidate_of_a_tested_control_belongs_to_its_paper(
    org: Organisation, database: Database, firm: Firm
) -> None:
    async with papers_of(org, firm, database, period_start=day(-30), period_end=day(30)) as papers:
        paper, other = await papers.reviewed(await papers.done()), await papers.planned(1)
        await hear(database, org.id, fails(uuid.UUID(papers.team.control), 2, NOW))
        (candidate,) = await candidates(org, control_id=papers.team.control)
        path, draft = f"/v1/candidates/{candidate['id']}/confirmations", {"nature": "Expired."}
        for wrong in ({}, {"paper_id": other["id"]}):
            refused = problem(await papers.staff.post(path, json=draft | wrong), 422, "invalid")
            assert refused["errors"][0]["pointer"] == "/paper_id"
        created(await papers.staff.post(path, json=draft | {"paper_id": paper["id"]}))
        assert ok(await papers.staff.get(f"/v1/papers/{paper['id']}"))["status"] == "in_progress"
