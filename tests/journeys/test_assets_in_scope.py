"""Assets in the scope of programmes and engagements: refused when unknown or retired, frozen, and told by the asset."""

import uuid
from typing import Any

from deploy.client import eventually
from deploy.firm import Firm
from deploy.story import implemented_control
from shared.data.sessions import Database
from tests.audit.given import moved, planned, scoped
from tests.controls.given import programme
from tests.risk.assets import ASSET, registered
from tests.support import Organisation, created, ok, problem

ANY = {"If-Match": "*"}


async def _retired(org: Organisation, asset: str) -> None:
    ok(await org.risk.post(f"/v1/assets/{asset}/retirements", json={"reason": "It was replaced."}))


async def _exposure(org: Organisation, asset: str, *, programmes: int, engagements: int) -> dict[str, Any]:
    async def heard() -> dict[str, Any] | None:
        said = ok(await org.viewer.get(f"/v1/assets/{asset}/exposure"))
        counts = len(said["programmes"]), len(said["engagements"])
        return said if counts == (programmes, engagements) else None

    return await eventually(heard)


async def test_a_programme_names_assets_of_the_inventory(org: Organisation, other_org: Organisation) -> None:
    first, second = await registered(org, "AS-01"), await registered(org, "AS-02", title="Ticket system")
    foreign = await registered(other_org, "AS-01")
    key = await programme(org, asset_ids=[second, first])
    named = ok(await org.viewer.get(f"/v1/programmes/{key}"))["assets"]
    assert [(each["code"], each["title"], each["kind"], each["retired"]) for each in named] == [
        ("AS-01", ASSET["title"], ASSET["kind"], False),
        ("AS-02", "Ticket system", ASSET["kind"], False),
    ]
    for unknown in (foreign, str(uuid.uuid4())):
        change = {"asset_ids": [first, unknown]}
        refused = problem(await org.manager.patch(f"/v1/programmes/{key}", json=change, headers=ANY), 422, "invalid")
        assert refused["errors"] == [{"pointer": "/asset_ids/1", "detail": f"unknown: {unknown}"}]
    twice = {"asset_ids": [first, first]}
    problem(await org.manager.patch(f"/v1/programmes/{key}", json=twice, headers=ANY), 422, "invalid")
    said = await _exposure(org, first, programmes=1, engagements=0)
    assert said["programmes"] == [
        {"id": key, "title": "SOC 2 Type 2", "report_type": "soc2_type2", "ended": False},
    ]
    await _retired(org, second)

    async def told() -> bool:
        return [each["retired"] for each in ok(await org.viewer.get(f"/v1/programmes/{key}"))["assets"]] == [
            False,
            True,
        ]

    await eventually(told)
    kept = ok(await org.manager.patch(f"/v1/programmes/{key}", json={"asset_ids": [second]}, headers=ANY))
    assert [each["code"] for each in kept["assets"]] == ["AS-02"]
    ok(await org.manager.patch(f"/v1/programmes/{key}", json={"asset_ids": [first]}, headers=ANY))
    back = await org.manager.patch(f"/v1/programmes/{key}", json={"asset_ids": [second]}, headers=ANY)
    assert problem(back, 422, "invalid")["errors"][0]["detail"] == f"the asset is retired: {second}"
    for asset, found in ((first, [key]), (second, [])):
        listed = ok(await org.viewer.get("/v1/programmes", params={"asset_id": asset}))["items"]
        assert [each["id"] for each in listed] == found
    ok(await org.manager.post(f"/v1/programmes/{key}/closures", json={"outcome": "withdrawn", "reason": "Not now."}))

    async def ended() -> bool:
        return bool((await _exposure(org, first, programmes=1, engagements=0))["programmes"][0]["ended"])

    await eventually(ended)
    assert (await _exposure(org, second, programmes=0, engagements=0))["programmes"] == []


async def test_assets_are_frozen_with_the_scope_of_an_engagement(
    org: Organisation, firm: Firm, audit_database: Database
) -> None:
    control = uuid.UUID(await implemented_control(org, "AC-01"))
    first, second, beside = [await registered(org, code) for code in ("AS-01", "AS-02", "AS-03")]
    engagement = await planned(org)
    path = f"/v1/engagements/{engagement['id']}"
    scope = {"control_ids": [str(control)], "asset_ids": [first, str(uuid.uuid4())]}
    refused = problem(await org.manager.put(f"{path}/scope", json=scope, headers=ANY), 422, "invalid")
    assert [each["pointer"] for each in refused["errors"]] == ["/asset_ids/1"]
    scope["asset_ids"] = [first]
    engagement = ok(await org.manager.put(f"{path}/scope", json=scope, headers=ANY))
    assert [each["id"] for each in engagement["assets"]] == [first]
    engagement = ok(await scoped(org, engagement, control))
    assert [each["id"] for each in engagement["assets"]] == [first]  # left out, they stay
    said = await _exposure(org, first, programmes=0, engagements=1)
    assert said["engagements"] == [
        {"id": engagement["id"], "title": "SOC 2", "kind": "soc2_type2", "phase": "proposed"}
    ]
    created(await org.manager.post(f"{path}/proposals", json={"firm_id": firm.id}))
    await firm.accept(org.manager, engagement["id"], "partner")
    await moved(audit_database, org, engagement, "fieldwork")
    scope["asset_ids"] = [first, second]
    problem(await org.manager.put(f"{path}/scope", json=scope, headers=ANY), 409, "scope-frozen")
    async with firm.acting("partner", engagement["id"]) as partner:
        assert [each["code"] for each in ok(await partner.get(path))["assets"]] == ["AS-01"]
        draft = {"justification": "Tickets are kept there.", "asset_ids": [second, str(uuid.uuid4())]}
        refused = problem(await partner.post(f"{path}/scope-changes", json=draft), 422, "invalid")
        assert [each["pointer"] for each in refused["errors"]] == ["/asset_ids/1"]
        change = created(await partner.post(f"{path}/scope-changes", json=draft | {"asset_ids": [second, first]}))
        assert (change["before"]["asset_ids"], change["after"]["asset_ids"]) == ([first], sorted([first, second]))
        seen = ok(await partner.get(path))
        assert [each["code"] for each in seen["assets"]] == ["AS-01", "AS-02"]
    assert (await _exposure(org, second, programmes=0, engagements=1))["engagements"][0]["phase"] == "fieldwork"
    assert (await _exposure(org, beside, programmes=0, engagements=0))["engagements"] == []
    listed = ok(await org.viewer.get("/v1/engagements", params={"asset_id": second}))["items"]
    assert [each["id"] for each in listed] == [engagement["id"]]
