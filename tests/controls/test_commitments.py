"""Commitments: what a SOC 2 is about, with the criteria that judge each."""

from typing import Any

import pytest

from tests.controls.deficient import told_of
from tests.controls.given import commitment, programme
from tests.support import Organisation, created, ok, problem

_DRAFT: dict[str, Any] = {
    "kind": "service_commitment",
    "text": "The service is available 99.9 % of each month.",
    "source": "sla",
    "criteria": ["A1", "CC7.5"],
}


async def _recorded(org: Organisation, going: str, **changes: Any) -> dict[str, Any]:
    return created(await org.manager.post(f"/v1/programmes/{going}/commitments", json=_DRAFT | changes))


async def test_a_commitment_belongs_to_criteria_and_a_group_is_all_of_its_criteria(
    org: Organisation, other_org: Organisation
) -> None:
    going = await programme(org, categories=["security", "availability"])
    recorded = await _recorded(org, going, source_reference="Service level agreement, 3.1")
    assert recorded["criteria"] == ["CC7.5", "A1.1", "A1.2", "A1.3"]
    assert (recorded["programme_id"], recorded["status"], recorded["source_reference"]) == (
        going,
        "in_force",
        "Service level agreement, 3.1",
    )
    path = f"/v1/commitments/{recorded['id']}"
    assert ok(await org.viewer.get(path)) == recorded
    problem(await other_org.viewer.get(path), 404, "not-found")
    assert ok(await other_org.viewer.get("/v1/commitments"))["items"] == []
    (told,) = await told_of(org, recorded["id"])
    assert (told["type"], told["data"]["criteria"]) == ("controls.commitment.recorded", recorded["criteria"])


@pytest.mark.parametrize("ref", ["A1.1", "CC8.2", "A1"])
async def test_only_criteria_in_scope_are_named(org: Organisation, ref: str) -> None:
    draft = _DRAFT | {"criteria": ["CC6.1", ref]}
    refused = await org.manager.post(f"/v1/programmes/{await programme(org)}/commitments", json=draft)
    assert [each["pointer"] for each in problem(refused, 422, "invalid")["errors"]] == ["/criteria/1"]


async def test_commitments_are_for_soc_2_alone(org: Organisation) -> None:
    iso = await programme(org, framework="iso27001", report_type="iso27001_certification", categories=[])
    refused = problem(await org.manager.post(f"/v1/programmes/{iso}/commitments", json=_DRAFT), 409, "not-asked-for")
    assert "SOC 2" in refused["detail"]


async def test_a_commitment_is_revised(org: Organisation) -> None:
    recorded = await _recorded(org, await programme(org), criteria=["CC6.1"])
    path = f"/v1/commitments/{recorded['id']}"
    change = {"kind": "system_requirement", "source": "internal_policy", "criteria": ["CC9"]}
    problem(await org.manager.patch(path, json=change), 428, "precondition-required")
    revised = ok(await org.manager.patch(path, json=change, headers={"If-Match": '"1"'}))
    assert revised["criteria"] == ["CC9.1", "CC9.2"]
    assert (revised["kind"], revised["source"], revised["text"]) == (
        "system_requirement",
        "internal_policy",
        _DRAFT["text"],
    )
    problem(await org.manager.patch(path, json=change, headers={"If-Match": '"1"'}), 412, "stale")
    wrong = await org.manager.patch(path, json={"criteria": ["P1.1"]}, headers={"If-Match": '"2"'})
    assert [each["pointer"] for each in problem(wrong, 422, "invalid")["errors"]] == ["/criteria/0"]
    assert ok(await org.viewer.get(path)) == revised


async def test_a_withdrawn_commitment_stays_on_record(org: Organisation) -> None:
    going = await programme(org)
    kept, withdrawn = await commitment(org, going, "CC6.1"), await commitment(org, going, "CC6.2")
    path = f"/v1/commitments/{withdrawn}"
    reason = {"reason": "The contracts of 2026 do not promise it."}
    answer = ok(await org.manager.post(f"{path}/withdrawals", json=reason))
    assert (answer["status"], answer["version"]) == ("withdrawn", 2)
    problem(await org.manager.post(f"{path}/withdrawals", json=reason), 409, "conflict")
    problem(await org.manager.patch(path, json={"text": "No."}, headers={"If-Match": '"2"'}), 409, "conflict")
    listed = ok(await org.viewer.get("/v1/commitments", params={"programme_id": going, "status": "in_force"}))
    assert [each["id"] for each in listed["items"]] == [kept]
    since = {"updated_since": answer["updated_at"], "criterion": "CC6.2"}
    assert ok(await org.viewer.get("/v1/commitments", params=since))["items"] == [answer]
    told = await told_of(org, withdrawn)
    assert [each["type"] for each in told] == ["controls.commitment.recorded", "controls.commitment.withdrawn"]
    assert told[-1]["reason"] == reason["reason"]


