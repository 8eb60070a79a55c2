"""Campaigns: who has acknowledged a policy, and who has not."""

import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.client import address_of
from deploy.local.stack import Stack
from services.controls.policies.acknowledgements import actions as acknowledgements
from services.controls.policies.acknowledgements.schemas import Excusal, RecordedAcknowledgements
from services.controls.policies.policies import actions as policies
from services.controls.policies.policies.schemas import PolicyDraft
from services.controls.policies.policy_campaigns import actions as campaigns
from services.controls.policies.policy_campaigns.models import PolicyCampaign
from services.controls.policies.policy_campaigns.rules import next_reminder
from services.controls.policies.policy_campaigns.schemas import Audience, PolicyCampaignDraft
from services.controls.policies.policy_versions import actions as versions
from services.controls.policies.policy_versions.schemas import PolicyDecision, PolicySubmission, PolicyVersionDraft
from services.controls.schedule import announce_overdue_campaigns, remind_people_of_campaigns
from shared.data.sessions import Database
from shared.problems import Conflict
from tests.controls.deficient import DAY, due, kinds_told_of, strike, told_of
from tests.controls.policed import TODAY, actor_of, drafted, published, started, written
from tests.gateway.support import Provider, exchanged
from tests.gateway.support import newcomer as member_draft
from tests.support import Organisation, acting, created, eventually, introduce, newcomer, ok, person, problem

DAYS = st.dates(date(2020, 1, 1), date(2100, 1, 1))


@given(DAYS, st.lists(st.integers(0, 365), max_size=6), DAYS)
def test_each_reminder_comes_once_in_order(due_on: date, days: list[int], today: date) -> None:
    seen, last = [], today
    while following := next_reminder(due_on, days, after=last):
        seen.append(following)
        last = following
    assert seen == sorted({due_on - timedelta(days=each) for each in days if due_on - timedelta(days=each) > today})


async def _people(org: Organisation, **query: Any) -> dict[str, str]:
    listed = ok(await org.viewer.get("/v1/policy-acknowledgements", params=query))["items"]
    return {each["person"]["id"]: each["status"] for each in listed}


async def test_people_acknowledge_until_nobody_is_left(org: Organisation) -> None:
    viewer, owner, lee = await actor_of(org.viewer), await actor_of(org.owner), await person(org, "lee")
    campaign = await started(org, viewer, owner, "Lee@Example.com", "lee@example.com", lee["id"])
    path = f"/v1/policy-campaigns/{campaign['id']}"
    assert (campaign["people"], campaign["outstanding"], campaign["status"]) == (3, 3, "open")
    mine = ok(await org.viewer.post(f"{path}/acknowledgements"))
    assert (mine["person"]["id"], mine["status"], mine["on_behalf"]) == (viewer, "acknowledged", False)
    assert mine["recorded_by"]["person"] == mine["person"]
    assert ok(await org.viewer.post(f"{path}/acknowledgements")) == mine, "again is nothing"
    assert ok(await org.viewer.get(f"/v1/policy-acknowledgements/{mine['id']}")) == mine
    found = await _people(org, campaign_id=campaign["id"])
    assert found == {viewer: "acknowledged", owner: "outstanding", lee["id"]: "outstanding"}
    assert set(await _people(org, campaign_id=campaign["id"], status="outstanding")) == {owner, lee["id"]}
    listed = ok(await org.owner.get("/v1/policy-acknowledgements", params={"mine": "true"}))["items"]
    assert [each["person"]["id"] for each in listed] == [owner]
    ok(await org.owner.post(f"{path}/acknowledgements"))
    shown = {"people": ["LEE@example.com"], "statement": "Signed on paper."}
    done = ok(await org.manager.post(f"{path}/recorded-acknowledgements", json=shown))
    assert (done["status"], done["acknowledged"], done["outstanding"]) == ("completed", 3, 0)
    [hers] = ok(await org.viewer.get("/v1/policy-acknowledgements", params={"person": "lee@example.com"}))["items"]
    assert (hers["on_behalf"], hers["statement"], hers["recorded_by"]) == (True, "Signed on paper.", done["started_by"])
    told = await kinds_told_of(org, campaign["id"], "policy_campaign")
    assert told == ["started", "acknowledged", "acknowledged", "acknowledged", "completed"]
    problem(await org.manager.post(f"{path}/closures", json={"reason": "R"}), 409, "conflict")


