"""Responses and evaluations: what management says to a candidate, and what the auditor concludes on it."""

import uuid
from datetime import timedelta
from typing import Any

import pytest

from deploy.firm import Firm
from services.audit.engagements.candidates import actions
from services.audit.engagements.candidates.schemas import EvaluationDraft
from shared.data.sessions import Database
from shared.problems import SeparationOfDuties
from tests.audit.given import EVALUATION, NOBODY, NOW, RESPONSE, an_candidate, hear, moved, recovers
from tests.support import Organisation, acting, ok, problem

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


async def test_the_auditing_party_evaluates_and_the_status_stays(
    org: Organisation, database: Database, firm: Firm
) -> None:
    candidate = await an_candidate(org, database, firm)
    path = f"/v1/candidates/{candidate['id']}"
    ok(await org.manager.post(f"{path}/responses", json=RESPONSE))
    member = await firm.assign(candidate["engagement_id"], "staff")
    async with firm.acting("staff", candidate["engagement_id"]) as staff:
        assert ok(await staff.get(path))["management_response"]["text"] == RESPONSE["text"]
        evaluated = ok(await staff.post(f"{path}/evaluations", json=EVALUATION))
        assert ok(await staff.get(path)) == evaluated
    by = evaluated["evaluation"]["by"]
    assert (by["firm"], by["person"]["id"]) == (firm.id, member["person"]["id"])
    query = {"subject": candidate["id"], "type": "audit.candidate.evaluated"}
    (told,) = ok(await org.manager.get("/v1/services/audit/trail", params=query))["items"]
    assert (told["firm"], told["person"]) == (firm.id, by["person"])
    assert {name: evaluated["evaluation"][name] for name in EVALUATION} == EVALUATION
    assert evaluated["status"] == "raised"
    await hear(database, org.id, recovers(uuid.UUID(candidate["control_id"]), 3, NOW + HOUR))
    remediated = ok(await org.viewer.get(path))
    assert (remediated["status"], remediated["evaluation"]) == ("remediated", evaluated["evaluation"])


async def test_an_issued_report_takes_no_more_words(org: Organisation, database: Database, firm: Firm) -> None:
    candidate = await an_candidate(org, database, firm)
    await firm.assign(candidate["engagement_id"], "staff")
    await moved(database, org, {"id": candidate["engagement_id"]}, "evaluation", "reporting", "issued")
    path = f"/v1/candidates/{candidate['id']}"
    refused = problem(await org.owner.post(f"{path}/responses", json=RESPONSE), 409, "conflict")
    async with firm.acting("staff", candidate["engagement_id"]) as staff:
        also = problem(await staff.post(f"{path}/evaluations", json=EVALUATION), 409, "conflict")
    assert all("issued" in each["detail"] for each in (refused, also))


async def test_who_responds_does_not_evaluate_nor_the_other_way_round(org: Organisation, database: Database) -> None:
    """The gateway gives nobody of the client a token; a person who changes sides is still the same person."""
    given = [await an_candidate(org, database) for _ in range(2)]
    first, second = [uuid.UUID(each["id"]) for each in given]
    one, other = [uuid.UUID(each["engagement_id"]) for each in given]
    draft, both = EvaluationDraft.model_validate(EVALUATION), acting("both")
    async with database.transaction(uuid.UUID(org.id)) as session:
        await actions.respond(session, first, text="We look into it.", by=both, at=NOW)
        await actions.respond(session, first, text="It is mended.", by=acting("other"), at=NOW)
        with pytest.raises(
            SeparationOfDuties, match="A person who responded for management cannot evaluate the candidate"
        ):
            await actions.evaluate(session, first, one, draft=draft, by=both, at=NOW)
        await actions.evaluate(session, second, other, draft=draft, by=both, at=NOW)
        with pytest.raises(SeparationOfDuties, match="The evaluator of a candidate cannot respond for management"):
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


async def test_what_is_wrong_with_an_evaluation_is_named(org: Organisation, database: Database, firm: Firm) -> None:
    candidate, other = [await an_candidate(org, database, firm) for _ in range(2)]
    await firm.assign(candidate["engagement_id"], "staff")
    async with firm.acting("staff", candidate["engagement_id"]) as staff:
        for wrong in ({"effect": "qualified"}, {"isolated": "perhaps"}, {"conclusion": "a\x00b"}):
            path = f"/v1/candidates/{candidate['id']}/evaluations"
            refused = problem(await staff.post(path, json=EVALUATION | wrong), 422, "invalid")
            assert [each["pointer"] for each in refused["errors"]] == [f"/{name}" for name in wrong]
        for stranger in (other["id"], NOBODY):
            problem(await staff.post(f"/v1/candidates/{stranger}/evaluations", json=EVALUATION), 404, "not-found")


async def test_a_repeated_response_is_one(org: Organisation, database: Database) -> None:
    candidate = await an_candidate(org, database)
    path, key = f"/v1/candidates/{candidate['id']}/responses", {"Idempotency-Key": str(uuid.uuid4())}
    first = await org.owner.post(path, json=RESPONSE, headers=key)
    again = await org.owner.post(path, json=RESPONSE, headers=key)
    assert ok(again) == ok(first)
    same = await org.viewer.get(f"/v1/candidates/{candidate['id']}", headers={"If-None-Match": first.headers["ETag"]})
    assert same.status_code == 304


async def test_the_client_does_not_evaluate_and_the_auditing_party_does_not_respond(
    org: Organisation, database: Database, firm: Firm
) -> None:
    candidate = await an_candidate(org, database, firm)
    path = f"/v1/candidates/{candidate['id']}"
    await firm.assign(candidate["engagement_id"], "partner")
    async with firm.acting("partner", candidate["engagement_id"]) as partner:
        problem(await partner.post(f"{path}/responses", json=RESPONSE), 403, "forbidden")
    for own in (org.admin, org.manager, org.owner, org.viewer):
        problem(await own.post(f"{path}/evaluations", json=EVALUATION), 403, "forbidden")
    for stranger in (org.viewer, org.risk):
        problem(await stranger.post(f"{path}/responses", json=RESPONSE), 403, "forbidden")
    problem(await org.risk.get(path), 403, "forbidden")
