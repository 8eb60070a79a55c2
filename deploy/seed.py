"""`python -m deploy.seed`: a demo organisation on its way to a SOC 2 Type 2 report, to look around in.

Loaded once: its credentials are kept in ATTEST_DEMO_FILE, and while they work nothing is loaded again.
"""

import asyncio
import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import httpx

from deploy.client import Organisation, client, done, eventually
from deploy.firm import Firm
from deploy.story import proposed_engagement

TITLE = "Example Cloud"


class Demo(NamedTuple):
    """A control with what proves it: `days` is how long ago the period that its evidence covers ended."""

    code: str
    title: str
    statement: str
    kind: str
    nature: str
    frequency: str
    requirements: list[str]
    proof: str
    fresh_for: int
    days: int | None


CONTROLS = (
    Demo(
        code="AC-01",
        title="Access is reviewed every quarter",
        statement="Each system's owner reviews who has access, every quarter.",
        kind="detective",
        nature="manual",
        frequency="quarterly",
        requirements=["soc2:CC6.2", "soc2:CC6.3"],
        proof="Signed access review",
        fresh_for=100,
        days=20,
    ),
    Demo(
        code="AC-02",
        title="Leavers lose their access within a day",
        statement="Access is removed within one day after the last day of work.",
        kind="preventive",
        nature="hybrid",
        frequency="ad_hoc",
        requirements=["soc2:CC6.2"],
        proof="Leaver list with removal times",
        fresh_for=100,
        days=10,
    ),
    Demo(
        code="CM-01",
        title="Changes are reviewed before release",
        statement="No change reaches production without another engineer's approval.",
        kind="preventive",
        nature="automated",
        frequency="continuous",
        requirements=["soc2:CC8.1"],
        proof="Export of merged changes with approvals",
        fresh_for=40,
        days=5,
    ),
    Demo(
        code="VM-01",
        title="Vulnerabilities are scanned for every week",
        statement="Hosts and images are scanned weekly; each finding has an owner.",
        kind="detective",
        nature="automated",
        frequency="weekly",
        requirements=["soc2:CC7.1"],
        proof="Scan report",
        fresh_for=9,
        days=3,
    ),
    Demo(
        code="BC-01",
        title="A backup is restored every quarter",
        statement="A production backup is restored and checked, every quarter.",
        kind="corrective",
        nature="manual",
        frequency="quarterly",
        requirements=["soc2:A1.2", "soc2:A1.3"],
        proof="Restore protocol",
        fresh_for=100,
        days=100,
    ),
    Demo(
        code="VR-01",
        title="Vendors are assessed every year",
        statement="Each subservice organisation's report is read and assessed, every year.",
        kind="preventive",
        nature="manual",
        frequency="annual",
        requirements=["soc2:CC9.2"],
        proof="Vendor assessment",
        fresh_for=380,
        days=None,
    ),
)

CATEGORIES = ["security", "availability"]
_MOMENT = timedelta(seconds=3)
# The common criteria judge every commitment.
_COMMON = [f"CC{number}" for number in range(1, 10)]
COMMITMENTS = (
    ("service_commitment", "The service is available 99.9 % of each month.", "sla", [*_COMMON, "A1"]),
    ("service_commitment", "Customer data is seen by its customer only.", "contract", _COMMON),
    ("system_requirement", "Access to production takes a second factor.", "internal_policy", ["CC6.1", "CC6.6"]),
)


async def load(url: str, operator_id: str, operator_secret: str) -> Organisation:
    """Found the demo organisation and put into it what a company half-way to its report would have."""
    async with client(url, operator_id, operator_secret) as operator:
        org = await Organisation.found(operator, TITLE)
        firm = await Firm.found(operator)
    programme = await _start_programme(org)
    controls = {control.code: await _control(org, control) for control in CONTROLS}
    await _risk(org, "R-01", "Former staff keep access to production", 4, 4, [controls["AC-01"], controls["AC-02"]])
    await _risk(org, "R-02", "A faulty change takes the service down", 4, 3, [controls["CM-01"]])
    await _risk(org, "R-03", "Data cannot be restored after an outage", 3, 5, [controls["BC-01"]])
    agreed = {"programme_id": programme, "categories": CATEGORIES}
    engagement = await proposed_engagement(org, list(controls.values()), firm_id=firm.id, **agreed)
    await firm.accept(org.manager, engagement)
    async with firm.acting("manager", engagement) as conducting:
        for phase in ("planning", "fieldwork"):
            done(await conducting.post(f"/v1/engagements/{engagement}/phases", json={"phase": phase}))
    await firm.close()
    return org


