"""Interested parties of an ISO/IEC 27001 programme, and what of their requirements is addressed."""

from typing import Any

from tests.controls.deficient import told_of
from tests.controls.given import interested_party, iso_programme, programme
from tests.support import Organisation, created, ok, problem

_DRAFT: dict[str, Any] = {
    "name": "Customers in the health sector",
    "requirements": [
        {"text": "Breaches are reported within 24 hours.", "addressed": True, "note": "By IR-01."},
        {"text": "Data stays in the country.", "addressed": False, "note": "No contract asks for it any longer."},
    ],
}


async def test_a_party_is_recorded_with_what_it_requires(org: Organisation, other_org: Organisation) -> None:
    going = await iso_programme(org)
    recorded = created(await org.manager.post(f"/v1/programmes/{going}/interested-parties", json=_DRAFT))
    assert (recorded["programme_id"], recorded["status"]) == (going, "relevant")
    assert recorded["requirements"] == _DRAFT["requirements"]
    path = f"/v1/interested-parties/{recorded['id']}"
    assert ok(await org.viewer.get(path)) == recorded
    problem(await other_org.viewer.get(path), 404, "not-found")
    assert ok(await other_org.viewer.get("/v1/interested-parties"))["items"] == []
    without = _DRAFT | {"requirements": []}
    refused = problem(
        await org.manager.post(f"/v1/programmes/{going}/interested-parties", json=without), 422, "invalid"
    )
    assert [each["pointer"] for each in refused["errors"]] == ["/requirements"]


async def test_parties_are_for_iso_27001_alone(org: Organisation) -> None:
    path = f"/v1/programmes/{await programme(org)}/interested-parties"
    refused = problem(await org.manager.post(path, json=_DRAFT), 409, "not-asked-for")
    assert "ISO/IEC 27001" in refused["detail"]


async def test_a_party_is_revised_and_withdrawn(org: Organisation) -> None:
    party = await interested_party(org, await iso_programme(org))
    path = f"/v1/interested-parties/{party}"
    change = {"requirements": [{"text": "Data is deleted after the contract.", "addressed": True}]}
    problem(await org.manager.patch(path, json=change), 428, "precondition-required")
    revised = ok(await org.manager.patch(path, json=change, headers={"If-Match": '"1"'}))
    assert revised["requirements"] == [change["requirements"][0] | {"note": None}]
    assert revised["name"] == "Customers"
    problem(await org.manager.patch(path, json=change, headers={"If-Match": '"1"'}), 412, "stale")
    reason = {"reason": "The last contract has ended."}
    withdrawn = ok(await org.manager.post(f"{path}/withdrawals", json=reason))
    assert (withdrawn["status"], withdrawn["requirements"]) == ("withdrawn", revised["requirements"])
    problem(await org.manager.post(f"{path}/withdrawals", json=reason), 409, "conflict")
    since = {"updated_since": withdrawn["updated_at"], "q": "customers"}
    assert ok(await org.viewer.get("/v1/interested-parties", params=since))["items"] == [withdrawn]
    assert [each["type"].rpartition(".")[2] for each in await told_of(org, party)] == [
        "recorded",
        "revised",
        "withdrawn",
    ]


async def test_who_may_not_is_refused(org: Organisation, other_org: Organisation) -> None:
    going = await iso_programme(org)
    party, reason = await interested_party(org, going), {"reason": "The last contract has ended."}
    writes = [(f"/v1/programmes/{going}/interested-parties", _DRAFT)]
    writes.append((f"/v1/interested-parties/{party}/withdrawals", reason))
    for path, body in writes:
        problem(await org.viewer.post(path, json=body), 403, "forbidden")
        problem(await other_org.manager.post(path, json=body), 404, "not-found")
    path, first = f"/v1/interested-parties/{party}", {"If-Match": '"1"'}
    problem(await org.viewer.patch(path, json={"name": "Nobody"}, headers=first), 403, "forbidden")
    problem(await other_org.manager.patch(path, json={"name": "Nobody"}, headers=first), 404, "not-found")
    problem(await org.monitor.get("/v1/interested-parties"), 403, "forbidden")
