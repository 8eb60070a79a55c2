"""What a system description names: user entity controls, subservice organisations, incidents, changes."""

import uuid
from typing import Any

import pytest

from shared.data.sessions import Database
from tests.audit.described import AGREEMENT, CARVED_OUT, CHANGE, CSOC, CUEC, incident, recorded, soc2, told_of
from tests.audit.given import day, moved, planned, type1, type2
from tests.risk.vendors import registered_vendor
from tests.support import Organisation, created, ok, problem

_ANY = {"If-Match": "*"}
_REASON = {"reason": "It was recorded for the wrong engagement."}
_ENDING = {"ended_on": day(-1), "reason": "Hosting moved to another provider."}
_NOUNS: dict[str, tuple[dict[str, Any], dict[str, Any], str, dict[str, Any], str]] = {
    "user-entity-controls": (CUEC, {"text": "User entities review access."}, "withdrawals", _REASON, "withdrawn"),
    "subservice-organisations": (CARVED_OUT, {"services": "Storage."}, "endings", _ENDING, "ended"),
    "significant-changes": (CHANGE, {"changed_on": day(-2)}, "withdrawals", _REASON, "withdrawn"),
}


@pytest.mark.parametrize("noun", _NOUNS)
async def test_each_is_recorded_revised_and_stays_on_record(
    org: Organisation, other_org: Organisation, noun: str
) -> None:
    draft, change, last, body, state = _NOUNS[noun]
    engagement = await planned(org)
    response = await org.manager.post(f"/v1/engagements/{engagement['id']}/{noun}", json=draft)
    first = created(response)
    assert {name: first[name] for name in draft} == draft
    path = response.headers["Location"]
    assert ok(await org.viewer.get(path)) == first
    problem(await other_org.viewer.get(path), 404, "not-found")
    problem(await org.manager.patch(path, json=change), 428, "precondition-required")
    revised = ok(await org.manager.patch(path, json=change, headers={"If-Match": '"1"'}))
    assert (revised["version"], {name: revised[name] for name in change}) == (2, change)
    problem(await org.manager.patch(path, json=change, headers={"If-Match": '"1"'}), 412, "stale")
    ended = ok(await org.manager.post(f"{path}/{last}", json=body))
    assert (ended["status"], ended["version"]) == (state, 3)
    problem(await org.manager.post(f"{path}/{last}", json=body), 409, "conflict")
    problem(await org.manager.patch(path, json=change, headers=_ANY), 409, "conflict")
    query = {"engagement_id": engagement["id"], "updated_since": ended["updated_at"], "status": state}
    assert ok(await org.viewer.get(f"/v1/{noun}", params=query))["items"] == [ended]
    assert ok(await other_org.viewer.get(f"/v1/{noun}"))["items"] == []
    told = await told_of(org, first["id"])
    assert [each["type"].rsplit(".", 1)[1] for each in told] == ["recorded", "revised", state]
    assert told[-1]["reason"] == body["reason"]


@pytest.mark.parametrize("noun", [*_NOUNS, "system-incidents"])
async def test_only_management_writes_and_only_while_the_report_is_not_issued(
    org: Organisation, database: Database, other_org: Organisation, noun: str
) -> None:
    engagement, control, _ = await soc2(org)
    draft, change, last, body, _ = _NOUNS.get(
        noun, (incident(control_ids=[control]), {"effect": "None."}, "withdrawals", _REASON, "withdrawn")
    )
    parent = f"/v1/engagements/{engagement['id']}/{noun}"
    path = f"/v1/{noun}/{(await recorded(org, engagement, noun, draft))['id']}"
    for caller in (org.owner, org.viewer):
        problem(await caller.post(parent, json=draft), 403, "forbidden")
        problem(await caller.patch(path, json=change, headers=_ANY), 403, "forbidden")
        problem(await caller.post(f"{path}/{last}", json=body), 403, "forbidden")
    problem(await org.monitor.get(f"/v1/{noun}"), 403, "forbidden")
    problem(await org.monitor.get(path), 403, "forbidden")
    problem(await other_org.manager.post(parent, json=draft), 404, "not-found")
    problem(await other_org.manager.patch(path, json=change, headers=_ANY), 404, "not-found")
    problem(await other_org.manager.post(f"{path}/{last}", json=body), 404, "not-found")
    await moved(database, org, engagement, "fieldwork", "evaluation", "reporting")
    ok(await org.manager.patch(path, json=change, headers=_ANY))
    await moved(database, org, engagement, "issued")
    problem(await org.manager.post(parent, json=draft), 409, "conflict")
    problem(await org.manager.patch(path, json=change, headers=_ANY), 409, "conflict")
    problem(await org.manager.post(f"{path}/{last}", json=body), 409, "conflict")