async def _start_programme(org: Organisation) -> str:
    today = datetime.now(UTC).date()
    programme = {
        "title": "SOC 2 Type 2",
        "framework": "soc2",
        "report_type": "soc2_type2",
        "categories": CATEGORIES,
        "system": {
            "services": [TITLE],
            "systems": ["production cluster", "identity provider", "source control"],
            "locations": ["Frankfurt", "Dublin"],
            "people": ["platform team", "support"],
            "data": ["customer records"],
        },
        "owner": "dana@example.com",
        "period_start": (today - timedelta(days=180)).isoformat(),
        "period_end": (today + timedelta(days=180)).isoformat(),
        "target_date": (today + timedelta(days=220)).isoformat(),
    }
    started = str(done(await org.manager.post("/v1/programmes", json=programme))["id"])
    for kind, text, source, criteria in COMMITMENTS:
        draft = {"kind": kind, "text": text, "source": source, "criteria": criteria}
        done(await org.manager.post(f"/v1/programmes/{started}/commitments", json=draft))
    return started


async def _control(org: Organisation, demo: Demo) -> str:
    drafted = {name: getattr(demo, name) for name in ("code", "title", "statement", "kind", "nature", "frequency")}
    draft = {**drafted, "requirements": demo.requirements, "owner": "dana@example.com"}
    control = str(done(await org.manager.post("/v1/controls", json=draft))["id"])
    done(await org.second_manager.post(f"/v1/controls/{control}/approvals"))
    done(await org.manager.post(f"/v1/controls/{control}/implementations"))
    expectation = {
        "control_id": control,
        "title": demo.proof,
        "description": f"Shows that this holds: {demo.statement}",
        "kind": "file",
        "freshness_days": demo.fresh_for,
        "expiring_days": 7,
        "owner": "dana@example.com",
    }
    expected = done(await org.manager.post("/v1/expectations", json=expectation))["id"]
    if demo.days is not None:
        # What is a hundred days old and fresh for a hundred runs out a moment after it was accepted.
        await _evidence(org, demo, str(expected), datetime.now(UTC) - timedelta(days=demo.days) + _MOMENT)
    return control


async def _evidence(org: Organisation, demo: Demo, expectation: str, until: datetime) -> None:
    content = f"{demo.proof}\n{demo.code}: {demo.statement}\nPeriod until {until:%Y-%m-%d}\n"
    file = done(await org.owner.post("/v1/files", content=content.encode(), headers={"Content-Type": "text/plain"}))
    item = {
        "title": demo.proof,
        "kind": "file",
        "file_id": file["id"],
        "source": "demo",
        "collected_at": until.isoformat(),
        "covers_from": (until - timedelta(days=90)).isoformat(),
        "covers_until": until.isoformat(),
        "expectation_ids": [expectation],
    }
    submitted = done(await org.owner.post("/v1/evidence", json=item))
    done(await org.reviewer.post(f"/v1/evidence/{submitted['id']}/reviews", json={"decision": "accepted"}))


async def _risk(org: Organisation, code: str, title: str, likelihood: int, impact: int, controls: list[str]) -> None:
    risk = {
        "code": code,
        "title": title,
        "scenario": {"source": "inside the company", "event": title, "consequence": "commitments are not met"},
        "category": "security",
        "owner": "riley@example.com",
        "inherent": {"likelihood": likelihood, "impact": impact},
        "controls": [{"control_id": control, "effect_on": "likelihood", "steps": 1} for control in controls],
    }
    done(await org.risk.post("/v1/risks", json=risk))


async def still_there(url: str, file: Path) -> bool:
    """Whether the credentials of an earlier load work."""
    kept = _kept(file)
    if kept is None:
        return False
    async with client(url, kept["client_id"], kept["client_secret"]) as manager:
        try:
            return (await manager.get("/v1/programmes")).is_success
        except httpx.HTTPStatusError:
            return False


async def posture(org: Organisation) -> dict[str, int]:
    """How many controls are in each state of health, once every one has been assessed."""

    async def settled() -> dict[str, int] | None:
        # Or what has run out would be announced by the clock, up to fifteen seconds later.
        done(await org.manager.post("/v1/services/evidence/sweeps"))
        items = done(await org.viewer.get("/v1/control-health"))["items"]
        states = [item["state"] for item in items]
        return {state: states.count(state) for state in sorted(set(states))} if "failing" in states else None

    return await eventually(settled)


async def main() -> None:
    url, file = os.environ["ATTEST_URL"], Path(os.environ["ATTEST_DEMO_FILE"])
    if await still_there(url, file):
        print(f"The demo organisation '{TITLE}' is there already; its credentials are in {file}.")
        return
    org = await load(url, os.environ["ATTEST_OPERATOR_CLIENT_ID"], os.environ["ATTEST_OPERATOR_SECRET"])
    states = ", ".join(f"{count} {state}" for state, count in (await posture(org)).items())
    _keep(file, org)
    print(f"The demo organisation '{TITLE}' is loaded: SOC 2 Type 2 in fieldwork, {len(CONTROLS)} controls ({states}).")
    await org.close()


def _kept(file: Path) -> dict[str, Any] | None:
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else None


def _keep(file: Path, org: Organisation) -> None:
    """Write the admin's credentials where only their owner can read them."""
    kept: dict[str, Any] = {"organisation": org.id, **org.credentials}
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
        json.dump(kept, out)


if __name__ == "__main__":
    asyncio.run(main())
