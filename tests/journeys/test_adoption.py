"""How an organisation adopts SOC 2 and finds out how much of ISO/IEC 27001 it has by then."""

import csv
import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.controls.given import commitment, procedure, programme, shown, version_of
from tests.support import Organisation, a_few_at_a_time, created, ok

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "soc2-controls.csv"
_UNTESTED = "BC-04"  # the only one of the sixty that answers A1.1
_FULLY, _PARTLY = 11, 99  # requirements of ISO/IEC 27001 that the crosswalk leads to from the thirty-six criteria


async def test_sixty_controls_make_soc_2_ready_and_show_the_way_to_iso_27001(org: Organisation) -> None:
    soc2 = await programme(org, categories=["security", "availability"])
    await commitment(org, soc2, *(f"CC{number}" for number in range(1, 10)), "A1")
    await commitment(org, soc2, "CC6.1", kind="system_requirement", source="internal_policy")
    assert (await _readiness(org, soc2))["totals"] == _totals(not_ready=36)

    controls = await _imported(org)
    assert len(controls) == 60
    assert (await _readiness(org, soc2))["totals"] == _totals(not_ready=36)
    await a_few_at_a_time(_put_into_operation(org, each) for each in controls.values())
    assert (await _readiness(org, soc2))["totals"] == _totals(partly=36)

    follows = await procedure(org)
    await a_few_at_a_time(shown(org, each, follows, "design") for each in controls.values())
    await _push_a_thousand(org, [code for code in controls if code != _UNTESTED])
    readiness = await _readiness(org, soc2)
    assert (readiness["totals"], readiness["state"]) == (_totals(ready=35, partly=1), "partly")
    (open_one,) = [each for each in readiness["requirements"] if each["state"] != "ready"]
    assert (open_one["ref"], open_one["lacks"]) == ("A1.1", ["operation_not_tested"])
    gaps = ok(await org.viewer.get(f"/v1/programmes/{soc2}/gaps"))
    assert [(each["what"], each["closes"]) for each in gaps["gaps"]] == [("Test the operation of BC-04.", ["A1.1"])]
    await shown(org, controls[_UNTESTED], follows, "operating")
    readiness = await _readiness(org, soc2)
    assert (readiness["totals"], readiness["state"]) == (_totals(ready=36), "ready")

    await _covers_iso_27001(org, controls)
    await _states_the_applicability(org, controls)


async def _readiness(org: Organisation, programme_id: str) -> dict[str, Any]:
    return ok(await org.viewer.get(f"/v1/programmes/{programme_id}/readiness"))


def _totals(**states: int) -> dict[str, int]:
    return {"requirements": 36, "ready": 0, "partly": 0, "not_ready": 0, "not_relevant": 0, **states}


async def _imported(org: Organisation) -> dict[str, str]:
    """The controls of the file, by code: first tried, then done."""
    content, headers = EXAMPLE.read_bytes(), {"Content-Type": "text/csv"}
    path = "/v1/control-imports"
    foreseen = ok(await org.manager.post(path, content=content, headers=headers, params={"dry_run": "true"}))
    assert (foreseen["created"], foreseen["faults"]) == (60, [])
    imported = ok(await org.manager.post(path, content=content, headers=headers))
    return {row["code"]: row["control_id"] for row in imported["rows"]}


async def _put_into_operation(org: Organisation, control_id: str) -> None:
    ok(await org.second_manager.post(f"/v1/controls/{control_id}/approvals"))
    ok(await org.manager.post(f"/v1/controls/{control_id}/implementations"))


async def _push_a_thousand(org: Organisation, codes: list[str]) -> None:
    """What the build server found in one night; sent again, it is known already."""
    observed = datetime.now(UTC).isoformat()
    results = [
        {
            "control": codes[number % len(codes)],
            "source": "ci",
            "run_id": "nightly 7214",
            "check": f"check {number}",
            "outcome": "pass",
            "observed_at": observed,
        }
        for number in range(1000)
    ]
    first = ok(await org.monitor.post("/v1/test-results", json={"results": results}))
    assert (first["recorded"], first["already_known"], first["refused"]) == (1000, 0, 0)
    again = ok(await org.monitor.post("/v1/test-results", json={"results": results}))
    assert (again["recorded"], again["already_known"], again["refused"]) == (0, 1000, 0)


