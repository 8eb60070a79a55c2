"""What keeps a report from being printed: every rule of the content, with a pointer to where it is broken."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from services.audit.reporting.report_assemblies.rules import lacks_signatures, warnings_of
from services.audit.wording.assessments import ReadinessContent
from services.audit.wording.audit_contents import AuditContent
from services.audit.wording.contents import SocContent
from services.audit.wording.documents import document_of, faults_of
from shared.printing.blocks import texts_of
from tests.audit.reported import (
    DEVIATIONS,
    SMALL,
    a_test,
    carved_out,
    description_of,
    included,
    judgements,
    matter,
    soc_data,
)

_INQUIRY = [{"procedures": [{"kind": "inquiry", "text": "Inquired."}], "result": {"kind": "no_deviations"}}]
_LATER = date(2026, 9, 1)

_DISCLAIMED = dict.fromkeys(("description", "design"), "disclaimer")

Change = Callable[[dict[str, Any]], Any]


def _found(judged: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same judgements for something that was found."""
    return [each | {"matters": [matter()]} for each in judged]


def _judged(data: dict[str, Any], subject: str, **changes: Any) -> None:
    next(each for each in data["judgements"] if each["subject"] == subject).update(changes)


def _tested(data: dict[str, Any], result: dict[str, Any]) -> None:
    data["controls"][0]["tests"] = [a_test(result)]


