"""Assets over HTTP: registered, related, activated, retired; what rests on what; refused with the field named."""

import uuid
from typing import Any

import pytest

from shared.events.catalogue.controls import HealthState
from tests.risk.assets import ASSET, reached, registered, relation
from tests.risk.conftest import Controls
from tests.risk.given import identified, trail
from tests.support import Organisation, created, eventually, ok, person, problem


async def test_an_asset_is_registered_with_what_relates_it(org: Organisation) -> None:
    site = await registered(org, "AS-SITE", kind="location", title="Frankfurt")
    control = str(uuid.uuid4())
    draft = ASSET | {
        "description": "PostgreSQL cluster",
        "personal_data": True,
        "relations": [relation("located_in", site)],
        "control_ids": [control],
    }
    response = await org.risk.post("/v1/assets", json=draft)
    asset = created(response)
    assert asset == ok(await org.viewer.get(response.headers["Location"]))
    assert asset["owner"] == await person(org, "riley")
    assert asset["relations"] == [relation("located_in", site) | {"code": "AS-SITE", "title": "Frankfurt"}]
    assert (asset["status"], asset["personal_data"], asset["control_ids"]) == ("proposed", True, [control])
    (event,) = await trail(org, asset["id"])
    assert (event["type"], event["data"]["control_ids"]) == ("risk.asset.registered", [control])
    for filters, found in (
        ({"kind": "location"}, ["AS-SITE"]),
        ({"classification": "confidential", "personal_data": True}, ["AS-01"]),
        ({"control_id": control}, ["AS-01"]),
        ({"related_to": site}, ["AS-01"]),
        ({"owner": "riley@example.com", "q": "frank"}, ["AS-SITE"]),
        ({"status": "active"}, []),
        ({"updated_since": asset["created_at"]}, ["AS-01"]),
    ):
        items = ok(await org.viewer.get("/v1/assets", params=filters))["items"]  # type: ignore[arg-type]
        assert [each["code"] for each in items] == found, filters


async def test_an_asset_goes_from_proposed_to_active_to_retired(org: Organisation) -> None:
    asset = await registered(org, "AS-01")
    path = f"/v1/assets/{asset}"
    assert ok(await org.risk.post(f"{path}/activations"))["status"] == "active"
    problem(await org.risk.post(f"{path}/activations"), 409, "conflict")
    change = {"title": "Customer records", "classification": "restricted", "owner": "lee@example.com"}
    revised = ok(await org.risk.patch(path, json=change, headers={"If-Match": '"2"'}))
    assert (revised["title"], revised["classification"]) == ("Customer records", "restricted")
    problem(await org.risk.patch(path, json=change, headers={"If-Match": '"2"'}), 412, "stale")
    retired = ok(await org.risk.post(f"{path}/retirements", json={"reason": "Replaced."}))
    assert (retired["status"], retired["retired_because"]) == ("retired", "Replaced.")
    problem(await org.risk.post(f"{path}/retirements", json={"reason": "Again."}), 409, "conflict")
    problem(await org.risk.patch(path, json=change, headers={"If-Match": '"4"'}), 409, "conflict")
    events = await trail(org, asset)
    assert [each["type"].split(".")[-1] for each in events] == ["registered", "activated", "revised", "retired"]
    nobody = str(uuid.uuid4())
    problem(await org.viewer.get(f"/v1/assets/{nobody}"), 404, "not-found")
    for answer in (
        await org.risk.post(f"/v1/assets/{nobody}/activations"),
        await org.risk.post(f"/v1/assets/{nobody}/retirements", json={"reason": "x"}),
        await org.risk.patch(f"/v1/assets/{nobody}", json=change, headers={"If-Match": '"1"'}),
        await org.viewer.get(f"/v1/assets/{nobody}/dependencies"),
        await org.viewer.get(f"/v1/assets/{nobody}/exposure"),
    ):
        problem(answer, 404, "not-found")


async def test_what_rests_on_what_is_followed_over_several_steps(org: Organisation) -> None:
    site = await registered(org, "SITE", kind="location")
    host = await registered(org, "HOST", kind="infrastructure", relations=[relation("located_in", site)])
    data = await registered(org, "DATA")
    owner = await registered(org, "UNIT", kind="organisation")
    related = [relation("processes", data), relation("owned_by", owner)]
    app = await registered(org, "APP", kind="application", relations=related, status="active")
    hosting = [relation("located_in", site), relation("hosts", app)]
    ok(await org.risk.patch(f"/v1/assets/{host}", json={"relations": hosting}, headers={"If-Match": '"1"'}))
    service = await registered(org, "SVC", kind="service", relations=[relation("depends_on", app)], status="active")
    assert await reached(org, service) == [
        ("APP", 1, "depends_on"),
        ("HOST", 2, "hosts"),
        ("SITE", 3, "located_in"),
    ]
    carried = await reached(org, site, direction="carries")
    assert sorted(carried) == [
        ("APP", 2, "hosts"),
        ("DATA", 3, "processes"),
        ("HOST", 1, "located_in"),
        ("SVC", 3, "depends_on"),
    ]
    near = ok(await org.viewer.get(f"/v1/assets/{service}/dependencies", params={"depth": 1}))
    assert (near["complete"], len(near["items"])) == (False, 1)
    used = problem(await org.risk.post(f"/v1/assets/{host}/retirements", json={"reason": "Old"}), 409, "asset-in-use")
    assert used["detail"].startswith("APP rest on it")


