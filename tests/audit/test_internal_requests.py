"""Requests of an internal audit, whose auditing party is a team of the organisation that is audited."""

import uuid
from datetime import date

import pytest

from services.audit.requests.request_releases.actions import release
from services.audit.requests.request_reviews.actions import accept
from services.audit.requests.requests.actions import draft_all
from services.audit.requests.requests.schemas import RequestDraft
from shared.data.sessions import Database, instant_of
from shared.identity.callers import Actor, ActorKind
from shared.problems import SeparationOfDuties
from tests.audit.given import day, moved, planned, type2
from tests.audit.requested import DRAFT, WORDS, told
from tests.support import Organisation, acting, created, ok, problem

AUDITOR = acting("internal auditor")


async def test_drafts_of_an_internal_audit_are_its_teams_alone(org: Organisation, database: Database) -> None:
    draft = type2(-30, -1, kind="iso27001_internal", firm_id=org.id)
    engagement = await planned(org, draft)
    await moved(database, org, engagement, "accepted", "planning", firm_id=org.id)
    org_id, key = uuid.UUID(org.id), uuid.UUID(engagement["id"])
    async with database.transaction(org_id) as session:
        wanted, at = RequestDraft.model_validate(DRAFT), instant_of(session)
        (request,) = await draft_all(session, key, drafts=[wanted], below=[""], by=AUDITOR, at=at)
    path = f"/v1/requests/{request.id}"
    for reader in (org.admin, org.manager, org.viewer):
        problem(await reader.get(path), 404, "not-found")
        assert ok(await reader.get("/v1/requests"))["items"] == []
    problem(await org.owner.post(f"{path}/answers", json=WORDS), 404, "not-found")
    async with database.transaction(org_id) as session:
        due, at = date.fromisoformat(day(7)), instant_of(session)
        await release(session, [request.id], engagement_id=key, due_on=due, by=AUDITOR, at=at)
    answer = created(await org.owner.post(f"{path}/answers", json=WORDS))
    assert ok(await org.viewer.get(path))["status"] == "submitted"
    async with database.transaction(org_id) as session:
        owner, at = answer["given_by"]["person"], instant_of(session)
        same = Actor(ActorKind.PERSON, uuid.UUID(owner["id"]), owner["name"])
        with pytest.raises(SeparationOfDuties):
            await accept(session, request.id, engagement_id=key, remark=None, by=same, at=at)
        await accept(session, request.id, engagement_id=key, remark=None, by=AUDITOR, at=at)
    story = ["request.drafted", "request.released", "request.submitted", "request.accepted"]
    assert await told(org.manager, str(request.id)) == story, "each is told once"