BROKEN: dict[str, tuple[str, Change, str]] = {
    "another kind of description": (
        "soc2_type2",
        lambda data: data.update(description=description_of("soc2_type1", [("AC-01", "Access")])),
        "/description",
    ),
    "a SOC 3 of a Type 1": (
        "soc3",
        lambda data: data.update(description=description_of("soc2_type1", [("AC-01", "Access")])),
        "/description",
    ),
    "a subject matter is missing": (
        "soc2_type2",
        lambda data: data["judgements"].pop(),
        "/judgements",
    ),
    "operation judged in a Type 1": (
        "soc2_type1",
        lambda data: data.update(judgements=judgements("soc2_type2")),
        "/judgements",
    ),
    "one disclaimer among others": (
        "soc2_type2",
        lambda data: _judged(data, "description", kind="disclaimer", matters=[matter(limitation=True)]),
        "/judgements",
    ),
    "operation cannot be better than design": (
        "soc2_type2",
        lambda data: _judged(data, "design", kind="qualified", matters=[matter()]),
        "/judgements",
    ),
    "qualified without a matter": (
        "soc2_type2",
        lambda data: _judged(data, "operation", kind="qualified"),
        "/judgements/2/matters",
    ),
    "a matter with an unmodified opinion": (
        "soc2_type2",
        lambda data: _judged(data, "operation", matters=[matter()]),
        "/judgements/2/matters",
    ),
    "a disclaimer for what was found": (
        "soc2_type1",
        lambda data: data.update(judgements=_found(judgements("soc2_type1", **_DISCLAIMED))),
        "/judgements/0/matters",
    ),
    "adverse for lack of evidence": (
        "soc2_type2",
        lambda data: _judged(data, "operation", kind="adverse", matters=[matter(limitation=True)]),
        "/judgements/2/matters",
    ),
    "no commitment is affected": (
        "soc2_type2",
        lambda data: _judged(data, "operation", kind="qualified", matters=[matter(commitments=[])]),
        "/judgements/2/matters/0/commitments",
    ),
    "no criterion is concerned": (
        "soc2_type2",
        lambda data: _judged(data, "operation", kind="qualified", matters=[matter(criteria=[])]),
        "/judgements/2/matters/0/criteria",
    ),
    "commitments in a SOC 1": (
        "soc1_type2",
        lambda data: _judged(data, "operation", kind="qualified", matters=[matter()]),
        "/judgements/2/matters/0/commitments",
    ),
    "a control that is not in the report": (
        "soc2_type2",
        lambda data: _judged(data, "operation", kind="qualified", matters=[matter(controls=["XX-01"])]),
        "/judgements/2/matters/0/controls",
    ),
    "a criterion that is not in the report": (
        "soc2_type2",
        lambda data: _judged(data, "operation", kind="qualified", matters=[matter(criteria=["CC9.2"])]),
        "/judgements/2/matters/0/criteria",
    ),
    "a criterion without control or reason": (
        "soc2_type2",
        lambda data: data["criteria"].append({"code": "CC9.9", "title": "Something else"}),
        "/criteria/4",
    ),
    "a criterion twice": (
        "soc2_type2",
        lambda data: data["criteria"].append(data["criteria"][0]),
        "/criteria",
    ),
    "a criterion of a control that is not listed": (
        "soc2_type2",
        lambda data: data["controls"][0]["criteria"].append("CC9.2"),
        "/criteria",
    ),
    "a control that is not described": (
        "soc2_type2",
        lambda data: data["description"]["controls"].pop(),
        "/controls",
    ),
    "a control twice": (
        "soc2_type2",
        lambda data: data["controls"].append(data["controls"][0]),
        "/controls",
    ),
    "a control without a test": (
        "soc2_type2",
        lambda data: data["controls"][1].update(tests=[]),
        "/controls/1/tests",
    ),
    "inquiry alone": (
        "soc2_type2",
        lambda data: data["controls"][1].update(tests=_INQUIRY),
        "/controls/1/tests",
    ),
    "tests in a Type 1": (
        "soc2_type1",
        lambda data: _tested(data, {"kind": "no_deviations"}),
        "/controls/0/tests",
    ),
    "more deviations than items": (
        "soc2_type2",
        lambda data: _tested(data, DEVIATIONS | {"deviating": 26}),
        "/controls/0/tests/0/result/deviating",
    ),
    "replaced by itself": (
        "soc2_type2",
        lambda data: _tested(data, {"kind": "replaced", "on": date(2026, 4, 1), "by": "AC-01"}),
        "/controls/0/tests/0/result/by",
    ),
    "replaced after the period": (
        "soc2_type2",
        lambda data: _tested(data, {"kind": "replaced", "on": _LATER, "by": "AC-02"}),
        "/controls/0/tests/0/result/on",
    ),
    "a response to nothing": (
        "soc2_type2",
        lambda data: data.update(responses=[{"control": "AC-01", "text": "We agree."}]),
        "/responses/0/control",
    ),
    "an unnamed organisation that is not described": (
        "soc2_type2",
        lambda data: data.update(unnamed=[carved_out()["id"]]),
        "/unnamed/0",
    ),
    "a report dated before the period ends": (
        "soc2_type2",
        lambda data: data.update(report_date=date(2026, 6, 29)),
        "/report_date",
    ),
    "an assertion dated after the report": (
        "soc2_type2",
        lambda data: data["assertion"].update(signed_on=_LATER),
        "/assertion/signed_on",
    ),
    "an assertion before the period ends": (
        "soc2_type2",
        lambda data: data["assertion"].update(signed_on=date(2026, 6, 29)),
        "/assertion/signed_on",
    ),
    "an included organisation that does not assert": (
        "soc2_type2",
        lambda data: data["description"].update(subservice_organisations=[included()]),
        "/subservice_assertions",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_does_not_hold_together_is_found(name: str) -> None:
    kind, change, pointer = BROKEN[name]
    data = soc_data(kind, SMALL)
    change(data)
    assert pointer in [fault.pointer for fault in faults_of(SocContent.model_validate(data))]


def test_what_is_signed_with_a_report_is_there_and_says_what_the_opinion_does() -> None:
    exceptions = {"exceptions": ["Service accounts were left out."]}
    for modified, said, lacking in (
        ({"operation": "qualified"}, {"exceptions": []}, ["/assertion/exceptions"]),
        ({"operation": "qualified"}, exceptions, []),
        ({}, exceptions, ["/assertion/exceptions"]),
        ({}, {}, []),
    ):
        data = soc_data(modified=modified)
        data["assertion"] |= said
        assert [fault.pointer for fault in lacks_signatures(SocContent.model_validate(data))] == lacking
    unsigned = SocContent.model_validate(soc_data(assertion=None, report_date=None))
    assert [fault.pointer for fault in lacks_signatures(unsigned)] == ["/report_date", "/assertion"]


@pytest.mark.parametrize("kind", ["soc2_type2", "soc3"])
def test_while_no_opinion_is_decided_a_draft_states_none(kind: str) -> None:
    content = SocContent.model_validate(soc_data(kind, judgements=[], office=None))
    assert faults_of(content) == []
    texts = list(texts_of(document_of(content, draft=True)))
    assert "[The opinion has not been decided.]" in texts
    assert "[city, state]" in texts
    assert not [each for each in texts if each.startswith("In our opinion")]


@pytest.mark.parametrize("kind", ["soc2_type1", "soc2_type2", "soc3", "soc1_type1", "soc1_type2"])
def test_a_whole_content_has_no_faults(kind: str) -> None:
    assert faults_of(SocContent.model_validate(soc_data(kind))) == []


def an_audit(**changes: Any) -> AuditContent:
    finding = {
        "number": "NC-1",
        "grade": "major",
        "clause": "9.2",
        "statement": "No internal audit was performed in the last twelve months.",
        "evidence": "Audit programme 2026; interview with the head of security.",
        "response": "An internal audit is planned for October; the programme is reviewed monthly.",
    }
    return AuditContent.model_validate(
        {
            "kind": "iso27001_stage2",
            "auditee": "Example Cloud, Inc.",
            "body": "Example Certification AG",
            "objectives": ["Evaluate the implementation and effectiveness of the management system."],
            "scope": "Development and operation of the Document Platform.",
            "applicability": "Statement of Applicability 3.0 of March 2, 2026",
            "sites": ["Denver", "Remote"],
            "team": [{"name": "Robin Berg", "role": "Lead auditor"}, {"name": "Sam Lind", "role": "Auditor"}],
            "first_day": date(2026, 9, 7),
            "last_day": date(2026, 9, 11),
            "report_date": date(2026, 9, 18),
            "summary": "The management system is implemented in the scope.",
            "areas": [{"area": "People operations", "clauses": "7.2, A.6.3", "seen": "Training records of 2026."}],
            "findings": [finding],
            "opportunities": [{"number": "O-1", "clause": "A.8.8", "statement": "Scan weekly.", "evidence": "Scans."}],
            "scope_is_appropriate": True,
            "objectives_were_met": True,
            "recommendation": "grant_after_closure",
            **changes,
        }
    )


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"kind": "iso27001_stage1"}, "/recommendation"),
        (
            {"opportunities": [{"number": "NC-1", "clause": "8", "statement": "S.", "evidence": "E."}]},
            "/opportunities",
        ),
        ({"recommendation": "grant"}, "/recommendation"),
        ({"recommendation": "none"}, "/recommendation"),
        ({"kind": "iso27001_internal"}, "/recommendation"),
        ({"report_date": date(2026, 9, 10)}, "/report_date"),
        ({"last_day": date(2026, 9, 1)}, "/last_day"),
    ],
)
def test_audits_have_rules_of_their_own(changes: dict[str, Any], pointer: str) -> None:
    assert faults_of(an_audit()) == []
    assert pointer in [fault.pointer for fault in faults_of(an_audit(**changes))]