async def test_an_audit_against_iso_27001_describes_none_of_it(org: Organisation) -> None:
    stage = await planned(org, type2(kind="iso27001_stage1"))
    for noun, (draft, *_) in (*_NOUNS.items(), ("system-incidents", (incident(control_ids=[str(uuid.uuid4())]),))):
        refused = await org.manager.post(f"/v1/engagements/{stage['id']}/{noun}", json=draft)
        assert "SOC 1 or SOC 2" in problem(refused, 409, "not-described")["detail"]


@pytest.mark.parametrize("kind", ["soc2_type1", "soc1_type1"])
async def test_changes_are_described_for_a_period_alone(org: Organisation, kind: str) -> None:
    engagement = await planned(org, type1(kind=kind))
    refused = await org.manager.post(f"/v1/engagements/{engagement['id']}/significant-changes", json=CHANGE)
    assert "Type 1" in problem(refused, 409, "not-described")["detail"]


async def test_a_code_names_one_user_entity_control_until_it_is_withdrawn(org: Organisation) -> None:
    engagement, other = await planned(org), await planned(org)
    path = f"/v1/engagements/{engagement['id']}/user-entity-controls"
    first = created(await org.manager.post(path, json=CUEC))
    problem(await org.manager.post(path, json=CUEC), 409, "code-taken")
    await recorded(org, other, "user-entity-controls", CUEC)
    ok(await org.manager.post(f"/v1/user-entity-controls/{first['id']}/withdrawals", json=_REASON))
    again = created(await org.manager.post(path, json=CUEC | {"criteria": ["CC6.1", "CC6.2"]}))
    query = {"engagement_id": engagement["id"], "criterion": "CC6.1"}
    assert ok(await org.viewer.get("/v1/user-entity-controls", params=query))["items"] == [again]


async def test_each_method_has_what_belongs_to_it(org: Organisation) -> None:
    engagement = await planned(org)
    path = f"/v1/engagements/{engagement['id']}/subservice-organisations"
    inclusive = {"name": "Payments Ltd", "services": "Payments.", "method": "inclusive"}
    for draft, pointer in (
        (inclusive | {"controls": [CSOC]}, "/controls"),
        (CARVED_OUT | {"agreement": AGREEMENT}, "/agreement"),
        (CARVED_OUT | {"controls": [CSOC | {"criteria": []}]}, "/controls/0/criteria"),
        (CARVED_OUT | {"method": "both"}, "/method"),
    ):
        refused = problem(await org.manager.post(path, json=draft), 422, "invalid")
        assert [each["pointer"] for each in refused["errors"]] == [pointer]
    organisation = created(await org.manager.post(path, json=inclusive | {"agreement": AGREEMENT}))
    assert (organisation["agreement"], organisation["controls"]) == (AGREEMENT, [])
    change = {"method": "carve_out", "controls": [CSOC]}
    changed = await org.manager.patch(f"/v1/subservice-organisations/{organisation['id']}", json=change, headers=_ANY)
    assert (ok(changed)["agreement"], ok(changed)["controls"]) == (None, [CSOC])
    wrong = await org.manager.patch(
        f"/v1/subservice-organisations/{organisation['id']}", json={"agreement": AGREEMENT}, headers=_ANY
    )
    assert problem(wrong, 422, "invalid")["errors"][0]["pointer"] == "/agreement"
    query = {"engagement_id": engagement["id"], "method": "carve_out"}
    assert ok(await org.viewer.get("/v1/subservice-organisations", params=query))["items"] == [ok(changed)]


