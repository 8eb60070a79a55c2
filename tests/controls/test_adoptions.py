"""Adoptions: what crosswalks suggest, previewed, adopted in whole or in part, and rolled back."""

from typing import Any

import pytest

from tests.controls.given import control, crosswalk, entry, procedure, programme, pushed, shown
from tests.support import Organisation, created, ok, problem

ISO: dict[str, Any] = {"framework": "iso27001", "report_type": "iso27001_certification", "categories": []}


async def _adopted(org: Organisation, going: str, *, dry_run: bool = False, **draft: Any) -> dict[str, Any]:
    path = f"/v1/programmes/{going}/adoptions"
    return ok(await org.manager.post(path, json=draft, params={"dry_run": str(dry_run).lower()}))


async def _mappings(org: Organisation, **query: Any) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = ok(await org.viewer.get("/v1/adopted-mappings", params={"limit": 200, **query}))[
        "items"
    ]
    return items


def _row(answer: dict[str, Any], requirement: str) -> dict[str, Any]:
    found: dict[str, Any] = next(row for row in answer["rows"] if row["requirement"] == requirement)
    return found


async def _names(org: Organisation, adoption: str) -> list[str]:
    trail = ok(await org.admin.get("/v1/services/controls/trail", params={"subject": adoption}))
    return [each["type"] for each in trail["items"]]


async def test_a_preview_says_through_what_and_why_and_changes_nothing(org: Organisation) -> None:
    going = await programme(org, **ISO)
    review = await control(org, "AC-01", ["soc2:CC6.2", "soc2:CC6.3"])
    seen = await _adopted(org, going, dry_run=True)
    assert (seen["dry_run"], seen["adoption_id"], seen["already"], seen["left"]) == (True, None, 0, 0)
    assert [row["requirement"] for row in seen["rows"]] == [
        f"iso27001:A.{ref}" for ref in ("5.15", "5.16", "5.17", "5.18", "5.3", "6.5", "8.2", "8.3", "8.4")
    ]
    assert seen["adopted"] == 9
    rights = _row(seen, "iso27001:A.5.18")
    assert rights.pop("reason").endswith(".")
    assert rights.pop("entry_id")
    assert rights == {
        "control_id": review,
        "control": "AC-01",
        "status": "implemented",
        "requirement": "iso27001:A.5.18",
        "via": "soc2:CC6.3",
        "crosswalk": "soc2-iso27001",
        "relation": "intersects_with",
        "strength": 8,
    }
    assert _row(seen, "iso27001:A.8.2")["relation"] == "superset_of"
    assert await _mappings(org) == []


async def test_all_is_adopted_once_and_kept_on_record(org: Organisation, other_org: Organisation) -> None:
    going = await programme(org, **ISO)
    kept = await control(org, "AC-01", ["soc2:CC6.3"])
    seen = await _adopted(org, going, dry_run=True)
    done = await _adopted(org, going)
    assert (done["rows"], done["adopted"]) == (seen["rows"], 6)
    again = await _adopted(org, going)
    assert (again["adoption_id"], again["adopted"], again["already"], again["rows"]) == (None, 0, 6, [])
    path = f"/v1/adoptions/{done['adoption_id']}"
    adoption = ok(await org.viewer.get(path))
    assert (adoption["status"], adoption["mappings"], adoption["framework"]) == ("done", 6, "iso27001")
    assert adoption["adopted_by"]
    assert [each["id"] for each in ok(await org.viewer.get("/v1/adoptions"))["items"]] == [adoption["id"]]
    mappings = await _mappings(org, control_id=kept)
    assert {(each["requirement"], each["relation"]) for each in mappings} == {
        (row["requirement"], row["relation"]) for row in seen["rows"]
    }
    (powers,) = await _mappings(org, requirement="iso27001:A.8.2")
    assert ok(await org.viewer.get(f"/v1/adopted-mappings/{powers['id']}")) == powers
    assert (powers["control"], powers["via"], powers["adopted_by"]) == ("AC-01", "soc2:CC6.3", adoption["adopted_by"])
    assert ok(await org.viewer.get(f"/v1/controls/{kept}"))["requirements"] == ["soc2:CC6.3"]
    assert await _names(org, adoption["id"]) == ["controls.adoption.done"]
    assert await _names(org, powers["id"]) == ["controls.adopted_mapping.adopted"]
    assert await _mappings(other_org) == []
    for hidden in (path, f"/v1/adopted-mappings/{powers['id']}"):
        problem(await other_org.viewer.get(hidden), 404, "not-found")


