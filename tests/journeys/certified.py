"""What the parties of the journey to an ISO/IEC 27001 certificate say and find."""

from typing import Any

from tests.audit.given import day

LEAD, AUDITOR = "Robin Berg", "Sam Lind"
SCOPE = "Development and operation of the Document Platform from Denver and by people who work remotely."
APPLICABILITY = "Statement of Applicability 3.0 of March 2, 2026"
CONCERNS = [
    {
        "requirement": "iso27001:9.3.2",
        "statement": "The management review of this year is planned for a day after stage 2, so that its results could"
        " not be audited.",
        "evidence": "Plan of management reviews, version 2; interview with the head of security.",
    },
    {
        "requirement": "iso27001:9.2.2",
        "statement": "The internal audit programme names the Denver site only; the scope includes remote work.",
        "evidence": "Internal audit programme 2026, version 3; scope of the management system, version 5.",
    },
]
REVIEWED = "The management review was held; its minutes are kept as evidence."
CLEARED = "The minutes cover all inputs of 9.3.2 and decide on the results of the risk assessment."
MAJOR = {
    "requirement": "iso27001:9.2.2",
    "grade": "major",
    "statement": "Remote work, which is within the scope, was never audited internally, and no audit of it is planned.",
    "evidence": "Internal audit programme 2026, versions 3 and 4; reports of the internal audits of March and June.",
}
MINOR = {
    "requirement": "iso27001:A.6.3",
    "grade": "minor",
    "statement": "Two of twelve people sampled had not completed the awareness training of the year.",
    "evidence": "Training records of twelve people who joined before January.",
}
MAJOR_PLAN = {
    "correction": "Remote work was audited internally by a person who does not work on it.",
    "cause": "The programme was copied from the year before, when the scope was the Denver site alone.",
    "action": "The programme is made from the scope document, and the head of security approves it against that.",
    "due_on": day(20),
}
MINOR_PLAN = {
    "correction": "Both people completed the training.",
    "cause": "Reminders went to an address that is not read.",
    "action": "Reminders go to the person and their manager; the records are reviewed every month.",
    "due_on": day(60),
}
SHOWN = "Report of the internal audit of remote work; programme, version 5, approved against the scope document."
_TEAM = [{"name": LEAD, "role": "Lead auditor"}, {"name": AUDITOR, "role": "Auditor"}]


def stage1_words() -> dict[str, Any]:
    """What the body says in the report of stage 1; the areas of concern are on record."""
    return {
        "audit": {
            "objectives": [
                "Review the documented information of the management system.",
                "Evaluate the conditions of the sites, and whether the organization is ready for stage 2.",
                "Agree on the scope and on the plan of stage 2.",
            ],
            "scope": SCOPE,
            "applicability": APPLICABILITY,
            "sites": ["Denver", "Remote"],
            "team": _TEAM,
            "report_date": day(0),
            "summary": "The documented information that ISO/IEC 27001 asks for is there and was approved. Risk"
            " assessment and treatment follow the method that is documented. Internal audits are performed; two areas"
            " could become nonconformities in stage 2.",
            "areas": [
                {
                    "area": "Documented information",
                    "clauses": "4.3, 5.2, 6.1, 6.2, 7.5",
                    "seen": "Scope, policy, risk assessment, risk treatment plan, Statement of Applicability,"
                    " objectives.",
                },
                {
                    "area": "Evaluation and improvement",
                    "clauses": "9.2, 9.3, 10.2",
                    "seen": "Internal audit programme and two reports; plan of management reviews; register of"
                    " corrective actions.",
                },
            ],
            "scope_is_appropriate": True,
            "objectives_were_met": True,
            "recommendation": "proceed",
        }
    }


def stage2_words() -> dict[str, Any]:
    """What the body says in the report of stage 2; the nonconformities are on record."""
    return {
        "audit": {
            "objectives": [
                "Evaluate whether the management system conforms to ISO/IEC 27001:2022.",
                "Evaluate whether it is implemented and achieves the objectives of the organization.",
            ],
            "scope": SCOPE,
            "applicability": APPLICABILITY,
            "sites": ["Denver", "Remote"],
            "team": _TEAM,
            "report_date": day(0),
            "summary": "The management system is implemented in its scope. Controls that were sampled from Annex A are"
            " operated as the Statement of Applicability says, with the exceptions below. Internal audit did not cover"
            " the whole scope.",
            "areas": [
                {
                    "area": "Leadership and planning",
                    "clauses": "5.1, 5.3, 6.1.2, 6.1.3, 6.2",
                    "seen": "Interviews with top management and three risk owners; risk assessment of February; risk"
                    " treatment plan; acceptance of residual risks by their owners.",
                },
                {
                    "area": "People operations",
                    "clauses": "7.2, 7.3, A.6.1, A.6.3, A.6.5",
                    "seen": "Records of twelve people: screening, terms of employment, training; four who left.",
                },
                {
                    "area": "Engineering and operations",
                    "clauses": "8.1, A.8.2, A.8.8, A.8.9, A.8.15, A.8.32",
                    "seen": "Ten changes from request to deployment; privileged access of production; two months of"
                    " vulnerability scans; configuration of logging.",
                },
                {
                    "area": "Evaluation and improvement",
                    "clauses": "9.1, 9.2, 9.3, 10.1, 10.2",
                    "seen": "Measurements of the objectives; internal audit programme and reports; minutes of the"
                    " management review; five corrective actions.",
                },
            ],
            "opportunities": [
                {
                    "number": "O-1",
                    "clause": "A.8.8",
                    "statement": "Scans could run every week instead of every month.",
                    "evidence": "Vulnerability scans of two months.",
                }
            ],
            "scope_is_appropriate": True,
            "objectives_were_met": True,
            "recommendation": "grant_after_closure",
        }
    }
