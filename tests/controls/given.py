"""What tests of the controls service begin with."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from tests.support import Organisation, created, ok

SYSTEM = {"services": ["Example Cloud"]}
ISMS_SCOPE = {"boundaries": "Development and operation of Example Cloud.", "locations": ["Frankfurt"]}


async def control(org: Organisation, code: str, requirements: list[str], *, until: str = "implemented") -> str:
    """A control that is mapped to these requirements, in this state."""
    draft: dict[str, Any] = {
        "code": code,
        "title": f"Control {code}",
        "statement": "It is done, and what was done is recorded.",
        "owner": "dana@example.com",
        "kind": "preventive",
        "nature": "manual",
        "frequency": "quarterly",
        "requirements": requirements,
    }
    written = created(await org.manager.post("/v1/controls", json=draft))["id"]
    if until in {"approved", "implemented"}:
        ok(await org.second_manager.post(f"/v1/controls/{written}/approvals"))
    if until == "implemented":
        ok(await org.manager.post(f"/v1/controls/{written}/implementations"))
    return str(written)


async def version_of(org: Organisation, framework: str) -> str:
    """The id of the newest version of a framework."""
    frameworks = ok(await org.viewer.get("/v1/frameworks"))["items"]
    found = next(each["id"] for each in frameworks if each["code"] == framework)
    versions = ok(await org.viewer.get("/v1/framework-versions", params={"framework_id": found}))["items"]
    return str(versions[0]["id"])


async def crosswalk(org: Organisation, source: str = "soc2", target: str = "iso27001", code: str = "own") -> str:
    """A crosswalk of the organisation's own."""
    draft = {"code": code, "title": "Our own", "source": source, "target": target, "origin": "A workshop."}
    return str(created(await org.manager.post("/v1/crosswalks", json=draft))["id"])


async def entry(org: Organisation, crosswalk_id: str, source: str, target: str, relation: str, **more: Any) -> str:
    """An entry of it."""
    draft = {"crosswalk_id": crosswalk_id, "source": source, "target": target, "relation": relation, **more}
    return str(created(await org.manager.post("/v1/crosswalk-entries", json=draft))["id"])


def dates_of(report_type: str) -> dict[str, str]:
    """The dates that such a report needs: the end of 2026, or that year."""
    if report_type.endswith("_type1"):
        return {"as_of_date": "2026-12-31"}
    return {"period_start": "2026-01-01", "period_end": "2026-12-31"} if report_type.endswith("_type2") else {}


async def programme(org: Organisation, **changes: Any) -> str:
    """A programme for SOC 2 Type 2 with security alone, unless told otherwise."""
    scope = {"isms_scope": ISMS_SCOPE} if changes.get("framework") == "iso27001" else {"system": SYSTEM}
    draft = {
        "title": "SOC 2 Type 2",
        "framework": "soc2",
        "report_type": "soc2_type2",
        "categories": ["security"],
        **scope,
        "owner": "dana@example.com",
        "target_date": "2027-03-31",
        **dates_of(changes.get("report_type", "soc2_type2")),
        **changes,
    }
    return str(created(await org.manager.post("/v1/programmes", json=draft))["id"])


async def commitment(org: Organisation, programme_id: str, *criteria: str, **changes: Any) -> str:
    """A service commitment of a SOC 2 programme that belongs to these criteria or groups, from a contract."""
    draft = {
        "kind": "service_commitment",
        "text": "The service is available 99.9 % of each month.",
        "source": "contract",
        "criteria": criteria,
        **changes,
    }
    return str(created(await org.manager.post(f"/v1/programmes/{programme_id}/commitments", json=draft))["id"])


async def iso_programme(org: Organisation) -> str:
    """A programme for a certificate against ISO/IEC 27001."""
    return await programme(org, framework="iso27001", report_type="iso27001_certification", categories=[])


async def interested_party(org: Organisation, programme_id: str) -> str:
    """A party that is relevant to an ISO/IEC 27001 programme, with what it requires."""
    draft = {"name": "Customers", "requirements": [{"text": "Their data is safe.", "addressed": True}]}
    return str(created(await org.manager.post(f"/v1/programmes/{programme_id}/interested-parties", json=draft))["id"])


async def security_objective(org: Organisation, programme_id: str, owner: str = "dana@example.com") -> str:
    """An information security objective of an ISO/IEC 27001 programme."""
    draft = {
        "title": "Critical vulnerabilities are closed within seven days",
        "measure": "Their share, each month: at least 95 %.",
        "plan": "Daily scans and a rota for patches.",
        "owner": owner,
        "due_on": "2027-06-30",
        "evaluation": "The management review looks at the share each quarter.",
    }
    return str(created(await org.manager.post(f"/v1/programmes/{programme_id}/security-objectives", json=draft))["id"])


