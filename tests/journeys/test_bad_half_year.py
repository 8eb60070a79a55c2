"""A bad half-year: brought in from sheets, and told the same way by readiness, gaps, candidates and the risk register.

Twenty controls over a Type 2 period of six months, of which the sixth is this month. Two missed an occurrence, one
failed its test and is waived, one was changed in the middle, one has no evidence in the second month. The tables below
were written by hand; every answer is held against them line by line.
"""

import csv
import io
from datetime import UTC, date, datetime, timedelta
from typing import Any

from deploy.firm import Firm
from deploy.story import identified_risk
from tests.controls.deficient import granted
from tests.controls.given import MINUTES, commitment, procedure, programme
from tests.controls.test_period_readiness import expected, proven
from tests.support import Organisation, created, eventually, ok

TODAY = datetime.now(UTC).date()
DAY = timedelta(days=1)


def first_of(month: int) -> date:
    """The first day of a month of the period: 0 is its first month, 5 is this one, 6 the one after it."""
    counted = TODAY.year * 12 + TODAY.month - 1 - 5 + month
    return date(counted // 12, counted % 12 + 1, 1)


def last_of(month: int) -> date:
    return first_of(month + 1) - DAY


# Every criterion of security is answered by these.
CONTROLS = """
GV-01 | Code of conduct is acknowledged      | Monthly   | CC1.1, CC1.3, CC1.5
GV-02 | The board reviews security           | Quarterly | CC1.2
HR-01 | Joiners are screened and trained     | As needed | CC1.4
CO-01 | Security bulletin                    | Monthly   | CC2.1, CC2.2, CC2.3
RM-01 | Risk review                          | Quarterly | CC3.1, CC3.2, CC3.3, CC3.4
MO-01 | Controls are assessed by their owner | Monthly   | CC4.1, CC4.2
PL-01 | Policies are reviewed                | Monthly   | CC5.1, CC5.2, CC5.3
AC-01 | Access review                        | Monthly   | CC6.1, CC6.2
AC-02 | Access of leavers is removed         | As needed | CC6.3
AC-03 | Privileged access is reviewed        | Monthly   | CC6.2, CC6.3
PH-01 | Badges are reviewed                  | Monthly   | CC6.4, CC6.5
NW-01 | Firewall rules are reviewed          | Monthly   | CC6.6
NW-02 | Outgoing transfers are reviewed      | Monthly   | CC6.7
MW-01 | Malware alerts are reviewed          | Monthly   | CC6.8
VM-01 | Vulnerabilities are scanned for      | Monthly   | CC7.1
VM-02 | Patch levels are compared            | Monthly   | CC7.1
LG-01 | Logs are reviewed                    | Monthly   | CC7.2, CC7.3
IR-01 | Incidents are answered               | As needed | CC7.4, CC7.5
CH-01 | Changes are compared with approvals  | Monthly   | CC8.1
BC-01 | Restore of a backup is tried         | Monthly   | CC9.1, CC9.2
"""
ROWS = [[cell.strip() for cell in line.split("|")] for line in CONTROLS.strip().splitlines()]
MISSED = {("AC-01", 2), ("CH-01", 4)}  # control, month


def sheet(*rows: list[str]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()


def controls_sheet() -> bytes:
    headings = ["Ref", "Control name", "Description", "Owner", "Type", "Nature", "How often?", "TSC"]
    rows = [
        [code, title, f"{title}, and recorded.", "Dana", "Detective", "Manual", *rest] for code, title, *rest in ROWS
    ]
    return sheet(headings, *rows)


def history_sheet() -> bytes:
    """Approved and in operation before the period, tested in its first month, performed on each due day so far."""
    shown = [MINUTES["title"], MINUTES["sha256"], MINUTES["location"]]
    before = first_of(0)
    rows = [["Control", "What", "Date", "By", "Evidence", "SHA-256", "Kept at", "Procedure", "Test of", "Result"]]
    for code, _, how_often, _ in ROWS:
        rows.append([code, "Approved", str(before), "Kim", *shown, "", "", ""])
        rows.append([code, "In operation since", str(before), "Kim", *shown, "", "", ""])
        tested = [code, "Tested", str(first_of(0) + 9 * DAY), "Lee", *shown, "TP-01"]
        rows += [[*tested, "ToD", "Pass"], [*tested, "ToE", "Pass"]]
        for month in range(5):
            due = how_often == "Monthly" or (how_often == "Quarterly" and last_of(month).month % 3 == 0)
            if due and (code, month) not in MISSED:
                rows.append([code, "Performed", str(last_of(month)), "Sam Sandoval", *shown, "", "", ""])
    rows.append(["VM-01", "Tested", str(first_of(3) + 14 * DAY), "Lee", *shown, "TP-01", "ToE", "Fail"])
    return sheet(*rows)


async def imported(org: Organisation, path: str, content: bytes) -> dict[str, Any]:
    return ok(await org.manager.post(path, content=content, headers={"Content-Type": "text/csv"}))


async def brought_in(org: Organisation) -> dict[str, str]:
    """The controls with their history, accepted by another person; their ids by code."""
    await procedure(org, "TP-01")
    rows = (await imported(org, "/v1/control-imports", controls_sheet()))["rows"]
    assert len(rows) == 20
    history = await imported(org, "/v1/historical-record-imports", history_sheet())
    body = {"decision": "accepted", "import_id": history["import_id"]}
    accepted = ok(await org.second_manager.post("/v1/historical-records/decisions/batch", json=body))
    assert accepted["refused"] == 0, [each for each in accepted["results"] if each["problem"]]
    return {row["code"]: row["control_id"] for row in rows}


async def changed_in_the_middle(org: Organisation, control: str) -> None:
    """From the fourth month on it says nothing of least privilege any more, as the minutes of then show."""
    change = {"requirements": ["soc2:CC6.2"]}
    ok(await org.manager.patch(f"/v1/controls/{control}", json=change, headers={"If-Match": "*"}))
    draft = {
        "kind": "approval",
        "control_id": control,
        "effective_on": str(first_of(3)),
        "performed_by": "kim@example.com",
        "evidence": [MINUTES | {"made_on": str(first_of(3))}],
    }
    record = created(await org.manager.post("/v1/historical-records", json=draft))["id"]
    ok(await org.second_manager.post(f"/v1/historical-records/{record}/decisions", json={"decision": "accepted"}))


async def in_fieldwork(
    org: Organisation, firm: Firm, soc2: str, period: dict[str, str], controls: dict[str, str]
) -> str:
    """The engagement of the programme, over its period, with all twenty controls in scope."""
    draft = {
        "kind": "soc2_type2",
        "title": "SOC 2 Type 2",
        "programme_id": soc2,
        "categories": ["security"],
        **period,
    }
    engagement = str(created(await org.manager.post("/v1/engagements", json=draft))["id"])
    scope = {"control_ids": [*controls.values()]}
    ok(await org.manager.put(f"/v1/engagements/{engagement}/scope", json=scope, headers={"If-Match": '"1"'}))
    created(await org.manager.post(f"/v1/engagements/{engagement}/proposals", json={"firm_id": firm.id}))
    await firm.accept(org.manager, engagement)
    async with firm.acting("manager", engagement) as manager:
        for phase in ("planning", "fieldwork"):
            ok(await manager.post(f"/v1/engagements/{engagement}/phases", json={"phase": phase}))
    return engagement


# Criterion | what is wrong | control | definition | first and last day | days on which nothing answered
GAPS = [
    ("CC6.1", "occurrence_missed", "AC-01", 1, first_of(2), last_of(2), [(first_of(2), last_of(2))]),
    ("CC6.2", "occurrence_missed", "AC-01", 1, first_of(2), last_of(2), []),  # AC-03 answers it too
    ("CC6.3", "not_mapped", "AC-03", 2, first_of(3), last_of(5), []),  # AC-02 answers it too
    ("CC6.6", "not_evidenced", "NW-01", 1, first_of(1), last_of(1), [(first_of(1), last_of(1))]),
    ("CC7.1", "operation_failed", "VM-01", 1, first_of(3) + 14 * DAY, TODAY, []),  # VM-02 answers it too
    ("CC8.1", "occurrence_missed", "CH-01", 1, first_of(4), last_of(4), [(first_of(4), last_of(4))]),
]
# Control | health | why
NOT_HEALTHY = [
    ("AC-01", "at_risk", ["occurrence_missed_earlier"]),
    ("CH-01", "failing", ["occurrence_missed"]),
    ("VM-01", "failing", ["operation_failed"]),
]
# Control | kind | due on | failed on | status
CANDIDATES = [
    ("AC-01", "operation", last_of(2), first_of(3), "raised"),
    ("CH-01", "operation", last_of(4), first_of(5), "raised"),
    ("VM-01", "operation", None, first_of(3) + 14 * DAY, "raised"),
]
# What is left to do | control | waived | which criteria that keeps from being ready
TO_DO = [
    ("occurrence_missed", "CH-01", False, ["CC8.1"]),
    ("operation_failed", "VM-01", True, []),  # VM-02 counts in its place
]
# Requirement of ISO/IEC 27001 | what the statement says | through which controls
STATED = [
    ("A.5.26", "implemented", "IR-01 (superset_of via soc2:CC7.4)"),
    ("A.8.32", "implemented", "CH-01 (superset_of via soc2:CC8.1)"),
    ("A.5.18", "partly", "AC-01"),
]


async def test_a_bad_half_year(org: Organisation, firm: Firm) -> None:
    period = {"period_start": str(first_of(0)), "period_end": str(last_of(5))}
    soc2 = await programme(org, **period)
    await commitment(org, soc2, *(f"CC{number}" for number in range(1, 10)))
    await commitment(org, soc2, "CC6.1", kind="system_requirement", source="internal_policy")
    controls = await brought_in(org)
    await changed_in_the_middle(org, controls["AC-03"])
    expectation = await expected(org, controls["NW-01"], freshness_days=60)
    for month in (0, 2, 3, 4):
        await proven(org, expectation, first_of(month), last_of(month))
    risk = await identified_risk(org, "R-01", controls["VM-01"])
    await eventually(lambda: _rated(org, risk, within=False))
    failing = ok(await org.viewer.get(f"/v1/risks/{risk}"))
    await granted(org, controls["VM-01"], compensating_control_id=controls["VM-02"])
    engagement = await in_fieldwork(org, firm, soc2, period, controls)
    ok(await org.manager.post("/v1/services/controls/sweeps"))

    await eventually(lambda: _has_gaps(org, soc2))
    await _the_period_has_these_gaps(org, soc2)
    await _each_definition_is_judged_for_its_part(org, soc2)
    await _the_present_says_no_other(org, soc2, controls)
    await _the_auditor_has_these_candidates(firm, engagement)
    waived = ok(await org.viewer.get(f"/v1/risks/{risk}"))
    assert (waived["current"], waived["within_appetite"]) == (failing["current"], False), "a waiver lowers no risk"
    await _iso_27001_names_the_controls(org)


async def _rated(org: Organisation, risk: str, *, within: bool) -> bool:
    return bool(ok(await org.viewer.get(f"/v1/risks/{risk}"))["within_appetite"] is within)


async def _over_the_period(org: Organisation, soc2: str) -> dict[str, Any]:
    return ok(await org.viewer.get(f"/v1/programmes/{soc2}/period-readiness", params={"limit": "50"}))


async def _has_gaps(org: Organisation, soc2: str) -> bool:
    """What the evidence service tells comes a moment later."""
    found = (await _over_the_period(org, soc2))["requirements"]
    (firewalls,) = [each for each in found if each["ref"] == "CC6.6"]
    return bool(firewalls["gaps"]["total"] == 1 and firewalls["gaps"]["first"][0]["code"] == "not_evidenced")


def _days(told: dict[str, Any]) -> tuple[date, date]:
    return date.fromisoformat(told["first_day"]), date.fromisoformat(told["last_day"])


async def _the_period_has_these_gaps(org: Organisation, soc2: str) -> None:
    answer = await _over_the_period(org, soc2)
    told = [
        (
            each["ref"],
            gap["code"],
            gap["control"]["code"],
            gap["definition"],
            date.fromisoformat(gap["first_day"]),
            date.fromisoformat(gap["last_day"]),
            [
                (date.fromisoformat(days["first_day"]), date.fromisoformat(days["last_day"]))
                for days in each["unanswered"]
            ],
        )
        for each in answer["requirements"]
        for gap in each["gaps"]["first"]
    ]
    assert told == GAPS
    with_gaps = {ref for ref, *_ in GAPS}
    states = {each["ref"]: each["state"] for each in answer["requirements"]}
    assert states == {ref: "gaps" if ref in with_gaps else "not_yet_due" for ref in states}
    assert (answer["state"], answer["totals"]["requirements"], answer["totals"]["gaps"]) == ("gaps", 33, 6)
    (scans,) = [each for each in answer["requirements"] if each["ref"] == "CC7.1"]
    (failed,) = scans["gaps"]["first"]
    today = [{"first_day": str(TODAY), "last_day": str(TODAY)}]
    assert failed["waived"] == today, "the waiver is of today, and takes no gap away"
    assert [(each["control"]["code"], each["first_day"]) for each in failed["compensated"]] == [("VM-02", str(TODAY))]

    listed = ok(await org.viewer.get(f"/v1/programmes/{soc2}/gaps"))["period"]["gaps"]
    once = {(code, control, str(first)): ref for ref, code, control, _, first, _, _ in GAPS}
    assert {(gap["code"], gap["control"]["code"], gap["first_day"]) for gap in listed} == once.keys()
    (access,) = [gap for gap in listed if gap["control"]["code"] == "AC-01"]
    assert access["concerns"] == ["CC6.1", "CC6.2"]


async def _each_definition_is_judged_for_its_part(org: Organisation, soc2: str) -> None:
    """Of the control that was changed, each definition has days of its own; the first was without a gap in its part."""
    requirements = (await _over_the_period(org, soc2))["requirements"]
    (least,) = [each for each in requirements if each["ref"] == "CC6.3"]
    parts = {
        (part["control"]["code"], part["definition"], part["first_day"], part["last_day"])
        for part in (*least["operated"]["first"], *least["not_yet_due"]["first"])
    }
    assert ("AC-03", 1, str(first_of(0)), str(last_of(2))) in parts
    assert not any(code == "AC-03" and definition == 2 for code, definition, *_ in parts)


async def _the_present_says_no_other(org: Organisation, soc2: str, controls: dict[str, str]) -> None:
    """Health, readiness and gaps as of now."""
    health = ok(await org.viewer.get("/v1/control-health", params={"limit": "50"}))["items"]
    told = [(each["code"], each["state"], each["reason_codes"]) for each in health if each["state"] != "healthy"]
    assert told == NOT_HEALTHY
    (scans,) = [each for each in health if each["id"] == controls["VM-01"]]
    assert scans["waiver"]["compensating_control_code"] == "VM-02"
    gaps = ok(await org.viewer.get(f"/v1/programmes/{soc2}/gaps"))["gaps"]
    left = [
        (each["lack"], each["control"]["code"], each["waived_until"] is not None, each["concerns"]) for each in gaps
    ]
    assert left == TO_DO
    readiness = ok(await org.viewer.get(f"/v1/programmes/{soc2}/readiness"))
    not_ready = {each["ref"]: each["lacks"] for each in readiness["requirements"] if each["state"] != "ready"}
    assert not_ready == {ref: [lack] for lack, _, _, refs in TO_DO for ref in refs}
    (patches,) = [each for each in readiness["requirements"] if each["ref"] == "CC7.1"]
    assert patches["waived"] == ["VM-01"]


async def _the_auditor_has_these_candidates(firm: Firm, engagement: str) -> None:
    async def found() -> list[tuple[Any, ...]]:
        query = {"engagement_id": engagement, "limit": "50"}
        return sorted(
            (
                each["control_code"],
                each["kind"],
                each["due_on"] and date.fromisoformat(each["due_on"]),
                datetime.fromisoformat(each["failed_at"]).date(),
                each["status"],
            )
            for each in ok(await staff.get("/v1/candidates", params=query))["items"]
        )

    async def all_there() -> bool:
        return len(await found()) >= len(CANDIDATES)

    async with firm.acting("staff", engagement) as staff:
        await eventually(all_there)
        assert await found() == CANDIDATES


async def _iso_27001_names_the_controls(org: Organisation) -> None:
    """ISO/IEC 27001 is adopted through the crosswalk, and its statement says through which control a line answers."""
    iso = await programme(org, framework="iso27001", report_type="iso27001_certification", categories=[])
    adopted = ok(await org.manager.post(f"/v1/programmes/{iso}/adoptions", json={}))
    assert adopted["left"] == 0
    wanted = {"programme_id": iso, "inclusion_reason": "Needed to treat the risks of the risk assessment."}
    statement = created(await org.manager.post("/v1/statements-of-applicability", json=wanted))["id"]
    written = await org.viewer.get(f"/v1/statements-of-applicability/{statement}/document", params={"as": "csv"})
    rows = {row["control"]: row for row in csv.DictReader(io.StringIO(written.text, newline=""))}
    assert len(rows) == 93
    for ref, implementation, through in STATED:
        assert rows[ref]["implementation"] == implementation, rows[ref]
        assert through in rows[ref]["through controls"], rows[ref]