async def _covers_iso_27001(org: Organisation, controls: dict[str, str]) -> None:
    """The crosswalk says how much of each requirement the controls have; a person says more, and it counts."""
    version = await version_of(org, "iso27001")
    path, through = f"/v1/framework-versions/{version}/coverage", {"through": "soc2"}
    coverage = ok(await org.viewer.get(path, params=through))
    assert coverage["totals"] == {
        "requirements": 123,
        "fully": _FULLY,
        "partly": _PARTLY,
        "related": 0,
        "nothing": 123 - _FULLY - _PARTLY,
        "in_operation": 60,
    }
    capacity = next(each for each in coverage["requirements"] if each["ref"] == "A.8.6")
    (way,) = [each for each in capacity["ways"] if each["via"] == "soc2:A1.1"]
    assert [(each["id"], each["code"]) for each in way["controls"]] == [(controls["BC-04"], "BC-04")]

    own = {"code": "own", "title": "Our own", "source": "soc2", "target": "iso27001", "origin": "A workshop."}
    crosswalk = created(await org.manager.post("/v1/crosswalks", json=own))["id"]
    entries = [
        {"source": "soc2:CC6.3", "target": "iso27001:A.5.18", "relation": "superset_of", "strength": 9},
        {"source": "soc2:CC6.1", "target": "iso27001:A.8.34", "relation": "intersects_with"},
    ]
    batch = {"crosswalk_id": crosswalk, "atomic": True, "entries": entries}
    assert ok(await org.manager.post("/v1/crosswalk-entries/batch", json=batch))["written"] == 2
    totals = ok(await org.viewer.get(path, params=through))["totals"]
    assert (totals["fully"], totals["partly"], totals["related"]) == (_FULLY + 1, _PARTLY, 0)


async def _states_the_applicability(org: Organisation, controls: dict[str, str]) -> None:
    """ISO/IEC 27001 joins: the controls are mapped to it, two Annex A controls are left out, all of it is stated."""
    iso = await programme(org, framework="iso27001", report_type="iso27001_certification", categories=[])
    why = "There are no premises."
    decisions = [{"requirement": ref, "relevant": False, "reason": why} for ref in ("A.7.1", "A.7.4")]
    decided = ok(
        await org.manager.post("/v1/scope-decisions/batch", json={"programme_id": iso, "decisions": decisions})
    )
    for each in decided["results"]:
        ok(await org.second_manager.post(f"/v1/scope-decisions/{each['id']}/approvals"))

    adopting = f"/v1/programmes/{iso}/adoptions"
    seen = ok(await org.manager.post(adopting, json={}, params={"dry_run": "true"}))
    adopted = ok(await org.manager.post(adopting, json={}))
    assert (adopted["rows"], adopted["left"]) == (seen["rows"], 0)
    (capacity,) = [row for row in adopted["rows"] if row["requirement"] == "iso27001:A.8.6"]
    assert (capacity["control_id"], capacity["relation"]) == (controls["BC-04"], "equal")

    wanted = {"programme_id": iso, "inclusion_reason": "Needed to treat the risks of the risk assessment."}
    statement = created(await org.manager.post("/v1/statements-of-applicability", json=wanted))
    told = (statement["applicable"], statement["excluded"], statement["implemented"], statement["partly"])
    assert told == (91, 2, 11, 73)
    path = f"/v1/statements-of-applicability/{statement['id']}"
    assert ok(await org.second_manager.post(f"{path}/line-approvals", json={}))["lines_approved"] == 93
    assert ok(await org.second_manager.post(f"{path}/approvals"))["status"] == "approved"
    written = await org.viewer.get(f"{path}/document", params={"as": "csv"})
    rows = {row["control"]: row for row in csv.DictReader(io.StringIO(written.text, newline=""))}
    assert len(rows) == 93
    capacity = rows["A.8.6"]
    assert (capacity["implementation"], capacity["through controls"]) == ("implemented", "BC-04 (equal via soc2:A1.1)")
    assert rows["A.5.32"]["implementation"] == "not_implemented"
    assert (rows["A.7.4"]["applicable"], rows["A.7.4"]["excluded because"]) == ("no", why)
    totals = (await _readiness(org, iso))["totals"]
    assert (totals["requirements"], totals["ready"], totals["not_relevant"]) == (123, 11, 2)