async def procedure(org: Organisation, code: str = "TP-01") -> str:
    """A procedure in force that supports a conclusion."""
    draft = {
        "code": code,
        "title": "It is done as it is written",
        "methods": ["inquiry", "inspection"],
        "steps": ["Take what was recorded.", "Compare it with what is written."],
        "expected_result": "What was recorded is what is written.",
    }
    written = created(await org.manager.post("/v1/procedures", json=draft))["id"]
    ok(await org.second_manager.post(f"/v1/procedures/{written}/approvals"))
    return str(written)


async def shown(org: Organisation, control_id: str, procedure_id: str, kind: str) -> None:
    """A test of the control by this procedure that passed: performed by one and signed off by another."""
    due = datetime.now(UTC) + timedelta(days=30)
    plan = {
        "control_id": control_id,
        "procedure_id": procedure_id,
        "kind": kind,
        "tester": "lee@example.com",
        "due_at": due.isoformat(),
    }
    test = created(await org.manager.post("/v1/control-tests", json=plan))["id"]
    done = {"outcome": "pass", "notes": "Compared 14 of 14."}
    ok(await org.manager.post(f"/v1/control-tests/{test}/results", json=done))
    ok(await org.second_manager.post(f"/v1/control-tests/{test}/reviews", json={"decision": "signed_off"}))


async def operated(
    org: Organisation,
    code: str,
    frequency: str,
    since: date,
    *requirements: str,
    proven: bool = True,
    performed_on: Sequence[date] = (),
) -> str:
    """A control in operation since a day that lies back, which a test has shown to operate.

    What was performed since, each on its due day, is accepted with it: no sweep finds it missing in between.
    """
    draft = {
        "code": code,
        "title": f"Control {code}",
        "statement": "It is done.",
        "owner": "dana@example.com",
        "kind": "detective",
        "nature": "manual",
        "frequency": frequency,
        "requirements": requirements or ["soc2:CC6.2"],
    }
    control = str(created(await org.manager.post("/v1/controls", json=draft))["id"])
    await in_operation_since(org, control, since, performed_on)
    if proven:
        await shown(org, control, await procedure(org, f"TP-{code}"), "operating")
    return control


async def performed(
    org: Organisation, control_id: str, on: date | str, due_on: date | str | None = None, **members: Any
) -> dict[str, Any]:
    """An occurrence of a control on a day before its implementation came into Attest."""
    due = {} if due_on is None else {"due_on": str(due_on)}
    (record,) = await told(org, earlier("occurrence", on, control_id=control_id, **due, **members))
    await accepted(org, [record])
    result = ok(await org.viewer.get(f"/v1/historical-records/{record}"))["result_id"]
    return ok(await org.viewer.get(f"/v1/occurrences/{result}"))


async def pushed(
    org: Organisation, *codes: str, outcome: str = "pass", run: str = "1", at: datetime | None = None
) -> None:
    """A result from the build server for each of these controls."""
    results = [
        {
            "control": code,
            "source": "ci",
            "run_id": run,
            "check": "as-written",
            "outcome": outcome,
            "observed_at": (at or datetime.now(UTC)).isoformat(),
        }
        for code in codes
    ]
    answer = ok(await org.monitor.post("/v1/test-results", json={"results": results}))
    assert answer["recorded"] == len(codes), answer


Row = dict[str, Any]

MINUTES = {
    "title": "Minutes of the security committee",
    "sha256": hashlib.sha256(b"Minutes").hexdigest(),
    "location": "Company secretary's archive",
}


def earlier(kind: str, day: date | str, **members: Any) -> Row:
    """A historical record of what Kim did on a day, shown by minutes of that day."""
    shown = [{**MINUTES, "made_on": str(day)}]
    who = {} if "performed_by_name" in members else {"performed_by": "kim@example.com"}
    return {"kind": kind, "effective_on": str(day), "evidence": shown, **who, **members}


async def told(org: Organisation, *rows: Row) -> list[str]:
    """Historical records of these, not accepted yet."""
    return [str(created(await org.manager.post("/v1/historical-records", json=row))["id"]) for row in rows]


async def accepted(org: Organisation, records: list[str]) -> None:
    """Let another person accept these historical records, all of which take effect."""
    decision = {"decision": "accepted", "records": records}
    path = "/v1/historical-records/decisions/batch"
    ok(await org.second_manager.post(path, json=decision, params={"atomic": True}))


async def in_operation_since(
    org: Organisation, control_id: str, day: date | str, performed_on: Sequence[date] = ()
) -> None:
    """Let a control that is drafted have been approved and in operation since a day before it came into Attest."""
    begun = [earlier(kind, day, control_id=control_id) for kind in ("approval", "implementation")]
    done = [earlier("occurrence", on, control_id=control_id, due_on=on.isoformat()) for on in performed_on]
    await accepted(org, await told(org, *begun, *done))
