"""Versions of policies: nobody approves their own words, or other words than they read."""

import hashlib
import random
from typing import Any
from uuid import NAMESPACE_DNS, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.controls.policies.policies.models import VersionStatus
from services.controls.policies.policy_versions.rules import faults_in, standing
from services.controls.policies.policy_versions.schemas import PolicyApproval
from shared.people.references import KnownPerson
from tests.controls.deficient import DAY, kinds_told_of
from tests.controls.policed import TEXT, TODAY, actor_of, decided, drafted, published, submitted, written
from tests.support import Organisation, created, ok, problem

DECISIONS = st.lists(st.sampled_from(PolicyApproval), max_size=8)
FILE = {"file_id": "0197a4c2-8f3e-7c31-9d55-3c1f2a7b9e10", "sha256": "ab" * 32, "name": "policy.pdf"}


@given(DECISIONS, st.integers(1, 8), st.randoms())
def test_the_order_of_decisions_does_not_matter(
    decisions: list[PolicyApproval], quorum: int, dice: random.Random
) -> None:
    shuffled = decisions[:]
    dice.shuffle(shuffled)
    assert standing(shuffled, quorum) == standing(decisions, quorum)


@given(DECISIONS, st.integers(1, 8))
def test_it_takes_a_quorum_and_nobody_against(decisions: list[PolicyApproval], quorum: int) -> None:
    approved = standing(decisions, quorum) == VersionStatus.APPROVED
    assert approved == (decisions.count(PolicyApproval.APPROVE) >= quorum and PolicyApproval.REJECT not in decisions)


@given(st.lists(st.sampled_from("abcd"), min_size=1, max_size=5), st.integers(1, 6), st.sets(st.sampled_from("abcd")))
def test_who_is_to_approve_can(approvers: list[str], quorum: int, authors: set[str]) -> None:
    fine = not authors & set(approvers) and len(set(approvers)) == len(approvers) and quorum <= len(approvers)
    people = {name: known(name) for name in "abcd"}
    asked, wrote = [people[name] for name in approvers], {people[name].id for name in authors}
    assert (not list(faults_in(asked, quorum, wrote))) == fine


def known(name: str) -> KnownPerson:
    return KnownPerson(uuid5(NAMESPACE_DNS, name), name, [], "active", None, [], None)


async def test_a_version_comes_into_force(org: Organisation) -> None:
    policy = (await written(org))["id"]
    version = await drafted(org, policy)
    digest = hashlib.sha256(TEXT["markdown"].encode()).hexdigest()
    assert (version["number"], version["status"], version["sha256"]) == (1, "draft", digest)
    await submitted(org, version["id"], org.second_manager, org.admin, quorum=2)
    first = ok(await decided(org.second_manager, version))
    assert first["status"] == "in_approval"
    problem(await decided(org.second_manager, version), 409, "decided-already")
    second = ok(await decided(org.admin, version))
    assert second["status"] == "approved"
    assert [each["decision"] for each in second["decisions"]] == ["approve", "approve"]
    path = f"/v1/policy-versions/{version['id']}/publications"
    late = await org.manager.post(path, json={"effective_on": (TODAY - DAY).isoformat()})
    assert problem(late, 422, "invalid")["errors"][0]["pointer"] == "/effective_on"
    done = ok(await org.manager.post(path, json={"effective_on": TODAY.isoformat()}))
    assert (done["status"], done["effective_on"], done["markdown"]) == (
        "published",
        TODAY.isoformat(),
        TEXT["markdown"],
    )
    assert done == ok(await org.viewer.get(f"/v1/policy-versions/{version['id']}"))
    told = await kinds_told_of(org, version["id"], "policy_version")
    assert told == ["drafted", "submitted", "endorsed", "approved", "published"]


async def test_the_next_version_takes_the_place_of_the_last(org: Organisation) -> None:
    policy = (await written(org))["id"]
    first = await published(org, policy)
    second = await drafted(org, policy, markdown=None, file=FILE)
    assert (second["number"], second["sha256"], second["file"], second["markdown"]) == (2, "ab" * 32, FILE, None)
    another = await org.manager.post(f"/v1/policies/{policy}/versions", json=TEXT)
    problem(another, 409, "version-on-its-way")
    await submitted(org, second["id"], org.second_manager)
    ok(await decided(org.second_manager, second))
    day = (TODAY + 10 * DAY).isoformat()
    ok(await org.manager.post(f"/v1/policy-versions/{second['id']}/publications", json={"effective_on": day}))
    before = ok(await org.viewer.get(f"/v1/policy-versions/{first['id']}"))
    assert (before["status"], before["effective_until"]) == ("superseded", day)

    async def in_force(on: Any) -> list[int]:
        query = {"policy_id": policy, "in_force_on": on.isoformat()}
        return [each["number"] for each in ok(await org.viewer.get("/v1/policy-versions", params=query))["items"]]

    days = (TODAY - DAY, TODAY, TODAY + 9 * DAY, TODAY + 10 * DAY)
    assert [await in_force(each) for each in days] == [[], [1], [1], [2]]


