"""Readiness: how far a programme is, criterion by criterion, and why."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from deploy.story import Story, expect_evidence
from tests.controls.deficient import granted
from tests.controls.given import control, procedure, programme, pushed, shown
from tests.support import Organisation, created, eventually, ok, problem


async def _readiness(org: Organisation, programme_id: str, **query: str) -> dict[str, Any]:
    return ok(await org.viewer.get(f"/v1/programmes/{programme_id}/readiness", params=query))


def _of(readiness: dict[str, Any], ref: str) -> dict[str, Any]:
    found: dict[str, Any] = next(each for each in readiness["requirements"] if each["ref"] == ref)
    return found


def _aspects(readiness: dict[str, Any], ref: str) -> list[str]:
    found = _of(readiness, ref)
    return [found[aspect] for aspect in ("designed", "implemented", "operating", "evidenced")]


async def test_without_controls_nothing_is_ready(org: Organisation) -> None:
    readiness = await _readiness(org, await programme(org))
    assert readiness["state"] == "not_ready"
    assert readiness["totals"] == {"requirements": 33, "ready": 0, "partly": 0, "not_ready": 33, "not_relevant": 0}
    assert readiness["asks"] == ["designed", "implemented", "operating", "evidenced"]
    found = _of(readiness, "CC6.1")
    assert (found["state"], found["lacks"], found["reasons"]) == (
        "not_ready",
        ["no_control"],
        ["No control answers it."],
    )


async def test_a_criterion_becomes_ready_step_by_step(org: Organisation) -> None:
    going, follows = await programme(org), await procedure(org)
    kept = await control(org, "AC-01", ["soc2:CC6.1", "iso27001:A.5.15"], until="draft")
    assert _of(await _readiness(org, going), "CC6.1")["reasons"] == ["Only drafts answer it: AC-01."]
    ok(await org.second_manager.post(f"/v1/controls/{kept}/approvals"))
    found = _of(await _readiness(org, going), "CC6.1")
    assert (found["state"], found["controls"]) == ("not_ready", 1)
    assert found["reasons"] == [
        "No test of the design has been concluded: AC-01.",
        "Approved and not in operation: AC-01.",
        "No test of the operation has been concluded: AC-01.",
    ]
    await shown(org, kept, follows, "design")
    assert _aspects(await _readiness(org, going), "CC6.1") == ["yes", "no", "no", "no"]
    ok(await org.manager.post(f"/v1/controls/{kept}/implementations"))
    readiness = await _readiness(org, going)
    assert (_of(readiness, "CC6.1")["state"], _aspects(readiness, "CC6.1")) == ("partly", ["yes", "yes", "no", "no"])
    await pushed(org, "AC-01")
    readiness = await _readiness(org, going)
    assert _of(readiness, "CC6.1")["reasons"] == ["Designed, implemented, operating and evidenced: AC-01."]
    assert (_of(readiness, "CC6.1")["state"], readiness["totals"]["ready"], readiness["state"]) == (
        "ready",
        1,
        "partly",
    )
    await pushed(org, "AC-01", outcome="fail", run="2")
    found = _of(await _readiness(org, going), "CC6.1")
    assert (found["state"], found["lacks"]) == ("partly", ["operation_failed"])


async def test_type_1_asks_for_design_and_implementation_alone(org: Organisation) -> None:
    going = await programme(org, report_type="soc2_type1")
    kept = await control(org, "AC-01", ["soc2:CC6.1"])
    await shown(org, kept, await procedure(org), "design")
    readiness = await _readiness(org, going)
    assert readiness["asks"] == ["designed", "implemented"]
    assert (_of(readiness, "CC6.1")["state"], _of(readiness, "CC6.1")["operating"]) == ("ready", "no")


async def test_one_of_two_controls_is_part_of_it(org: Organisation) -> None:
    going, follows = await programme(org), await procedure(org)
    for code in ("AC-01", "AC-02"):
        await shown(org, await control(org, code, ["soc2:CC6.1"]), follows, "design")
    await control(org, "AC-03", ["soc2:CC6.1"], until="draft")
    await pushed(org, "AC-02")
    readiness = await _readiness(org, going)
    found = _of(readiness, "CC6.1")
    assert _aspects(readiness, "CC6.1") == ["yes", "yes", "partly", "partly"]
    assert (found["state"], found["controls"], found["drafts"]) == ("partly", 2, 1)
    assert found["reasons"] == [
        "No test of the operation has been concluded: AC-01.",
        "Drafted, and not counted: AC-03.",
    ]


async def test_evidence_has_to_be_fresh_at_the_instant(org: Organisation) -> None:
    going = await programme(org)
    kept = await control(org, "AC-01", ["soc2:CC6.1"])
    await shown(org, kept, await procedure(org), "design")
    await pushed(org, "AC-01")
    story = Story(org, kept, await expect_evidence(org, kept), "", "")

    async def missing() -> bool:
        lacks: list[str] = _of(await _readiness(org, going), "CC6.1")["lacks"]
        return lacks == ["evidence_not_fresh"]

    await eventually(missing)
    await story.provide(covers_until=datetime.now(UTC) + timedelta(days=30))

    async def ready() -> bool:
        return str(_of(await _readiness(org, going), "CC6.1")["state"]) == "ready"

    await eventually(ready)
    later = datetime.now(UTC) + timedelta(days=31)
    found = _of(await _readiness(org, going, as_of=later.isoformat()), "CC6.1")
    assert (found["state"], found["evidenced"]) == ("partly", "no")
    assert found["reasons"] == ["Evidence is missing or no longer fresh: AC-01."]


async def test_what_is_not_relevant_needs_two_people(org: Organisation) -> None:
    going = await programme(org)
    draft = {"programme_id": going, "requirement": "CC6.4", "relevant": False, "reason": "There are no premises."}
    decision = created(await org.manager.post("/v1/scope-decisions", json=draft))["id"]
    found = _of(await _readiness(org, going), "CC6.4")
    assert (found["state"], found["reasons"][-1]) == ("not_ready", "That it is not relevant awaits approval.")
    ok(await org.second_manager.post(f"/v1/scope-decisions/{decision}/approvals"))
    readiness = await _readiness(org, going)
    assert readiness["totals"] == {"requirements": 33, "ready": 0, "partly": 0, "not_ready": 32, "not_relevant": 1}
    found = _of(readiness, "CC6.4")
    assert (found["state"], found["reasons"]) == ("not_relevant", ["Not relevant: There are no premises."])


@pytest.mark.parametrize(
    ("changes", "count"),
    [
        ({"categories": ["security", "availability", "confidentiality", "processing_integrity", "privacy"]}, 61),
        ({"framework": "iso27001", "report_type": "iso27001_certification", "categories": []}, 123),
        ({"framework": "sp800-53", "report_type": "self_assessment", "categories": []}, 1014),
    ],
)
async def test_every_requirement_in_scope_is_told(org: Organisation, changes: dict[str, Any], count: int) -> None:
    readiness = await _readiness(org, await programme(org, **changes))
    assert len(readiness["requirements"]) == readiness["totals"]["requirements"] == count


async def test_readiness_is_an_organisations_own(org: Organisation, other_org: Organisation) -> None:
    going = await programme(org)
    for path in (f"/v1/programmes/{going}/readiness", f"/v1/programmes/{going}/gaps"):
        problem(await other_org.viewer.get(path), 404, "not-found")
        problem(await org.monitor.get(path), 403, "forbidden")


async def test_a_waiver_is_shown_apart_and_another_control_counts_in_its_place_at_the_criterion(
    org: Organisation,
) -> None:
    going, follows = await programme(org), await procedure(org)
    failing = await control(org, "AC-01", ["soc2:CC6.1", "soc2:CC6.2"])
    other = await control(org, "AC-02", ["soc2:CC6.1"])
    await shown(org, failing, follows, "design")
    await pushed(org, "AC-01", "AC-02")
    await pushed(org, "AC-01", outcome="fail", run="2")
    waiver = await granted(org, failing, compensating_control_id=other, compensating_measures=None)
    readiness = await _readiness(org, going)
    for ref in ("CC6.1", "CC6.2"):
        found = _of(readiness, ref)
        assert (found["state"], found["waived"]) == ("partly", ["AC-01"]), "AC-02 itself lacks a test of its design"
        assert "operation_failed" in found["lacks"]
    await shown(org, other, follows, "design")
    readiness = await _readiness(org, going)
    met, unmet = _of(readiness, "CC6.1"), _of(readiness, "CC6.2")
    assert (met["state"], met["lacks"], met["waived"]) == ("ready", [], ["AC-01"])
    assert met["reasons"][-1] == "AC-02 counts in the place of AC-01, which is waived."
    assert (unmet["state"], unmet["lacks"]) == ("partly", ["operation_failed"]), "AC-02 does not answer it"
    gaps = ok(await org.viewer.get(f"/v1/programmes/{going}/gaps"))["gaps"]
    (waived,) = [gap for gap in gaps if gap["waived_until"]]
    assert (waived["lack"], waived["control"]["code"]) == ("operation_failed", "AC-01")
    assert datetime.fromisoformat(waived["waived_until"]) == datetime.fromisoformat(waiver["expires_at"])