def readiness(**changes: Any) -> ReadinessContent:
    gap = {"number": "G-1", "requirement": "CC6.1", "subject": "Access", "gap": "No review.", "priority": "high"}
    return ReadinessContent.model_validate(
        {
            "organization": "Example Cloud, Inc.",
            "assessor": "Hale & Partners LLP",
            "target": "SOC 2 Type 2, security and availability",
            "assessed_on": date(2026, 5, 1),
            "report_date": date(2026, 5, 12),
            "basis": "Interviews and documents.",
            "gaps": [gap],
            **changes,
        }
    )


def test_a_readiness_assessment_says_on_every_page_that_nobody_attests_it() -> None:
    assert faults_of(readiness()) == []
    assert [fault.pointer for fault in faults_of(readiness(report_date=date(2026, 4, 1)))] == ["/report_date"]
    for draft in (True, False):
        assert "NOT AN ATTESTATION REPORT" in (document_of(readiness(), draft=draft).watermark or "")


def test_an_audit_report_is_marked_while_it_is_a_draft() -> None:
    assert document_of(an_audit(), draft=True).watermark == "DRAFT"
    assert document_of(an_audit(), draft=False).watermark is None


def test_warnings_name_words_that_readers_object_to() -> None:
    data = soc_data()
    data["controls"][0]["tests"][0]["procedures"][1]["text"] = "Inspected that the scan passed."
    left_out, words = warnings_of(SocContent.model_validate(data))
    assert words == "The test of AC-01 says passed, which a report on a SOC examination does not say of itself."
    assert left_out.startswith("The report leaves out criteria of the categories in scope: CC1.1, CC1.2, ")
    assert left_out.endswith(" CC9.2, A1.2, A1.3.")
    assert warnings_of(SocContent.model_validate(soc_data("soc1_type2"))) == []
    modified = SocContent.model_validate(soc_data("soc3", modified={"operation": "qualified"}))
    assert warnings_of(modified)[0].startswith("The opinion is qualified")