async def test_readiness_says_on_its_head_which_commitments_are_missing(org: Organisation) -> None:
    going = await programme(org)
    path = f"/v1/programmes/{going}/commitments"

    async def missing() -> list[tuple[str, str]]:
        head = ok(await org.viewer.get(f"/v1/programmes/{going}/readiness"))["missing"]
        assert {each["path"] for each in head} <= {path}
        return [(each["code"], each["text"]) for each in head]

    no_requirement = ("no_system_requirement", "No system requirement is recorded for the criteria in scope.")
    no_commitment = ("no_commitment", "No service commitment is recorded for the criteria in scope.")
    assert await missing() == [no_commitment, no_requirement]
    most = await commitment(org, going, *(f"CC{number}" for number in range(1, 8)))
    bare = ("criterion_without_commitment", "No commitment belongs to CC8.1, CC9.1, CC9.2.")
    assert await missing() == [no_requirement, bare]
    await commitment(org, going, "CC8", "CC9.1", kind="system_requirement", source="law")
    assert await missing() == [("criterion_without_commitment", "No commitment belongs to CC9.2.")]
    draft = {"programme_id": going, "requirement": "CC9.2", "relevant": False, "reason": "There are no vendors."}
    decision = created(await org.manager.post("/v1/scope-decisions", json=draft))["id"]
    ok(await org.second_manager.post(f"/v1/scope-decisions/{decision}/approvals"))
    assert await missing() == []
    ok(await org.manager.post(f"/v1/commitments/{most}/withdrawals", json={"reason": "It was promised no longer."}))
    words = "No commitment belongs to CC1.1, CC1.2, CC1.3, CC1.4, CC1.5 and 25 more."
    assert await missing() == [no_commitment, ("criterion_without_commitment", words)]


async def test_readiness_names_the_commitments_that_are_at_stake_at_each_criterion(org: Organisation) -> None:
    going = await programme(org)
    first, second = await commitment(org, going, "CC6"), await commitment(org, going, "CC6.1", "CC9.2")
    withdrawn = await commitment(org, going, "CC9.2")
    ok(await org.manager.post(f"/v1/commitments/{withdrawn}/withdrawals", json={"reason": "Promised no longer."}))
    found = ok(await org.viewer.get(f"/v1/programmes/{going}/readiness"))["requirements"]
    at_stake = {each["ref"]: each["commitments"] for each in found if each["commitments"]}
    assert at_stake.pop("CC6.1") == [first, second]
    assert at_stake.pop("CC9.2") == [second]
    assert at_stake == {f"CC6.{number}": [first] for number in range(2, 9)}


async def test_nothing_is_committed_in_a_closed_programme(org: Organisation) -> None:
    going = await programme(org)
    recorded = await commitment(org, going, "CC6.1")
    closure = {"outcome": "withdrawn", "reason": "Another year."}
    ok(await org.manager.post(f"/v1/programmes/{going}/closures", json=closure))
    draft = _DRAFT | {"criteria": ["CC6.1"]}
    problem(await org.manager.post(f"/v1/programmes/{going}/commitments", json=draft), 409, "conflict")
    reason = {"reason": "It was promised no longer."}
    problem(await org.manager.post(f"/v1/commitments/{recorded}/withdrawals", json=reason), 409, "conflict")


async def test_who_may_not_is_refused(org: Organisation, other_org: Organisation) -> None:
    going = await programme(org)
    recorded = await commitment(org, going, "CC6.1")
    draft, reason = _DRAFT | {"criteria": ["CC6.1"]}, {"reason": "It was promised no longer."}
    problem(await org.viewer.post(f"/v1/programmes/{going}/commitments", json=draft), 403, "forbidden")
    problem(await other_org.manager.post(f"/v1/programmes/{going}/commitments", json=draft), 404, "not-found")
    problem(await org.viewer.post(f"/v1/commitments/{recorded}/withdrawals", json=reason), 403, "forbidden")
    problem(await other_org.manager.post(f"/v1/commitments/{recorded}/withdrawals", json=reason), 404, "not-found")
    path, change, first = f"/v1/commitments/{recorded}", {"text": "No."}, {"If-Match": '"1"'}
    problem(await org.viewer.patch(path, json=change, headers=first), 403, "forbidden")
    problem(await other_org.manager.patch(path, json=change, headers=first), 404, "not-found")
    problem(await org.monitor.get("/v1/commitments"), 403, "forbidden")