async def test_chosen_rows_alone_are_adopted(org: Organisation) -> None:
    going = await programme(org, **ISO)
    await control(org, "AC-01", ["soc2:CC6.3", "iso27001:A.5.18"])
    row = {"control": "AC-01", "requirement": "iso27001:A.8.2"}
    own = {"control": "AC-01", "requirement": "iso27001:A.5.18"}
    done = await _adopted(org, going, rows=[row, own, row])
    assert (done["adopted"], done["already"], done["left"]) == (1, 1, 0)
    assert [each["requirement"] for each in await _mappings(org)] == ["iso27001:A.8.2"]
    assert (await _adopted(org, going, rows=[row]))["already"] == 1
    wrong = {"rows": [row, {"control": "AC-01", "requirement": "iso27001:A.8.13"}]}
    refused = problem(await org.manager.post(f"/v1/programmes/{going}/adoptions", json=wrong), 422, "invalid")
    assert [each["pointer"] for each in refused["errors"]] == ["/rows/1"]


async def test_what_is_excluded_retired_or_only_related_is_not_suggested(org: Organisation) -> None:
    going = await programme(org, **ISO)
    await control(org, "AC-01", ["soc2:CC6.3", "nist-csf:PR.AA-05"])
    retired = await control(org, "AC-02", ["soc2:CC6.3"])
    ok(await org.manager.post(f"/v1/controls/{retired}/retirements", json={"reason": "Replaced."}))
    excluded = {"programme_id": going, "requirement": "A.8.4", "relevant": False, "reason": "Nothing is developed."}
    decision = created(await org.manager.post("/v1/scope-decisions", json=excluded))["id"]
    assert len((await _adopted(org, going, dry_run=True))["rows"]) == 6
    ok(await org.second_manager.post(f"/v1/scope-decisions/{decision}/approvals"))
    seen = await _adopted(org, going, dry_run=True)
    assert {row["control"] for row in seen["rows"]} == {"AC-01"}
    assert {row["via"] for row in seen["rows"]} == {"soc2:CC6.3"}
    assert "iso27001:A.8.4" not in {row["requirement"] for row in seen["rows"]}
    named = await _adopted(org, going, dry_run=True, relations=["related"], through="nist-csf")
    assert {(row["via"], row["relation"], row["reason"]) for row in named["rows"]} == {
        ("nist-csf:PR.AA-05", "related", None)
    }
    refused = await org.manager.post(f"/v1/programmes/{going}/adoptions", json={"through": "soc3"})
    assert problem(refused, 422, "invalid")["errors"][0]["pointer"] == "/through"


async def test_of_several_ways_the_one_that_says_most_is_taken(org: Organisation) -> None:
    going = await programme(org, **ISO)
    own = await crosswalk(org)
    covering = await entry(org, own, "soc2:CC6.2", "iso27001:A.5.18", "superset_of", strength=3)
    await control(org, "AC-01", ["soc2:CC6.2", "soc2:CC6.3"])
    rights = _row(await _adopted(org, going), "iso27001:A.5.18")
    assert (rights["entry_id"], rights["via"], rights["relation"], rights["reason"]) == (
        covering,
        "soc2:CC6.2",
        "superset_of",
        None,
    )
    # What the entry said then stays with the mapping, whatever becomes of the entry.
    ok(await org.manager.delete(f"/v1/crosswalk-entries/{covering}", headers={"If-Match": "*"}))
    (mapping,) = await _mappings(org, requirement="iso27001:A.5.18")
    assert (mapping["entry_id"], mapping["relation"]) == (covering, "superset_of")


async def test_an_entry_is_read_the_other_way_round(org: Organisation) -> None:
    going = await programme(org)
    await control(org, "AC-01", ["iso27001:A.8.2"])
    (row,) = (await _adopted(org, going, dry_run=True))["rows"]
    assert (row["requirement"], row["via"], row["relation"]) == ("soc2:CC6.3", "iso27001:A.8.2", "subset_of")


async def test_an_adoption_is_rolled_back_but_for_what_was_changed_since(org: Organisation) -> None:
    going = await programme(org, **ISO)
    await control(org, "AC-01", ["soc2:CC6.3"])
    done = await _adopted(org, going)
    (powers,) = await _mappings(org, requirement="iso27001:A.8.2")
    path = f"/v1/adopted-mappings/{powers['id']}"
    problem(await org.manager.delete(path), 428, "precondition-required")
    assert ok(await org.manager.delete(path, headers={"If-Match": '"1"'}))["status"] == "withdrawn"
    problem(await org.manager.delete(path, headers={"If-Match": '"1"'}), 412, "stale")
    problem(await org.manager.delete(path, headers={"If-Match": "*"}), 409, "conflict")
    later = await _adopted(org, going)
    assert [row["requirement"] for row in later["rows"]] == ["iso27001:A.8.2"]

    undo = f"/v1/adoptions/{done['adoption_id']}/rollbacks"
    undone = ok(await org.manager.post(undo))
    assert (undone["status"], undone["rolled_back_by"]) == ("rolled_back", undone["adopted_by"])
    problem(await org.manager.post(undo), 409, "conflict")
    (left,) = await _mappings(org, status="active")
    assert (left["requirement"], left["adoption_id"]) == ("iso27001:A.8.2", later["adoption_id"])
    assert len(await _mappings(org, status="withdrawn", adoption_id=done["adoption_id"])) == 6
    assert ok(await org.viewer.get(f"/v1/adopted-mappings/{powers['id']}"))["version"] == 2
    assert await _names(org, done["adoption_id"]) == ["controls.adoption.done", "controls.adoption.rolled_back"]
    assert (await _adopted(org, going))["adopted"] == 5