async def test_an_asset_says_which_controls_protect_it_and_which_risks_it_has(
    org: Organisation, other_org: Organisation, control: Controls
) -> None:
    review, unheard = control(), str(uuid.uuid4())
    asset = await registered(org, "DB", control_ids=[unheard, review.id])
    path = f"/v1/assets/{asset}/exposure"
    assert ok(await org.viewer.get(path)) == {
        "asset_id": asset,
        "controls": [unknown(unheard), unknown(review.id)],
        "programmes": [],
        "engagements": [],
        "risks": 0,
        "above_appetite": 0,
        "items": [],
    }
    mild = await identified(org, code="R-1", asset_ids=[asset], inherent={"likelihood": 1, "impact": 1})
    severe = await identified(org, code="R-2", asset_ids=[asset])
    closed = await identified(org, code="R-3", asset_ids=[asset])
    closure = {"reason": "no_longer_relevant", "note": "The system was sold."}
    ok(await org.risk.post(f"/v1/risks/{closed}/closures", json=closure))
    await identified(org, code="R-4")
    await review.is_(HealthState.FAILING, "evidence_expired")

    async def failing() -> dict[str, Any] | None:
        now = ok(await org.viewer.get(path))
        return now if now["controls"][1]["known"] else None

    now = await eventually(failing)
    heard = {"known": True, "code": "AC-01", "title": "Access review", "health": "failing", "retired": False}
    assert now["controls"] == [unknown(unheard), {"control_id": review.id} | heard]
    assert (now["risks"], now["above_appetite"]) == (2, 1)
    assert [each["id"] for each in now["items"]] == [severe, mild]
    assert [each["standing"] == "within_appetite" for each in now["items"]] == [False, True]
    assert (now["items"][0]["treatment"], now["items"][0]["current"]["likelihood"]) == ("untreated", 5)
    problem(await other_org.viewer.get(path), 404, "not-found")


def unknown(control: str) -> dict[str, Any]:
    """A control that nothing was heard of."""
    return {"control_id": control, "known": False, "code": None, "title": None, "health": None, "retired": None}


async def test_a_cycle_is_allowed_but_not_of_places(org: Organisation) -> None:
    building = await registered(org, "BUILDING", kind="location")
    room = await registered(org, "ROOM", kind="location", relations=[relation("located_in", building)])
    first = await registered(org, "A", kind="application")
    second = await registered(org, "B", kind="application", relations=[relation("depends_on", first)])
    back = {"relations": [relation("depends_on", second)]}
    ok(await org.risk.patch(f"/v1/assets/{first}", json=back, headers={"If-Match": '"1"'}))
    assert await reached(org, first) == [("B", 1, "depends_on")]
    inside = {"relations": [relation("located_in", room)]}
    refused = await org.risk.patch(f"/v1/assets/{building}", json=inside, headers={"If-Match": '"1"'})
    assert problem(refused, 422, "invalid")["errors"] == [
        {"pointer": "/relations", "detail": "The asset would be located in itself."}
    ]
    for related, pointer in (
        ([relation("located_in", first)], "/relations/0/asset_id"),
        ([relation("depends_on", str(uuid.uuid4()))], "/relations/0/asset_id"),
        ([relation("depends_on", building)], "/relations/0/asset_id"),
        ([relation("depends_on", first), relation("depends_on", first)], "/relations/1"),
    ):
        refused = await org.risk.patch(
            f"/v1/assets/{building}", json={"relations": related}, headers={"If-Match": '"1"'}
        )
        assert problem(refused, 422, "invalid")["errors"][0]["pointer"] == pointer
    ok(await org.risk.post(f"/v1/assets/{room}/retirements", json={"reason": "Given up"}))
    draft = ASSET | {"code": "DESK", "relations": [relation("located_in", room)]}
    gone = problem(await org.risk.post("/v1/assets", json=draft), 422, "invalid")
    assert gone["errors"] == [{"pointer": "/relations/0/asset_id", "detail": "The asset is retired."}]


@pytest.mark.parametrize(
    ("changes", "kind", "pointer"),
    [
        ({"kind": "cloud"}, "invalid", "/kind"),
        ({"classification": "secret"}, "invalid", "/classification"),
        ({"status": "retired"}, "invalid", "/status"),
        ({"owner": "nobody@example.com"}, "unknown-person", "/owner"),
        ({"control_ids": ["00000000-0000-7000-8000-000000000001"] * 2}, "invalid", "/control_ids"),
    ],
)
async def test_what_is_invalid_is_named(org: Organisation, changes: dict[str, Any], kind: str, pointer: str) -> None:
    refused = problem(await org.risk.post("/v1/assets", json=ASSET | changes), 422, kind)
    assert refused["errors"][0]["pointer"] == pointer


async def test_assets_are_written_by_who_may_and_seen_by_nobody_else(
    org: Organisation, other_org: Organisation
) -> None:
    asset = await registered(org, "AS-01")
    problem(await org.risk.post("/v1/assets", json=ASSET), 409, "code-taken")
    await registered(other_org, "AS-01")
    problem(await org.viewer.post("/v1/assets", json=ASSET | {"code": "AS-02"}), 403, "forbidden")
    problem(await org.owner.post(f"/v1/assets/{asset}/activations"), 403, "forbidden")
    problem(await other_org.viewer.get(f"/v1/assets/{asset}"), 404, "not-found")
    problem(await other_org.risk.post(f"/v1/assets/{asset}/activations"), 404, "not-found")
    draft = ASSET | {"code": "AS-03", "relations": [relation("depends_on", asset)]}
    problem(await other_org.risk.post("/v1/assets", json=draft), 422, "invalid")
    assert len(ok(await other_org.viewer.get("/v1/assets"))["items"]) == 1
