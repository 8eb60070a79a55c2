"""SOC 2 Type 1 of Example Metering, Inc.: security as of December 31, 2025, with a qualified opinion on the design.

Fourteen controls, all of them implemented. The review of privileged access was not designed to include service
accounts, which keeps a system requirement from being achieved.
"""

from typing import Any

import httpx

from deploy.client import Organisation, done
from deploy.examination import Examination
from deploy.firm import Firm
from tests.journeys import clients
from tests.journeys.companies import Company
from tests.journeys.fieldwork import Fieldwork
from tests.journeys.played import Played, Tell, described, untold, words_of

AS_OF = {"as_of_date": "2025-12-31"}
COVERED = {"covers_from": "2025-12-31T00:00:00Z", "covers_until": "2026-01-01T00:00:00Z"}
DESIGNED = {"suitably_designed": True, "implemented": True}
LEFT_OUT = "The review leaves service accounts out, 14 of which have privileges."
FINDING = {
    "title": "The review of privileged access leaves service accounts out",
    "text": "The review of privileged access to production was not designed to include service accounts, 14 of which"
    " had privileges as of December 31, 2025.",
    "criteria": ["soc2:CC6.3"],
}
EFFECT = "Privileged access of programs that is no longer needed might not be detected and removed."
RESPONSE = {
    "position": "agrees",
    "text": "The review will include service accounts.",
    "plan": "The identity provider lists service accounts with their owners, who confirm them every quarter.",
    "planned_by": "2026-03-31",
}
EXCEPTION = "The review of privileged access to production was not designed to include service accounts."


async def play(operator: httpx.AsyncClient, tell: Tell = untold) -> Played:
    """From the programme to the issued report; `tell` is told of each step."""
    company = Company.named("example-metering")
    org = await clients.founded(operator, company)
    firm = await Firm.found(operator)
    examination = await tell("A firm accepts the SOC 2 Type 1 of another company", begun(org, firm, company))
    finding = await tell("It tests 14 controls, and finds one not suitably designed", tested(examination, company))
    await tell("It concludes criterion by criterion, and decides a qualified opinion", judged(examination, finding))
    await examination.document(exceptions=[EXCEPTION])
    draft = await tell(
        "The report is drafted, and shown to management", examination.draft(words_of(company) | {"layout": "matrix"})
    )
    report = await tell("It is approved as read, issued as PDF, and signed", examination.issue(draft))
    return Played(examination, {"soc2-type1-qualified": report})


async def begun(org: Organisation, firm: Firm, company: Company) -> Examination:
    """The engagement: proposed, accepted, described by management, and in fieldwork."""
    programme = await clients.programme(org, company, **AS_OF)
    controls = await clients.controls(org, company)
    draft = {
        "kind": "soc2_type1",
        "title": "SOC 2 Type 1, end of 2025",
        "programme_id": programme,
        "categories": company.about["categories"],
        **AS_OF,
    }
    examination = await Examination.accepted(org, firm, draft, [*controls.values()])
    await described(examination, company, len(controls))
    await examination.enter("planning", "fieldwork")
    return examination


async def tested(examination: Examination, company: Company) -> str:
    """Requests, papers, and the finding, which is concluded once the period is evaluated; its id."""
    rows = {row["code"]: row for row in company.controls}
    work = Fieldwork(examination, rows, await examination.definitions(len(rows)), good=DESIGNED)
    await work.ask(collected_at="2026-01-06T09:00:00Z", **COVERED)
    papers = await work.test({"AC-02"})
    finding = await found(examination, papers["AC-02"])
    await examination.enter("evaluation")
    done(await examination.manager.post(f"/v1/findings/{finding}/conclusions", json={"text": "CC6.3 is not met."}))
    return finding


async def found(examination: Examination, paper: dict[str, Any]) -> str:
    """A deficiency of the design: recorded, communicated as a finding, and answered by management."""
    staff, manager = examination.staff, examination.manager
    draft = {"kind": "design", "nature": LEFT_OUT}
    deviation = done(await staff.post(f"/v1/papers/{paper['id']}/deviations", json=draft))
    path = f"/v1/deviations/{deviation['id']}"
    analysis = {"cause": "The list of accounts comes from people operations", "pattern": "systematic"}
    analysis |= {"intentional": False, "extent": "All 14 service accounts with privileges."}  # type: ignore[dict-item]
    done(await staff.post(f"{path}/analyses", json=analysis))
    await examination.sign(paper, {"suitably_designed": False, "implemented": True, "reason": LEFT_OUT})
    body = FINDING | {"deviation_ids": [deviation["id"]]}
    finding = str(done(await staff.post(f"{examination.path}/findings", json=body))["id"])
    done(await manager.post(f"/v1/findings/{finding}/communications", json={}))
    done(await examination.org.manager.post(f"/v1/findings/{finding}/responses", json=RESPONSE))
    done(await manager.post(f"{path}/conclusions", json={"text": "The control is not suitably designed."}))
    return finding


async def judged(examination: Examination, finding: str) -> None:
    """CC6.3 is not met, so that a system requirement is not achieved, which modifies the opinion on the design."""
    for each in await examination.to_conclude("criterion"):
        met = each["ref"] not in FINDING["criteria"]
        verdict, reason = ("met", "Suitably designed and implemented.") if met else ("not_met", LEFT_OUT)
        await examination.conclude("criterion", each["ref"], verdict, reason)
    for each in await examination.to_conclude("commitment"):
        achieved = not each["text"].startswith("Privileged access")
        verdict = "achieved" if achieved else "not_achieved"
        reason = "Its other controls provide for it." if achieved else LEFT_OUT
        await examination.conclude("commitment", each["ref"], verdict, reason)
    await examination.conclude("subject_matter", "description", "unmodified", "No matter is material.")
    matter = {"finding_id": finding, "effect": EFFECT}
    await examination.conclude("subject_matter", "design", "material", LEFT_OUT, matters=[matter])
    await examination.enter("reporting")
    decided = {"description": "unmodified", "design": "qualified"}
    proposal = done(await examination.partner.get(f"{examination.path}/opinion-proposal"))
    assert {each["subject"]: each["kind"] for each in proposal["subjects"]} == decided
    await examination.decide(decided, "The matter is material to the design, and not pervasive.")