async def test_a_rejection_returns_it_to_its_authors(org: Organisation) -> None:
    version = await drafted(org, (await written(org))["id"])
    path = f"/v1/policy-versions/{version['id']}"
    await submitted(org, version["id"], org.second_manager)
    problem(await decided(org.second_manager, version, decision="reject"), 422, "invalid")
    rejected = ok(await decided(org.second_manager, version, decision="reject", reason="A chapter is missing."))
    assert rejected["status"] == "draft"
    tag = {"If-Match": f'"{rejected["version"]}"'}
    revised = ok(await org.manager.patch(path, json={"markdown": "# Access\n\nBetter."}, headers=tag))
    problem(await org.manager.patch(path, json={"summary": "X"}, headers=tag), 412, "stale")
    await submitted(org, version["id"], org.second_manager)
    other = await decided(org.second_manager, version)
    assert revised["sha256"] in problem(other, 409, "other-words")["errors"][0]["detail"]
    assert ok(await decided(org.second_manager, revised))["status"] == "approved"


async def test_what_was_submitted_does_not_change(org: Organisation) -> None:
    version = await drafted(org, (await written(org))["id"])
    path = f"/v1/policy-versions/{version['id']}"
    await submitted(org, version["id"], org.second_manager)
    refused = await org.manager.patch(path, json={"summary": "X"}, headers={"If-Match": "*"})
    assert "withdraw" in problem(refused, 409, "conflict")["detail"]
    ok(await decided(org.second_manager, version))
    withdrawn = ok(await org.manager.post(f"{path}/withdrawals", json={"reason": "A chapter was left out."}))
    assert withdrawn["status"] == "draft"
    early = await org.manager.post(f"{path}/publications", json={"effective_on": TODAY.isoformat()})
    assert "submit" in problem(early, 409, "conflict")["detail"]


async def test_nobody_approves_their_own_words(org: Organisation) -> None:
    version = await drafted(org, (await written(org))["id"])
    path = f"/v1/policy-versions/{version['id']}"
    mine = {"approvers": [await actor_of(org.manager)], "quorum": 2}
    refused = problem(await org.manager.post(f"{path}/submissions", json=mine), 422, "invalid")
    assert [each["pointer"] for each in refused["errors"]] == ["/approvers/0", "/quorum"]
    ok(await org.second_manager.patch(path, json={"summary": "Better."}, headers={"If-Match": "*"}))
    helped = {"approvers": [await actor_of(org.second_manager)], "quorum": 1}
    problem(await org.manager.post(f"{path}/submissions", json=helped), 422, "invalid")
    await submitted(org, version["id"], org.admin)
    problem(await decided(org.second_manager, version), 403, "not-an-approver")
    problem(await decided(org.viewer, version), 403, "not-an-approver")
    problem(await decided(org.monitor, version), 403, "forbidden")


@pytest.mark.parametrize("words", [{}, {"markdown": "X", "file": FILE}])
async def test_a_version_has_words_of_one_kind(org: Organisation, words: dict[str, Any]) -> None:
    policy = (await written(org))["id"]
    refused = await org.manager.post(f"/v1/policies/{policy}/versions", json={"summary": "X", **words})
    problem(refused, 422, "invalid")


async def test_markdown_is_kept_as_it_is(org: Organisation) -> None:
    policy = (await written(org))["id"]
    markdown = "  <script>alert(1)</script>\r\n\n\tGrüße, 日本語 \\u0000 🔐\n"
    version = created(
        await org.manager.post(f"/v1/policies/{policy}/versions", json={"markdown": markdown, "summary": "X"})
    )
    response = await org.viewer.get(f"/v1/policy-versions/{version['id']}")
    assert ok(response)["markdown"] == markdown
    assert response.headers["content-type"] == "application/json"
    assert version["sha256"] == hashlib.sha256(markdown.encode()).hexdigest()
