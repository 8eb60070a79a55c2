"""SOC 2 Type 2 of Example Cloud, Inc.: security and availability, July to December 2025, with a SOC 3 beside it.

Thirty controls, twelve of them tested by samples. Access of one of 25 employees who left was removed late; no media
were disposed of; data centers are those of a subservice organization that is carved out. The opinion is unmodified.
"""

from typing import Any

import httpx

from deploy.client import Organisation, done
from deploy.examination import Examination, today
from deploy.firm import Firm
from services.audit.wording.trust_criteria import criteria_of
from tests.journeys import clients
from tests.journeys.companies import Company
from tests.journeys.fieldwork import Fieldwork
from tests.journeys.played import Played, Tell, described, untold, words_of

PERIOD = {"period_start": "2025-07-01", "period_end": "2025-12-31"}
COVERED = {"covers_from": "2025-07-01T00:00:00Z", "covers_until": "2026-01-01T00:00:00Z"}
SIZES: dict[str, dict[str, Any]] = {
    "AC-02": {"rows": 40, "size": 25, "size_reason": "The risk of access that was not removed is high."},
    "AC-03": {"rows": 2, "size": 2, "size_reason": "Both reviews of the period."},
}
ANALYSIS = {
    "cause": "The notice of leaving reached the operations team late, since the manager was on leave",
    "pattern": "isolated",
    "intentional": False,
    "extent": "One employee; the account was not used after the last day of work.",
}
NATURE = "access was removed on the fourth business day after the last day of work, and not within one business day"
RESPONSE = {
    "position": "agrees",
    "text": "The account was not used after the last day of work. We have inspected all other leavers of the period.",
    "plan": "People operations sends notices of leaving to the operations team itself, and no longer through managers.",
    "planned_by": "2026-03-31",
}
STILL_MET = (
    "One late removal of 25, isolated, without use of the account; the quarterly review of access, which operated"
    " effectively, would have found it."
)


async def play(operator: httpx.AsyncClient, tell: Tell = untold) -> Played:
    """From the programme to the issued reports; `tell` is told of each step."""
    company = Company.named("example-cloud")
    org = await clients.founded(operator, company)
    firm = await Firm.found(operator)
    examination = await tell("A firm accepts the SOC 2 Type 2 of a company", begun(org, firm, company))
    await tell("It tests 30 controls, and finds one deviation", tested(examination, company))
    await tell("It concludes criterion by criterion, and decides the opinion", judged(examination))
    await signed(examination)
    words = words_of(company)
    first = await tell("The report is issued", examination.issue(await examination.draft(words)))
    second = await tell("A SOC 3 report is issued", examination.issue(await examination.draft(words, soc3=True)))
    return Played(examination, {"soc2-type2": first, "soc3": second})


async def begun(org: Organisation, firm: Firm, company: Company) -> Examination:
    """The engagement: proposed, accepted, described by management, and with its scope frozen for fieldwork."""
    programme = await clients.programme(org, company, **PERIOD)
    controls = await clients.controls(org, company)
    draft = {
        "kind": "soc2_type2",
        "title": "SOC 2 Type 2, second half of 2025",
        "programme_id": programme,
        "categories": company.about["categories"],
        **PERIOD,
    }
    people = ("partner", "manager", "staff", "quality")
    examination = await Examination.accepted(org, firm, draft, [*controls.values()], *people)
    await described(examination, company, len(controls))
    await examination.enter("planning", "fieldwork")
    return examination


async def tested(examination: Examination, company: Company) -> None:
    """Requests, samples, papers; one deviation with its finding, and management's response."""
    rows = {row["code"]: row for row in company.controls}
    work = Fieldwork(examination, rows, await examination.definitions(len(rows)))
    await work.sample(SIZES)
    await work.ask(collected_at="2026-01-06T09:00:00Z", **COVERED)
    papers = await work.test({"AC-02"})
    await deviated(examination, work, papers["AC-02"])
    await examination.enter("evaluation")


async def signed(examination: Examination) -> None:
    """What both parties sign before the report, and the quality review, by a person of the firm beside the team."""
    await examination.document()
    signatory = {"name": "Quality", "position": "Engagement quality reviewer"}
    review = {"kind": "quality_review", "title": "Engagement quality review", "dated_on": today()}
    review |= {"signatories": [signatory]}  # type: ignore[dict-item]
    done(await examination.quality.post(f"{examination.path}/documents", json=review))


async def deviated(examination: Examination, work: Fieldwork, paper: dict[str, Any]) -> None:
    """One item deviates: recorded, analysed, communicated as a finding, answered, and concluded on."""
    org, staff, manager = examination.org, examination.staff, examination.manager
    items = await work.items("AC-02", status="deviation")
    draft = {"kind": "late", "nature": NATURE, "sample_item_ids": [each["id"] for each in items]}
    deviation = done(await staff.post(f"/v1/papers/{paper['id']}/deviations", json=draft))
    path = f"/v1/deviations/{deviation['id']}"
    done(await staff.post(f"{path}/analyses", json=ANALYSIS))
    still = {"operation": "operated_with_deviations", "suitably_designed": True, "reason": STILL_MET}
    await examination.sign(paper, still)
    finding = {
        "deviation_ids": [deviation["id"]],
        "title": "Access of an employee who left was removed late",
        "text": "For 1 of 25 employees who left, access was removed on the fourth business day.",
        "criteria": ["soc2:CC6.2", "soc2:CC6.3"],
    }
    finding = done(await staff.post(f"{examination.path}/findings", json=finding))
    path = f"/v1/findings/{finding['id']}"
    done(await manager.post(f"{path}/communications", json={}))
    done(await org.manager.post(f"{path}/responses", json=RESPONSE))
    done(await manager.post(f"/v1/deviations/{deviation['id']}/conclusions", json={"text": "An isolated instance."}))
    done(await manager.post(f"{path}/conclusions", json={"text": STILL_MET}))


async def judged(examination: Examination) -> None:
    """The conclusions from the criteria upwards, and the opinion."""
    criteria = await examination.to_conclude("criterion")
    assert len(criteria) == len(criteria_of(["security", "availability"]))
    bearing = {"soc2:CC6.2", "soc2:CC6.3"}
    for each in criteria:
        reason = (
            STILL_MET if each["ref"] in bearing else "Its controls were suitably designed and operated effectively."
        )
        await examination.conclude("criterion", each["ref"], "met", reason)
    for each in await examination.to_conclude("commitment"):
        await examination.conclude("commitment", each["ref"], "achieved", "The criteria that judge it are met.")
    subjects = [each["ref"] for each in await examination.to_conclude("subject_matter")]
    for subject in subjects:
        await examination.conclude("subject_matter", subject, "unmodified", "No matter is material.")
    await examination.enter("reporting")
    proposal = done(await examination.partner.get(f"{examination.path}/opinion-proposal"))
    assert proposal["kind"] == "unmodified"
    decided = dict.fromkeys(subjects, "unmodified")
    await examination.decide(decided, "Sufficient evidence was obtained; the deviation is not material.")