async def test_a_member_is_in_the_audience_by_their_address(
    org: Organisation, stack: Stack, provider: Provider
) -> None:
    draft = {"issuer": provider.issuer, "audience": "attest", "jwks": provider.jwks()}
    created(await org.admin.post("/v1/issuers", json=draft))
    created(await org.admin.post("/v1/members", json=member_draft("nora", "viewer")))
    campaign = await started(org, "Nora@example.com")
    token = ok(await exchanged(stack.url, provider.vouch()))["access_token"]

    async with httpx.AsyncClient(base_url=stack.url, headers={"Authorization": f"Bearer {token}"}) as nora:

        async def acknowledged() -> dict[str, Any] | None:
            """The gateway's news of the member may come a moment later."""
            answer = await nora.post(f"/v1/policy-campaigns/{campaign['id']}/acknowledgements")
            return ok(answer) if answer.status_code != httpx.codes.FORBIDDEN else None

        mine = await eventually(acknowledged)
        assert (mine["person"], mine["recorded_by"]["kind"]) == (mine["recorded_by"]["person"], "person")
        assert ok(await nora.get("/v1/policy-acknowledgements", params={"mine": "true"}))["items"] == [mine]
    assert ok(await org.viewer.get(f"/v1/policy-campaigns/{campaign['id']}"))["status"] == "completed"


async def test_who_is_not_asked_does_not_acknowledge(org: Organisation) -> None:
    manager = await actor_of(org.manager)
    campaign = await started(org, "lee@example.com", manager)
    path = f"/v1/policy-campaigns/{campaign['id']}"
    problem(await org.viewer.post(f"{path}/acknowledgements"), 403, "not-asked")
    problem(await org.monitor.post(f"{path}/acknowledgements"), 403, "forbidden")
    shown = {"people": ["kim@example.com", manager], "statement": "S"}
    refused = problem(await org.manager.post(f"{path}/recorded-acknowledgements", json=shown), 422, "invalid")
    assert [each["pointer"] for each in refused["errors"]] == ["/people/0", "/people/1"]
    unshown = {"people": ["lee@example.com"]}
    problem(await org.manager.post(f"{path}/recorded-acknowledgements", json=unshown), 422, "invalid")
    problem(await org.owner.post(f"{path}/recorded-acknowledgements", json=shown), 403, "forbidden")
    problem(await org.owner.post(f"{path}/excusals", json={"people": [manager], "reason": "R"}), 403, "forbidden")


async def test_teams_and_everyone_are_asked_but_for_leavers(org: Organisation) -> None:
    nora, otto = await newcomer(org, "nora"), await newcomer(org, "otto")
    team = created(await org.admin.post("/v1/teams", json={"title": "Support", "people": [nora["id"], otto["id"]]}))
    campaign = await started(org, audience={"teams": [team["id"]], "people": ["nora@example.com"]})
    assert set(await _people(org, campaign_id=campaign["id"])) == {nora["id"], otto["id"]}
    path = f"/v1/policy-campaigns/{campaign['id']}/people"
    unknown = problem(await org.manager.post(path, json={"teams": [campaign["id"]]}), 422, "invalid")
    assert [each["pointer"] for each in unknown["errors"]] == ["/teams/0"]
    problem(await org.manager.post(path, json={}), 422, "invalid")
    ok(await org.admin.post(f"/v1/people/{otto['id']}/departures", json={}))
    everyone = {person["id"] for person in ok(await org.admin.get("/v1/people", params={"limit": 200}))["items"]}

    async def gone() -> bool:
        answer = await org.manager.post(path, json={"people": [otto["id"]]})
        return answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY

    await eventually(gone)
    version = campaign["version_id"]
    draft = {"version_id": version, "title": "All", "due_on": TODAY.isoformat(), "audience": {"everyone": True}}
    asked = created(await org.manager.post("/v1/policy-campaigns", json=draft))
    assert asked["people"] == len(everyone) - 1
    excused = {"people": [otto["id"]], "reason": "They left."}
    assert ok(await org.manager.post(f"/v1/policy-campaigns/{campaign['id']}/excusals", json=excused))["excused"] == 1


