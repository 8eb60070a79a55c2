"""Who is asked for evidence: named by id or address, refused when unknown or gone, and handed over by a leaver.

And who did what: kept with the names of then, and kept apart by person, whatever client they act through.
"""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from deploy.client import address_of, client
from tests.evidence.given import (
    a_cadence,
    a_draft,
    an_expectation,
    collections_of,
    submitted,
    told_of,
)
from tests.support import Organisation, created, eventually, newcomer, ok, person, problem

ANY_VERSION = {"If-Match": "*"}
ACCEPTED = {"decision": "accepted"}


async def expectation_of(org: Organisation, expectation: dict[str, Any]) -> dict[str, Any]:
    return ok(await org.viewer.get(f"/v1/expectations/{expectation['id']}"))


async def duties(org: Organisation, of: dict[str, str]) -> list[tuple[str, str, str]]:
    """What a person answers for here: the noun, the duty and the title of each."""
    listed = ok(await org.viewer.get("/v1/services/evidence/duties", params={"person": of["id"]}))["items"]
    assert all(duty["person"] == of for duty in listed)
    return sorted((duty["noun"], duty["duty"], duty["title"]) for duty in listed)


async def all_duties(org: Organisation, *, limit: int) -> list[str]:
    """The keys of all duties here, read page by page."""
    keys: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = ok(await org.viewer.get("/v1/services/evidence/duties", params={"limit": limit, **cursor}))
        keys += [duty["key"] for duty in page["items"]]
        if page["next_cursor"] is None:
            return keys
        cursor = {"cursor": page["next_cursor"]}


async def another_client_of(org: Organisation, name: str, role: str) -> httpx.AsyncClient:
    """One more API client that a person of the team is responsible for."""
    draft = {"title": "Another", "roles": [role], "responsible": address_of(name)}
    registered = created(await org.admin.post("/v1/api-clients", json=draft))
    return client(str(org.admin.base_url).rstrip("/"), registered["id"], registered["client_secret"])


async def test_owners_are_named_by_id_or_by_any_address_in_any_case(org: Organisation) -> None:
    nora, kim = await newcomer(org, "nora"), await person(org, "kim")
    for reference in (nora["id"], nora["id"].upper(), "nora@example.com", "Nora@Example.ORG"):
        defined = await an_expectation(org, owner=reference, backup_owner="KIM@example.com", cadence=a_cadence(ago=3))
        assert (defined["owner"], defined["backup_owner"]) == (nora, kim)
    asked = {"owner": "NORA@example.org"}
    assert len(ok(await org.viewer.get("/v1/expectations", params=asked))["items"]) == 4
    first, second = await collections_of(org, defined)
    assert (first["owner"], first["backup_owner"]) == (nora, kim)
    path = f"/v1/collections/{first['id']}"
    ok(await org.manager.patch(path, json={"owner": "Lee@Example.com"}, headers=ANY_VERSION))
    theirs = await collections_of(org, defined, owner=nora["id"])
    assert [each["id"] for each in theirs] == [second["id"]]
    backed_up = await collections_of(org, defined, owner="Kim@example.com")
    assert [each["id"] for each in backed_up] == [first["id"], second["id"]]
    assert await collections_of(org, defined, owner=str(uuid4())) == []


@pytest.mark.parametrize("field", ["owner", "backup_owner"])
async def test_owners_who_are_unknown_or_gone_are_refused(org: Organisation, field: str) -> None:
    expectation, nora = await an_expectation(org, cadence=a_cadence(ago=3)), await newcomer(org, "nora")
    first, *_ = await collections_of(org, expectation)
    paths = [f"/v1/expectations/{expectation['id']}", f"/v1/collections/{first['id']}"]
    for path in paths:
        unknown = await org.manager.patch(path, json={field: "nobody@example.com"}, headers=ANY_VERSION)
        refused = problem(unknown, 422, "unknown-person")
        assert [fault["pointer"] for fault in refused["errors"]] == [f"/{field}"]
    ok(await org.admin.post(f"/v1/people/{nora['id']}/departures", json={}))

    async def refused_as_gone() -> bool:
        answer = await org.manager.patch(paths[0], json={field: nora["id"]}, headers=ANY_VERSION)
        return bool(answer.status_code == 422 and answer.json()["type"] == "/problems/person-gone")

    await eventually(refused_as_gone)
    problem(await org.manager.patch(paths[1], json={field: nora["id"]}, headers=ANY_VERSION), 422, "person-gone")
    draft = {name: expectation[name] for name in ("control_id", "title", "description", "kind")}
    draft |= {"freshness_days": 90, "expiring_days": 14, "owner": "dana@example.com", field: nora["id"]}
    problem(await org.manager.post("/v1/expectations", json=draft), 422, "person-gone")
    nobody = draft | {field: "nobody@example.com"}
    problem(await org.manager.post("/v1/expectations", json=nobody), 422, "unknown-person")
    feed = {"title": "Theirs", "owner": nora["id"]}
    problem(await org.owner.post("/v1/calendar-feeds", json=feed), 422, "person-gone")


