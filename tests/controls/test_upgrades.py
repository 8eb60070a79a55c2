"""Programmes move to another version of their framework, see beforehand what that does, and go back."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.controls.documents.contents import Entry
from services.controls.programmes.upgrades.rules import counts_of, effect_of, scope
from services.controls.programmes.upgrades.schemas import ControlMapping
from tests.controls.documents import JSON, own_framework, send, shipped
from tests.controls.given import crosswalk, entry
from tests.support import Organisation, created, ok, problem

CONTROL = {
    "title": "A control",
    "statement": "It is done.",
    "owner": "dana@example.com",
    "kind": "preventive",
    "nature": "manual",
    "frequency": "monthly",
}
_CATEGORIES = [{"code": "core", "title": "Core", "always": True}, {"code": "more", "title": "More"}]


def _row(ref: str, title: str = "Rule", category: str = "core", **members: Any) -> dict[str, Any]:
    return {"ref": ref, "title": title, "categories": [category], **members}


OLD = [_row("R-1"), _row("R-2"), _row("R-3"), _row("R-4"), _row("M-1", category="more")]
# R-1 stays, R-2 reads differently, R-3 is gone, R-4 is withdrawn, R-5 is new; the other category is gone.
NEW = [_row("R-1"), _row("R-2", "Changed"), _row("R-4", assessed=False), _row("R-5")]


@dataclass
class Moving:
    """A programme at the old of two versions, and controls that answer what is in either."""

    org: Organisation
    framework: str
    old: str
    new: str
    programme: dict[str, Any]

    @property
    def path(self) -> str:
        return f"/v1/programmes/{self.programme['id']}"

    async def seen(self) -> dict[str, Any]:
        return ok(await self.org.viewer.get(self.path))


async def _moving(org: Organisation, categories: list[str]) -> Moving:
    framework = await own_framework(org, "rules")
    old = {"label": "1", "categories": _CATEGORIES, "requirements": OLD}
    new = {"label": "2", "categories": _CATEGORIES[:1], "requirements": NEW}
    first = created(await send(org, framework, old, JSON))["id"]
    second = created(await send(org, framework, new, JSON))["id"]
    draft = {
        "title": "Our rules",
        "framework": "rules",
        "framework_version": "1",
        "report_type": "self_assessment",
        "categories": categories,
        "system": {"services": ["Example Cloud"]},
        "owner": "dana@example.com",
        "target_date": "2027-03-31",
    }
    programme = created(await org.manager.post("/v1/programmes", json=draft))
    return Moving(org, framework, first, second, programme)


async def _control(org: Organisation, code: str, *refs: str) -> dict[str, Any]:
    draft = CONTROL | {"code": code, "requirements": [f"rules:{ref}" for ref in refs]}
    return created(await org.manager.post("/v1/controls", json=draft))


async def test_an_upgrade_is_seen_beforehand_done_and_rolled_back(org: Organisation) -> None:
    moving = await _moving(org, ["core"])
    first = await _control(org, "C-1", "R-1", "R-3")
    await _control(org, "C-2", "R-2", "R-4", "R-5")
    gone = await _control(org, "C-3", "R-1")
    ok(await org.manager.post(f"/v1/controls/{gone['id']}/retirements", json={"reason": "No longer done"}))

    preview = ok(await org.viewer.get(f"{moving.path}/upgrade-preview", params={"framework_version_id": moving.new}))
    effect = preview["effect"]
    assert [each["ref"] for each in effect["added"]] == ["R-5"]
    assert [each["ref"] for each in effect["removed"]] == ["R-3", "R-4"]
    assert [each["ref"] for each in effect["changed"]] == ["R-2"]
    assert [(each["code"], each["requirement"], each["changed"]) for each in effect["mappings_held"]] == [
        ("C-1", "rules:R-1", False),
        ("C-2", "rules:R-2", True),
    ]
    assert [(each["code"], each["requirement"]) for each in effect["mappings_fallen_away"]] == [
        ("C-1", "rules:R-3"),
        ("C-2", "rules:R-4"),
    ]
    assert [(each["code"], each["requirement"]) for each in effect["mappings_gained"]] == [("C-2", "rules:R-5")]
    assert (preview["in_scope_before"], preview["in_scope_after"]) == (4, 3)
    assert await moving.seen() == moving.programme, "a preview changes nothing"

    response = await org.manager.post(f"{moving.path}/upgrades", json={"framework_version_id": moving.new})
    upgrade = created(response)
    assert {name: upgrade[name] for name in preview} == preview
    assert upgrade["status"] == "done"
    assert ok(await org.viewer.get(response.headers["Location"])) == upgrade
    moved = await moving.seen()
    assert (moved["framework_version"], moved["requirements_in_scope"]) == ("2", 3)
    assert moved["version"] == moving.programme["version"] + 1
    kept = ok(await org.viewer.get(f"/v1/controls/{first['id']}"))
    assert kept["requirements"] == ["rules:R-1", "rules:R-3"], "what fell away stays on the control"

    rolled_back = ok(await org.manager.post(f"{response.headers['Location']}/rollbacks"))
    assert rolled_back["status"] == "rolled_back"
    assert rolled_back["rolled_back_by"]
    assert rolled_back["effect"] == effect
    back = await moving.seen()
    ignored = {"version", "updated_at"}
    assert {name: each for name, each in back.items() if name not in ignored} == {
        name: each for name, each in moving.programme.items() if name not in ignored
    }
    problem(await org.manager.post(f"{response.headers['Location']}/rollbacks"), 409, "conflict")
    (listed,) = ok(await org.viewer.get("/v1/upgrades", params={"programme_id": moving.programme["id"]}))["items"]
    assert listed == {name: each for name, each in rolled_back.items() if name != "effect"}


async def test_adopted_mappings_hold_and_fall_away_too(org: Organisation) -> None:
    moving = await _moving(org, ["core"])
    ours = await crosswalk(org, "soc2", "rules")
    for ref in ("R-1", "R-3"):
        await entry(org, ours, "soc2:P8.1", f"rules:{ref}", "intersects_with")
    draft = CONTROL | {"code": "C-1", "requirements": ["soc2:P8.1", "rules:R-1"]}
    created(await org.manager.post("/v1/controls", json=draft))
    created(await org.manager.post("/v1/controls", json=draft | {"code": "C-2", "requirements": ["soc2:P8.1"]}))
    assert ok(await org.manager.post(f"{moving.path}/adoptions", json={}))["adopted"] == 3
    preview = ok(await org.viewer.get(f"{moving.path}/upgrade-preview", params={"framework_version_id": moving.new}))
    assert [(each["code"], each["requirement"]) for each in preview["effect"]["mappings_held"]] == [
        ("C-1", "rules:R-1"),
        ("C-2", "rules:R-1"),
    ]
    fallen = [(each["code"], each["requirement"]) for each in preview["effect"]["mappings_fallen_away"]]
    assert fallen == [("C-1", "rules:R-3"), ("C-2", "rules:R-3")]


async def test_every_step_is_in_the_trail(org: Organisation) -> None:
    moving = await _moving(org, ["core"])
    upgrade = created(await org.manager.post(f"{moving.path}/upgrades", json={"framework_version_id": moving.new}))
    ok(await org.manager.post(f"/v1/upgrades/{upgrade['id']}/rollbacks"))
    for subject, expected in (
        (moving.programme["id"], ["programme.started", "programme.upgraded", "programme.rolled_back"]),
        (upgrade["id"], ["upgrade.done", "upgrade.rolled_back"]),
        (moving.new, ["framework_version.imported"]),
    ):
        trail = ok(await org.manager.get("/v1/services/controls/trail", params={"subject": subject}))["items"]
        assert sorted(each["type"] for each in trail) == sorted(f"controls.{name}" for name in expected)


async def test_categories_that_are_gone_are_refused_and_others_chosen(org: Organisation) -> None:
    moving = await _moving(org, ["core", "more"])
    body: dict[str, Any] = {"framework_version_id": moving.new}
    refused = problem(await org.manager.post(f"{moving.path}/upgrades", json=body), 422, "invalid")
    assert refused["errors"][0]["pointer"] == "/categories"
    assert "more" in refused["errors"][0]["detail"]
    looked = await org.viewer.get(f"{moving.path}/upgrade-preview", params=body)
    assert problem(looked, 422, "invalid")["errors"][0]["pointer"] == "query/categories"
    upgrade = created(await org.manager.post(f"{moving.path}/upgrades", json=body | {"categories": ["core"]}))
    assert (upgrade["categories_before"], upgrade["categories_after"]) == (["core", "more"], ["core"])
    ok(await org.manager.post(f"/v1/upgrades/{upgrade['id']}/rollbacks"))
    assert (await moving.seen())["categories"] == ["core", "more"]
    assert (await moving.seen())["requirements_in_scope"] == 5


async def test_upgrades_are_rolled_back_in_the_order_they_came(org: Organisation) -> None:
    moving = await _moving(org, ["core"])
    path = f"{moving.path}/upgrades"
    there = created(await org.manager.post(path, json={"framework_version_id": moving.new}))["id"]
    problem(await org.manager.post(path, json={"framework_version_id": moving.new}), 409, "already-pinned")
    back = created(await org.manager.post(path, json={"framework_version_id": moving.old}))["id"]
    problem(await org.manager.post(f"/v1/upgrades/{there}/rollbacks"), 409, "programme-moved-on")
    ok(await org.manager.post(f"/v1/upgrades/{back}/rollbacks"))
    ok(await org.manager.post(f"/v1/upgrades/{there}/rollbacks"))
    assert (await moving.seen())["framework_version"] == "1"
    done = ok(await org.viewer.get("/v1/upgrades", params={"status": "done"}))["items"]
    assert done == []


@pytest.mark.parametrize("elsewhere", ["soc2", None])
async def test_only_versions_of_the_same_framework_are_moved_to(org: Organisation, elsewhere: str | None) -> None:
    moving = await _moving(org, ["core"])
    target = await shipped(org, elsewhere) if elsewhere else str(uuid4())
    refused = await org.manager.post(f"{moving.path}/upgrades", json={"framework_version_id": target})
    assert problem(refused, 422, "invalid")["errors"][0]["pointer"] == "/framework_version_id"


async def test_others_neither_see_nor_move_it(org: Organisation, other_org: Organisation) -> None:
    moving = await _moving(org, ["core"])
    body = {"framework_version_id": moving.new}
    problem(await org.viewer.post(f"{moving.path}/upgrades", json=body), 403, "forbidden")
    problem(await org.monitor.get(f"{moving.path}/upgrade-preview", params=body), 403, "forbidden")
    problem(await other_org.manager.post(f"{moving.path}/upgrades", json=body), 404, "not-found")
    problem(await other_org.viewer.get(f"{moving.path}/upgrade-preview", params=body), 404, "not-found")
    upgrade = created(await org.manager.post(f"{moving.path}/upgrades", json=body))["id"]
    problem(await org.viewer.post(f"/v1/upgrades/{upgrade}/rollbacks"), 403, "forbidden")
    problem(await other_org.manager.post(f"/v1/upgrades/{upgrade}/rollbacks"), 404, "not-found")
    problem(await other_org.viewer.get(f"/v1/upgrades/{upgrade}"), 404, "not-found")
    assert ok(await other_org.viewer.get("/v1/upgrades"))["items"] == []


_SCOPES = st.lists(
    st.builds(
        Entry,
        ref=st.sampled_from([f"R-{number}" for number in range(8)]),
        title=st.sampled_from(["One", "Another"]),
        categories=st.lists(st.sampled_from(["a", "b"]), unique=True).map(tuple),
        assessed=st.booleans(),
    ),
    unique_by=lambda entry: entry.ref,
)


@given(_SCOPES, _SCOPES, st.lists(st.sampled_from(["a", "b"]), unique=True), st.sets(st.integers(0, 9)))
def test_every_mapping_is_accounted_for_once(
    before: list[Entry], after: list[Entry], categories: list[str], mapped: set[int]
) -> None:
    old, new = scope(before, categories), scope(after, categories)
    mappings = {
        f"R-{number}": [ControlMapping(control_id=uuid4(), code="C", requirement=f"own:R-{number}")]
        for number in mapped
    }
    effect = effect_of(old, new, mappings)
    told = [
        each.requirement
        for group in (effect.mappings_held, effect.mappings_fallen_away, effect.mappings_gained)
        for each in group
    ]
    assert len(told) == len(set(told))
    in_either = {each.ref for each in (*old, *new)}
    assert set(told) == {f"own:{ref}" for ref in mappings if ref in in_either}
    counts = counts_of(effect, len(new))
    assert len(old) - counts.removed + counts.added == len(new)
    assert counts.unchanged >= 0
