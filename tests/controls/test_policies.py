"""Policies and their reviews: written, published by their versions, looked at every year."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.story import implemented_control
from services.controls.policies.policies.rules import next_review
from services.controls.schedule import announce_reviews_of_policies as sweep
from shared.data.sessions import Database
from tests.controls.deficient import DAY, due, kinds_told_of, strike
from tests.controls.policed import TODAY, policy_draft, published, written
from tests.support import Organisation, created, ok, person, problem

UNCHANGED = {"outcome": "unchanged", "notes": "The roles are still the same."}


@given(st.dates(date(2020, 1, 1), date(2100, 1, 1)), st.integers(1, 36))
def test_the_next_review_is_whole_months_later(last: date, months: int) -> None:
    following = next_review(last, months)
    assert (following.year - last.year) * 12 + following.month - last.month == months
    assert following.day == last.day or (following.day < last.day and (following + DAY).day == 1)


async def test_a_policy_is_written_before_its_first_version(org: Organisation) -> None:
    control = await implemented_control(org, "AC-01")
    draft = policy_draft(control_ids=[control])
    response = await org.manager.post("/v1/policies", json=draft)
    policy = created(response)
    assert policy == ok(await org.viewer.get(response.headers["Location"]))
    assert {name: policy[name] for name in draft} == draft | {"owner": await person(org, "dana")}
    assert (policy["status"], policy["published_number"], policy["review_due_on"]) == ("draft", None, None)
    taken = problem(await org.manager.post("/v1/policies", json=draft), 409, "code-taken")
    assert taken["errors"][0]["pointer"] == "/code"
    for query, found in (
        ({"control_id": control}, 1),
        ({"requirement": "iso27001:A.5.1"}, 1),
        ({"requirement": "soc2:CC6.1"}, 0),
        ({"q": "pol-"}, 1),
        ({"status": "published"}, 0),
        ({"owner": "dana@example.com"}, 1),
    ):
        assert len(ok(await org.viewer.get("/v1/policies", params=query))["items"]) == found, query


async def test_what_it_supports_is_there(org: Organisation) -> None:
    nowhere = {"control_ids": ["0197a4c2-8f3e-7c31-9d55-3c1f2a7b9e10"], "requirements": ["soc2:CC99"]}
    refused = problem(await org.manager.post("/v1/policies", json=policy_draft(**nowhere)), 422, "invalid")
    assert [each["pointer"] for each in refused["errors"]] == ["/control_ids/0", "/requirements/0"]


async def test_a_revision_knows_what_it_revises(org: Organisation) -> None:
    policy = await written(org)
    path, tag = f"/v1/policies/{policy['id']}", {"If-Match": '"1"'}
    problem(await org.manager.patch(path, json={"title": "X"}), 428, "precondition-required")
    assert ok(await org.manager.patch(path, json={"title": "X"}, headers=tag))["title"] == "X"
    problem(await org.manager.patch(path, json={"title": "Y"}, headers=tag), 412, "stale")


async def test_a_review_is_due_every_year_and_announced_once(org: Organisation, database: Database) -> None:
    policy = (await written(org))["id"]
    early = await org.manager.post(f"/v1/policies/{policy}/reviews", json=UNCHANGED)
    problem(early, 409, "conflict")
    version = await published(org, policy)
    read = ok(await org.viewer.get(f"/v1/policies/{policy}"))
    assert (read["status"], read["published_number"], read["effective_on"]) == ("published", 1, TODAY.isoformat())
    last = next_review(TODAY, 12)
    assert (read["review_due_on"], read["review_overdue"]) == (last.isoformat(), False)
    day = datetime(last.year, last.month, last.day, tzinfo=UTC)
    assert not await due(database, sweep, org, day - DAY)
    assert await due(database, sweep, org, day)
    assert (await strike(database, sweep, org, day), await strike(database, sweep, org, day + DAY)) == (1, 0)
    overdue = {"review_overdue": "true", "as_of": (last + DAY).isoformat()}
    assert [each["id"] for each in ok(await org.viewer.get("/v1/policies", params=overdue))["items"]] == [policy]
    anew = created(
        await org.manager.post(f"/v1/policies/{policy}/reviews", json=UNCHANGED | {"outcome": "new_version"})
    )
    assert anew["review_due_on"] == last.isoformat()
    response = await org.manager.post(f"/v1/policies/{policy}/reviews", json=UNCHANGED)
    review = created(response)
    assert (review["version_id"], review["reviewed_on"]) == (version["id"], TODAY.isoformat())
    assert ok(await org.viewer.get(response.headers["Location"])) == review
    listed = ok(await org.viewer.get("/v1/policy-reviews", params={"policy_id": policy}))["items"]
    assert listed == [review, anew]
    told = await kinds_told_of(org, policy, "policy")
    assert told == ["written", "published", "review_due", "reviewed", "reviewed"]


async def test_a_retired_policy_is_over(org: Organisation) -> None:
    policy = (await written(org))["id"]
    version = await published(org, policy)
    path, reason = f"/v1/policies/{policy}", {"reason": "Another covers it."}
    assert ok(await org.manager.post(f"{path}/retirements", json=reason))["status"] == "retired"
    assert ok(await org.viewer.get(f"/v1/policy-versions/{version['id']}"))["status"] == "retired"
    problem(await org.manager.post(f"{path}/retirements", json=reason), 409, "conflict")
    problem(await org.manager.patch(path, json={"title": "X"}, headers={"If-Match": "*"}), 409, "conflict")
    text = {"markdown": "X", "summary": "X"}
    problem(await org.manager.post(f"{path}/versions", json=text), 409, "conflict")


async def test_who_may_not_is_refused(org: Organisation) -> None:
    policy = (await written(org))["id"]
    for stranger in (org.viewer, org.owner):
        problem(await stranger.post("/v1/policies", json=policy_draft(code="B")), 403, "forbidden")
        problem(await stranger.post(f"/v1/policies/{policy}/reviews", json=UNCHANGED), 403, "forbidden")
        problem(await stranger.post(f"/v1/policies/{policy}/retirements", json={"reason": "R"}), 403, "forbidden")
    problem(await org.monitor.get("/v1/policies"), 403, "forbidden")


async def test_another_organisation_does_not_see_it(org: Organisation, other_org: Organisation) -> None:
    policy = (await written(org))["id"]
    version = await published(org, policy)
    for path in (f"/v1/policies/{policy}", f"/v1/policy-versions/{version['id']}"):
        problem(await other_org.viewer.get(path), 404, "not-found")
    for noun in ("policies", "policy-versions", "policy-reviews", "policy-campaigns", "policy-acknowledgements"):
        assert ok(await other_org.viewer.get(f"/v1/{noun}"))["items"] == []
    problem(await other_org.manager.post(f"/v1/policies/{policy}/reviews", json=UNCHANGED), 404, "not-found")
    tag = {"If-Match": '"1"'}
    theirs = await other_org.manager.patch(f"/v1/policies/{policy}", json={"title": "X"}, headers=tag)
    problem(theirs, 404, "not-found")
    await written(other_org)


@pytest.mark.parametrize("months", [0, 37])
async def test_a_review_is_neither_never_nor_all_the_time(org: Organisation, months: int) -> None:
    refused = await org.manager.post("/v1/policies", json=policy_draft(review_months=months))
    assert problem(refused, 422, "invalid")["errors"][0]["pointer"] == "/review_months"