async def test_nobody_is_their_own_backup(org: Organisation) -> None:
    nora = await newcomer(org, "nora")
    expectation = await an_expectation(org, owner=nora["id"], cadence=a_cadence(ago=3))
    first, *_ = await collections_of(org, expectation)
    both = {"owner": "nora@example.com", "backup_owner": "Nora@Example.ORG"}
    draft = {name: expectation[name] for name in ("control_id", "title", "description", "kind")}
    draft |= {"freshness_days": 90, "expiring_days": 14}
    for answer in (
        await org.manager.post("/v1/expectations", json=draft | both),
        await org.manager.patch(
            f"/v1/expectations/{expectation['id']}", json={"backup_owner": nora["id"]}, headers=ANY_VERSION
        ),
        await org.manager.patch(f"/v1/collections/{first['id']}", json=both, headers=ANY_VERSION),
    ):
        refused = problem(answer, 422, "invalid")
        assert [fault["pointer"] for fault in refused["errors"]] == ["/backup_owner"]


async def test_a_calendar_feed_of_nobody_is_refused(org: Organisation) -> None:
    draft = {"title": "Theirs", "owner": "nobody@example.com"}
    refused = problem(await org.owner.post("/v1/calendar-feeds", json=draft), 422, "unknown-person")
    assert [fault["pointer"] for fault in refused["errors"]] == ["/owner"]


async def test_what_a_leaver_is_asked_for_is_listed_and_handed_over(org: Organisation) -> None:
    nora, lee, kim = await newcomer(org, "nora"), await person(org, "lee"), await person(org, "kim")
    collected = await an_expectation(org, owner=nora["id"], backup_owner=lee["id"], cadence=a_cadence(ago=3))
    backed_up = await an_expectation(org, title="Backup restored", owner=kim["id"], backup_owner=nora["id"])
    ended = await an_expectation(org, owner=nora["id"])
    ok(await org.manager.post(f"/v1/expectations/{ended['id']}/withdrawals", json={"reason": "Done."}))
    first, second = await collections_of(org, collected)
    ok(await org.manager.post(f"/v1/collections/{first['id']}/skips", json={"reason": "Done."}))
    due = f"Access review, {second['intended_on']}"
    owned = [("collection", "owner", due), ("expectation", "owner", "Access review")]
    assert await duties(org, nora) == sorted([*owned, ("expectation", "backup_owner", "Backup restored")])
    ok(await org.admin.post(f"/v1/people/{nora['id']}/handovers", json={"to": lee["id"], "reason": "She left."}))

    async def handed_over() -> bool:
        return await duties(org, nora) == []

    await eventually(handed_over)
    keys = await all_duties(org, limit=100)
    assert len(keys) == 4, "three that Lee took over, and one of Kim"
    assert await all_duties(org, limit=1) == keys
    assert await duties(org, lee) == sorted([*owned, ("expectation", "backup_owner", "Backup restored")])
    now = await expectation_of(org, collected)
    assert (now["owner"], now["backup_owner"]) == (lee, None), "nobody is their own backup"
    now = await expectation_of(org, backed_up)
    assert (now["owner"], now["backup_owner"]) == (kim, lee)
    assert (await expectation_of(org, ended))["owner"] == nora, "what is over stays as it was"
    last = (await told_of(org, second))[-1]
    assert (last["type"], last["actor"]) == ("evidence.collection.reassigned", "system")
    assert last["reason"] == f"{lee['name']} took over from Nora."
    assert (last["before"]["owner_id"], last["data"]["owner_id"]) == (nora["id"], lee["id"])
    assert (await told_of(org, collected))[-1]["type"] == "evidence.expectation.defined"


async def test_another_client_of_the_submitter_does_not_review(org: Organisation) -> None:
    item = created(await org.manager.post("/v1/evidence", json=a_draft(await an_expectation(org))))
    assert item["submitter"]["kind"] == "client"
    assert item["submitter"]["person"] == await person(org, "manager")
    path = f"/v1/evidence/{item['id']}/reviews"
    async with await another_client_of(org, "manager", "compliance-manager") as other:
        problem(await other.post(path, json=ACCEPTED), 403, "separation-of-duties")
    ok(await org.second_manager.post(path, json=ACCEPTED))


async def test_who_left_and_returned_is_the_same_person(org: Organisation) -> None:
    item = created(await org.manager.post("/v1/evidence", json=a_draft(await an_expectation(org))))
    them = f"/v1/people/{item['submitter']['person']['id']}"
    ok(await org.admin.post(f"{them}/departures", json={}))
    ok(await org.admin.post(f"{them}/returns", json={}))
    membership = {"person": address_of("manager"), "roles": ["compliance-manager"]}
    created(await org.admin.post("/v1/members", json=membership))
    async with await another_client_of(org, "manager", "compliance-manager") as returned:
        own = await returned.post(f"/v1/evidence/{item['id']}/reviews", json=ACCEPTED)
    problem(own, 403, "separation-of-duties")


async def test_what_was_done_keeps_the_names_of_then(org: Organisation) -> None:
    item = await submitted(org, await an_expectation(org))
    submitter = item["submitter"]["person"]
    change = {"name": "Olivia Owner"}
    path = f"/v1/people/{submitter['id']}"
    answer = ok(await org.admin.patch(path, json=change, headers=ANY_VERSION))
    assert answer["name"] == "Olivia Owner" != submitter["name"]
    defined = await an_expectation(org, owner=submitter["id"])

    async def renamed() -> bool:
        return bool((await expectation_of(org, defined))["owner"]["name"] == "Olivia Owner")

    await eventually(renamed)
    listed = ok(await org.viewer.get("/v1/evidence"))["items"]
    assert [each["submitter"]["person"] for each in listed] == [submitter]
