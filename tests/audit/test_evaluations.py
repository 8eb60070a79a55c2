"""Responses and evaluations: what management says to a candidate, and what the auditor concludes on it."""

import uuid
from datetime import timedelta
from typing import Any

import pytest

from deploy.client import address_of, client
from services.audit.engagements.candidates import actions
from services.audit.engagements.candidates.schemas import EvaluationDraft
from shared.data.sessions import Database
from shared.problems import SeparationOfDuties
from tests.audit.given import EVALUATION, NOBODY, NOW, RESPONSE, an_candidate, hear, moved, recovers
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
    told = ok(await org.auditor.get("/v1/services/audit/trail", params=query))["items"]
    texts = [each["after"]["management_response"]["text"] for each in told]
    assert texts == ["We look into it.", RESPONSE["text"]]
    assert response["by"] == {"kind": "client", "person": told[-1]["person"], "client": told[-1]["client"]}


async def test_the_auditor_evaluates_and_the_status_stays(org: Organisation, database: Database) -> None:
    candidate = await an_candidate(org, database)
    path = f"/v1/candidates/{candidate['id']}"
    ok(await org.manager.post(f"{path}/responses", json=RESPONSE))
    evaluated = ok(await org.auditor.post(f"{path}/evaluations", json=EVALUATION))
    assert {name: evaluated["evaluation"][name] for name in EVALUATION} == EVALUATION
    assert evaluated["status"] == "raised"
    await hear(database, org.id, recovers(uuid.UUID(candidate["control_id"]), 3, NOW + HOUR))
    remediated = ok(await org.viewer.get(path))
    assert (remediated["status"], remediated["evaluation"]) == ("remediated", evaluated["evaluation"])


@pytest.mark.parametrize("verb", ["responses", "evaluations"])
async def test_an_issued_report_takes_no_more_words(org: Organisation, database: Database, verb: str) -> None:
    candidate = await an_candidate(org, database)
    await moved(org, {"id": candidate["engagement_id"]}, "review", "reporting", "issued")
    path = f"/v1/candidates/{candidate['id']}/{verb}"
    acting, body = (org.owner, RESPONSE) if verb == "responses" else (org.auditor, EVALUATION)
    assert "issued" in problem(await acting.post(path, json=body), 409, "conflict")["detail"]


async def test_who_responds_does_not_evaluate_nor_the_other_way_round(org: Organisation, database: Database) -> None:
    """The gateway gives nobody both roles at once; a person who changes sides is still the same person."""
    first, second = [uuid.UUID((await an_candidate(org, database))["id"]) for _ in range(2)]
    draft, both = EvaluationDraft.model_validate(EVALUATION), acting("both")
    async with database.transaction(uuid.UUID(org.id)) as session:
        await actions.respond(session, first, text="We look into it.", by=both, at=NOW)
        await actions.respond(session, first, text="It is mended.", by=acting("other"), at=NOW)
        with pytest.raises(
            SeparationOfDuties, match="A person who responded for management cannot evaluate the candidate"
        ):
            await actions.evaluate(session, first, draft=draft, by=both, at=NOW)
        await actions.evaluate(session, second, draft=draft, by=both, at=NOW)
        with pytest.raises(SeparationOfDuties, match="The evaluator of a candidate cannot respond for management"):
            await actions.respond(session, second, text="It is mended.", by=both, at=NOW)


async def test_two_clients_of_one_person_are_one_side(org: Organisation, database: Database) -> None:
    first, second = [f"/v1/candidates/{(await an_candidate(org, database))['id']}" for _ in range(2)]
    ok(await org.manager.post(f"{first}/responses", json=RESPONSE))
    draft = {"title": "Another side", "roles": ["auditor"], "responsible": address_of("manager")}
    registered = created(await org.admin.post("/v1/api-clients", json=draft))
    url = str(org.admin.base_url).rstrip("/")
    async with client(url, registered["id"], registered["client_secret"]) as auditor:
        problem(await auditor.post(f"{first}/evaluations", json=EVALUATION), 403, "separation-of-duties")
        ok(await auditor.post(f"{second}/evaluations", json=EVALUATION))
    problem(await org.manager.post(f"{second}/responses", json=RESPONSE), 403, "separation-of-duties")


@pytest.mark.parametrize(
    ("verb", "body", "pointer"),
    [
        ("responses", {}, "/text"),
        ("responses", {"text": " "}, "/text"),
        ("evaluations", EVALUATION | {"effect": "qualified"}, "/effect"),
        ("evaluations", EVALUATION | {"isolated": "perhaps"}, "/isolated"),
        ("evaluations", EVALUATION | {"conclusion": "a\x00b"}, "/conclusion"),
    ],
)
async def test_what_is_wrong_is_named(org: Organisation, verb: str, body: dict[str, Any], pointer: str) -> None:
    acting = org.manager if verb == "responses" else org.auditor
    refused = problem(await acting.post(f"/v1/candidates/{NOBODY}/{verb}", json=body), 422, "invalid")
    assert refused["errors"][0]["pointer"] == pointer


async def test_a_repeated_response_is_one(org: Organisation, database: Database) -> None:
    candidate = await an_candidate(org, database)
    path, key = f"/v1/candidates/{candidate['id']}/responses", {"Idempotency-Key": str(uuid.uuid4())}
    first = await org.owner.post(path, json=RESPONSE, headers=key)
    again = await org.owner.post(path, json=RESPONSE, headers=key)
    assert ok(again) == ok(first)
    same = await org.viewer.get(f"/v1/candidates/{candidate['id']}", headers={"If-None-Match": first.headers["ETag"]})
    assert same.status_code == 304


async def test_the_client_does_not_evaluate_and_the_auditor_does_not_respond(
    org: Organisation, database: Database
) -> None:
    path = f"/v1/candidates/{(await an_candidate(org, database))['id']}"
    for own in (org.admin, org.manager, org.owner, org.viewer):
        problem(await own.post(f"{path}/evaluations", json=EVALUATION), 403, "forbidden")
    for stranger in (org.auditor, org.viewer, org.risk):
        problem(await stranger.post(f"{path}/responses", json=RESPONSE), 403, "forbidden")
    problem(await org.risk.get(path), 403, "forbidden")