async def test_a_subservice_organisation_is_tied_to_a_vendor_that_is_known(
    org: Organisation, other_org: Organisation
) -> None:
    engagement, theirs = await planned(org), await registered_vendor(other_org)
    path = f"/v1/engagements/{engagement['id']}/subservice-organisations"
    for vendor in (theirs, str(uuid.uuid4())):
        refused = problem(await org.manager.post(path, json=CARVED_OUT | {"vendor_id": vendor}), 422, "invalid")
        assert [each["pointer"] for each in refused["errors"]] == ["/vendor_id"]
    vendor = await registered_vendor(org)
    tied = created(await org.manager.post(path, json=CARVED_OUT | {"vendor_id": vendor}))
    assert tied["vendor"] == {"id": vendor, "code": "V-01", "title": "Example Hosting Ltd"}
    untied = created(await org.manager.post(path, json=CARVED_OUT))
    assert untied["vendor"] is None
    own = f"/v1/subservice-organisations/{untied['id']}"
    refused = problem(await org.manager.patch(own, json={"vendor_id": theirs}, headers=_ANY), 422, "invalid")
    assert [each["pointer"] for each in refused["errors"]] == ["/vendor_id"]
    assert ok(await org.manager.patch(own, json={"services": "Storage."}, headers=_ANY))["vendor"] is None
    assert ok(await org.manager.patch(own, json={"vendor_id": vendor}, headers=_ANY))["vendor"] == tied["vendor"]
    assert ok(await org.manager.patch(own, json={"services": "Racks."}, headers=_ANY))["vendor"] == tied["vendor"]
    of_vendor = {"vendor_id": vendor, "engagement_id": engagement["id"]}
    listed = ok(await org.viewer.get("/v1/subservice-organisations", params=of_vendor))["items"]
    assert [each["id"] for each in listed] == [tied["id"], untied["id"]]
    told = (await told_of(org, tied["id"]))[0]
    assert told["data"]["vendor_id"] == vendor


async def test_an_incident_comes_from_controls_or_misses_commitments(
    org: Organisation, other_org: Organisation
) -> None:
    engagement, control, promised = await soc2(org)
    path = f"/v1/engagements/{engagement['id']}/system-incidents"
    stranger = str(uuid.uuid4())
    for draft, pointers in (
        (incident(), ["/control_ids"]),
        (incident(control_ids=[control, stranger]), ["/control_ids/1"]),
        (incident(commitment_ids=[stranger]), ["/commitment_ids/0"]),
        (incident(control_ids=[control], ended_at=f"{day(-4)}T08:00:00Z"), ["/ended_at"]),
        (incident(control_ids=[control, control]), ["/control_ids"]),
    ):
        refused = problem(await org.manager.post(path, json=draft), 422, "invalid")
        assert [each["pointer"] for each in refused["errors"]] == pointers
    first = created(await org.manager.post(path, json=incident(commitment_ids=[promised], ended_at=None)))
    assert (first["commitment_ids"], first["ended_at"], first["status"]) == ([promised], None, "recorded")
    own = f"/v1/system-incidents/{first['id']}"
    assert ok(await org.viewer.get(own)) == first
    problem(await other_org.viewer.get(own), 404, "not-found")
    assert ok(await other_org.viewer.get("/v1/system-incidents"))["items"] == []
    problem(await org.manager.patch(own, json={"control_ids": [control]}), 428, "precondition-required")
    revised = ok(await org.manager.patch(own, json={"control_ids": [control]}, headers={"If-Match": '"1"'}))
    assert (revised["control_ids"], revised["commitment_ids"]) == ([control], [promised])
    problem(await org.manager.patch(own, json={"effect": "None."}, headers={"If-Match": '"1"'}), 412, "stale")
    query = {"control_id": control, "commitment_id": promised}
    assert ok(await org.viewer.get("/v1/system-incidents", params=query))["items"] == [revised]
    withdrawn = ok(await org.manager.post(f"{own}/withdrawals", json=_REASON))
    problem(await org.manager.post(f"{own}/withdrawals", json=_REASON), 409, "conflict")
    since = {"updated_since": withdrawn["updated_at"], "status": "withdrawn"}
    assert ok(await org.viewer.get("/v1/system-incidents", params=since))["items"] == [withdrawn]
    told = await told_of(org, first["id"])
    assert [each["type"].rsplit(".", 1)[1] for each in told] == ["recorded", "revised", "withdrawn"]