async def test_ten_thousand_people_are_asked_and_counted(database: Database) -> None:
    org_id, names, now = uuid.uuid4(), [f"person{number}" for number in range(10_000)], datetime.now(UTC)
    async with database.transaction(org_id) as session:
        await introduce(session, *names)
        policy = await policies.write(
            session,
            draft=PolicyDraft(code="POL-AC", title="Access", owner="person0@example.com"),
            by=acting("person0"),
            at=now,
        )
        draft = PolicyVersionDraft(markdown="Access is given by need.", summary="The first one.")
        version = await versions.draft_version(session, policy.id, draft=draft, by=acting("person0"), at=now)
        submission = PolicySubmission(approvers=["person1@example.com"], quorum=1)
        await versions.submit(session, version.id, submission=submission, by=acting("person0"), at=now)
        decision = PolicyDecision(decision="approve", sha256=version.sha256)
        await versions.decide(session, version.id, decision=decision, by=acting("person1"), at=now)
        await versions.publish(session, version.id, effective_on=now.date(), by=acting("person0"), at=now)
        asked = PolicyCampaignDraft(
            version_id=version.id, title="All", due_on=now.date(), audience=Audience(everyone=True)
        )
        campaign = await campaigns.start(session, draft=asked, by=acting("person0"), at=now)
    assert campaign.people == 10_000
    addresses = [address_of(name) for name in names[1:1001]]
    async with database.transaction(org_id) as session:
        shown = RecordedAcknowledgements(people=addresses, statement="Signed at the town hall.")
        await acknowledgements.record(session, campaign.id, draft=shown, by=acting("person0"), at=now)
        excusal = Excusal(people=[address_of(name) for name in names[1000:1002]], reason="They left.")
        await acknowledgements.excuse(session, campaign.id, draft=excusal, by=acting("person0"), at=now)
        counted = await session.get(PolicyCampaign, campaign.id)
        assert counted is not None
        assert (counted.acknowledged, counted.excused) == (1000, 1)
        await campaigns.close(session, campaign.id, reason="A new version.", by=acting("person0"), at=now)
        assert counted.status == "closed"
    with pytest.raises(Conflict):
        async with database.transaction(org_id) as session:
            await acknowledgements.record(session, campaign.id, draft=shown, by=acting("person0"), at=now)


async def test_people_are_reminded_and_then_overdue(org: Organisation, database: Database) -> None:
    campaign = await started(org, "lee@example.com", reminder_days=[7, 1, 40])
    last = datetime.fromisoformat(campaign["due_on"]).replace(tzinfo=UTC)
    assert campaign["next_reminder_on"] == (last - 7 * DAY).date().isoformat()
    remind, overdue = remind_people_of_campaigns, announce_overdue_campaigns
    assert not await due(database, remind, org, last - 8 * DAY)
    assert [await strike(database, remind, org, last - days * DAY) for days in (8, 7, 6, 1, 0)] == [0, 1, 0, 1, 0]
    assert [await strike(database, overdue, org, last + days * DAY) for days in (0, 1, 2)] == [0, 1, 0]
    assert not await due(database, overdue, org, last + 2 * DAY)
    path, later = f"/v1/policy-campaigns/{campaign['id']}", {"due_on": (last + 10 * DAY).date().isoformat()}
    problem(await org.manager.patch(path, json=later), 428, "precondition-required")
    problem(await org.manager.patch(path, json=later, headers={"If-Match": '"1"'}), 412, "stale")
    ok(await org.manager.patch(path, json=later, headers={"If-Match": "*"}))
    assert await strike(database, overdue, org, last + 11 * DAY) == 1
    told = await told_of(org, campaign["id"])
    kinds = [each["type"].split(".")[2] for each in told]
    assert kinds == ["started", "reminded", "reminded", "overdue", "revised", "overdue"]
    assert told[1]["data"]["outstanding"] == 1
    late = {"overdue": "true", "as_of": (last + 11 * DAY).date().isoformat()}
    listed = ok(await org.viewer.get("/v1/policy-campaigns", params=late))["items"]
    assert [(each["id"], each["overdue"]) for each in listed] == [(campaign["id"], True)]


async def test_only_what_is_published_is_acknowledged(org: Organisation, other_org: Organisation) -> None:
    policy = (await written(org))["id"]
    version = await drafted(org, policy)
    draft = {
        "version_id": version["id"],
        "title": "T",
        "due_on": "2020-01-01",
        "audience": {"people": ["lee@example.com"]},
    }
    refused = problem(await org.manager.post("/v1/policy-campaigns", json=draft), 422, "invalid")
    assert [each["pointer"] for each in refused["errors"]] == ["/version_id", "/due_on"]
    problem(await org.owner.post("/v1/policy-campaigns", json=draft), 403, "forbidden")
    theirs = await published(other_org, (await written(other_org))["id"])
    stolen = draft | {"version_id": theirs["id"], "due_on": TODAY.isoformat()}
    problem(await org.manager.post("/v1/policy-campaigns", json=stolen), 422, "invalid")


async def test_another_organisation_does_not_see_it(org: Organisation, other_org: Organisation) -> None:
    campaign = await started(org, "lee@example.com")
    path = f"/v1/policy-campaigns/{campaign['id']}"
    [lee] = ok(await org.viewer.get("/v1/policy-acknowledgements"))["items"]
    problem(await other_org.viewer.get(path), 404, "not-found")
    problem(await other_org.viewer.get(f"/v1/policy-acknowledgements/{lee['id']}"), 404, "not-found")
    problem(await other_org.viewer.post(f"{path}/acknowledgements"), 404, "not-found")
    problem(await other_org.manager.post(f"{path}/closures", json={"reason": "R"}), 404, "not-found")
    assert await _people(other_org, campaign_id=campaign["id"]) == {}
    problem(await org.viewer.get(f"/v1/policy-campaigns/{uuid.uuid4()}"), 404, "not-found")
