"""Reports of vendors' auditors that tests begin with."""

from typing import Any

from services.risk.vendors.assurance_reports.models import AssuranceKind
from services.risk.vendors.assurance_reports.rules import questions_for
from tests.risk.vendors import today
from tests.support import Organisation, created, ok

SOUND = {"matter": "Operating effectiveness, security", "opinion": "unmodified", "page": "p. 4"}
QUALIFIED = SOUND | {"opinion": "qualified", "basis": "Access of leavers was removed late."}
RELY = {"reliance": "full", "conclusion": "We rely on it."}


def soc2(**changes: Any) -> dict[str, Any]:
    """A type 2 report on the year that ended ten days ago."""
    return {
        "kind": "soc2",
        "report_type": "type2",
        "title": "SOC 2 Type 2 report",
        "auditor": "Hale & Partners LLP",
        "system": "Example Hosting",
        "categories": ["security"],
        "period_start": today(-374),
        "period_end": today(-10),
        "subject_matters": [SOUND],
    } | changes


def letter(**changes: Any) -> dict[str, Any]:
    """A letter on the nine days since."""
    return {
        "covers_from": today(-9),
        "covers_until": today(-1),
        "signed_by": "Sam Cole",
        "signer_role": "Chief information security officer",
        "by_management": True,
        "signed_on": today(-1),
        "material_changes": False,
        "incidents": False,
    } | changes


def all_satisfied(kind: str = "soc2") -> dict[str, Any]:
    """Every point of the checklist, each with its page."""
    codes = questions_for(AssuranceKind(kind))
    return {"answers": [{"code": code.value, "finding": "satisfied", "page": "p. 7"} for code in codes]}


async def filed(org: Organisation, vendor: str, **changes: Any) -> str:
    """The id of a report as it was received."""
    answer = await org.risk.post(f"/v1/vendors/{vendor}/assurance-reports", json=soc2(**changes))
    return str(created(answer)["id"])


async def relied_on(org: Organisation, vendor: str, reliance: str = "full", **changes: Any) -> str:
    """The id of a report that is reviewed."""
    report = await filed(org, vendor, **changes)
    ok(await org.risk.put(f"/v1/assurance-reports/{report}/checklist", json=all_satisfied()))
    ok(await org.risk.post(f"/v1/assurance-reports/{report}/conclusions", json=RELY | {"reliance": reliance}))
    return report