async def _readiness(org: Organisation, going: str, ref: str) -> dict[str, Any]:
    readiness = ok(await org.viewer.get(f"/v1/programmes/{going}/readiness"))
    found: dict[str, Any] = next(each for each in readiness["requirements"] if each["ref"] == ref)
    return found


async def test_readiness_and_gaps_see_adopted_mappings(org: Organisation) -> None:
    going = await programme(org, **ISO)
    kept = await control(org, "AC-01", ["soc2:CC6.3"])
    await shown(org, kept, await procedure(org), "design")
    assert (await _readiness(org, going, "A.8.2"))["lacks"] == ["no_control"]
    await _adopted(org, going)
    covered, part = await _readiness(org, going, "A.8.2"), await _readiness(org, going, "A.5.18")
    assert (covered["state"], covered["lacks"]) == ("partly", ["operation_not_tested"])
    assert (covered["designed"], covered["implemented"], covered["controls"], covered["in_part"]) == (
        "yes",
        "yes",
        1,
        0,
    )
    assert (part["designed"], part["implemented"], part["controls"], part["in_part"]) == ("partly", "partly", 1, 1)
    assert part["reasons"] == [
        "Only a part of it is answered: AC-01.",
        "No test of the operation has been concluded: AC-01.",
    ]
    await pushed(org, "AC-01")
    assert (await _readiness(org, going, "A.8.2"))["state"] == "ready"
    part = await _readiness(org, going, "A.5.18")
    assert (part["state"], part["lacks"]) == ("partly", ["answered_in_part"])
    gaps = ok(await org.viewer.get(f"/v1/programmes/{going}/gaps", params={"limit": 200}))["gaps"]
    (gap,) = [each for each in gaps if each["concerns"] == ["A.5.18"]]
    assert (gap["lack"], gap["control"], gap["closes"]) == ("answered_in_part", None, ["A.5.18"])
    assert "A.8.2" not in {ref for each in gaps for ref in each["concerns"]}
    assert (await _readiness(org, going, "A.8.13"))["lacks"] == ["no_control"]


async def test_what_a_control_names_itself_counts_in_full(org: Organisation) -> None:
    going = await programme(org, **ISO)
    await control(org, "AC-01", ["soc2:CC6.3"])
    kept = await control(org, "AC-02", ["soc2:CC6.3"], until="draft")
    await _adopted(org, going)
    part = await _readiness(org, going, "A.5.18")
    assert (part["controls"], part["in_part"], part["drafts"]) == (1, 1, 1)
    own = {"requirements": ["soc2:CC6.3", "iso27001:A.5.18"]}
    ok(await org.manager.patch(f"/v1/controls/{kept}", json=own, headers={"If-Match": "*"}))
    ok(await org.second_manager.post(f"/v1/controls/{kept}/approvals"))
    whole = await _readiness(org, going, "A.5.18")
    assert (whole["controls"], whole["in_part"], whole["drafts"]) == (2, 1, 0)
    assert whole["lacks"] == ["design_not_tested", "not_in_operation", "operation_not_tested"]
    assert whole["reasons"][0] == "No test of the design has been concluded: AC-02."
    assert (whole["implemented"], whole["state"]) == ("partly", "partly")


async def test_who_may_not_adopt_is_refused(org: Organisation, other_org: Organisation) -> None:
    going = await programme(org, **ISO)
    await control(org, "AC-01", ["soc2:A1.1"])
    path = f"/v1/programmes/{going}/adoptions"
    problem(await org.viewer.post(path, json={}), 403, "forbidden")
    problem(await other_org.manager.post(path, json={}), 404, "not-found")
    done = await _adopted(org, going)
    (mapping,) = await _mappings(org)
    undo = f"/v1/adoptions/{done['adoption_id']}/rollbacks"
    problem(await org.viewer.post(undo), 403, "forbidden")
    problem(await other_org.manager.post(undo), 404, "not-found")
    one = f"/v1/adopted-mappings/{mapping['id']}"
    problem(await org.viewer.delete(one, headers={"If-Match": "*"}), 403, "forbidden")
    problem(await other_org.manager.delete(one, headers={"If-Match": "*"}), 404, "not-found")
    problem(await org.monitor.get("/v1/adopted-mappings"), 403, "forbidden")
    ok(await org.manager.post(f"/v1/programmes/{going}/closures", json={"outcome": "withdrawn", "reason": "Later."}))
    problem(await org.manager.post(path, json={}), 409, "conflict")


@pytest.mark.parametrize("draft", [{"relations": []}, {"rows": []}, {"relations": ["similar"]}])
async def test_a_draft_that_asks_for_nothing_is_refused(org: Organisation, draft: dict[str, Any]) -> None:
    path = f"/v1/programmes/{await programme(org, **ISO)}/adoptions"
    problem(await org.manager.post(path, json=draft), 422, "invalid")
