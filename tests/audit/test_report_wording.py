"""What reports say: which paragraphs there are, their texts, and that no part contradicts another."""

import itertools
import os
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.audit.wording.contents import ControlTest, SocContent, Term
from services.audit.wording.documents import document_of, faults_of
from services.audit.wording.frame import Frame
from services.audit.wording.paragraphs import Kind
from services.audit.wording.phrases import day_of
from services.audit.wording.results import result_text
from services.audit.wording.soc_report import letter_of
from shared.printing.blocks import Document, Heading, Look, Part, texts_of
from tests.audit.reported import (
    DEVIATIONS,
    END,
    NO_OCCURRENCE,
    REPORTED,
    START,
    a_test,
    carved_out,
    incident,
    included,
    soc,
    user_entity_control,
)

_GOLDEN = Path(__file__).parent / "golden"
_RESPONSE = {"control": "AC-02", "text": "Tickets are assigned to a team since July 2026."}
_EVERYTHING: dict[str, Any] = {
    "subservice_organisations": [carved_out()],
    "user_entity_controls": [user_entity_control()],
    "incidents": [incident()],
}
_DISCLAIMED = dict.fromkeys(("description", "design", "operation"), "disclaimer")
# Those words have no place in a report on a SOC examination; the name of the institute is one of the exceptions.
_FORBIDDEN = re.compile(
    r"certif(y|ied|icat)|\bpass(ed|es)?\b|\bcompliant\b|\bfail(ed|s)? control objective", re.IGNORECASE
)
_INSTITUTE = "American Institute of Certified Public Accountants"
_DATE = re.compile(
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December) \d{1,2}, \d{4}"
)

GOLDEN: dict[str, tuple[str, dict[str, Any]]] = {
    "soc2-type2": (
        "soc2_type2",
        {
            "results": {"AC-02": DEVIATIONS, "MD-01": NO_OCCURRENCE},
            "described": _EVERYTHING,
            "responses": [_RESPONSE],
        },
    ),
    "soc2-type2-inclusive": (
        "soc2_type2",
        {"described": {"subservice_organisations": [included()]}, "term": "exception", "layout": "matrix"},
    ),
    "soc2-type1-qualified-design": ("soc2_type1", {"modified": {"design": "qualified"}, "described": _EVERYTHING}),
    "soc2-type2-adverse-operation": (
        "soc2_type2",
        {"modified": {"design": "qualified", "operation": "adverse"}},
    ),
    "soc2-type2-adverse-description": ("soc2_type2", {"modified": {"description": "adverse"}}),
    "soc2-type2-disclaimer": ("soc2_type2", {"modified": _DISCLAIMED, "described": _EVERYTHING}),
    "soc1-type2": ("soc1_type2", {"results": {"AC-02": DEVIATIONS}, "described": _EVERYTHING}),
    "soc1-type1-qualified": ("soc1_type1", {"modified": {"description": "qualified", "design": "qualified"}}),
    "soc3": ("soc3", {"described": _EVERYTHING}),
    "soc3-qualified": ("soc3", {"modified": {"operation": "qualified"}}),
}


def _of(part: Part) -> Document:
    return Document("", "", Look.ATTESTATION, None, (part,), "")


def _text(document: Document) -> str:
    return "\n\n".join(texts_of(document)) + "\n"


@pytest.mark.parametrize("name", GOLDEN)
def test_the_whole_text_is_as_it_was_read_and_approved(name: str) -> None:
    """`ATTEST_GOLDEN=write` writes the texts anew, to be read before they are committed."""
    kind, changes = GOLDEN[name]
    content = soc(kind, **changes)
    assert faults_of(content) == []
    written = _text(document_of(content, draft=False))
    file = _GOLDEN / f"{name}.txt"
    if os.environ.get("ATTEST_GOLDEN") == "write":
        file.write_text(written, encoding="utf-8")
    assert written == file.read_text(encoding="utf-8")


def _expected(
    *, type2: bool, carve: bool, inclusive: bool, users: bool, none: bool, other: bool, opinion: str
) -> list[Kind]:
    """The table of the paragraphs: always there, or under which condition."""
    table = {
        Kind.SCOPE: True,
        Kind.CARVE_OUT: carve,
        Kind.INCLUSIVE: inclusive,
        Kind.USER_ENTITY_CONTROLS: users,
        Kind.NO_OCCURRENCE: none,
        Kind.OTHER_INFORMATION: other,
        Kind.ORGANIZATION: True,
        Kind.AUDITOR: True,
        Kind.LIMITATIONS: True,
        Kind.TESTS: type2,
        Kind.NO_OPERATION: not type2,
        Kind.BASIS: opinion != "unmodified",
        Kind.OPINION: True,
        Kind.USE: True,
        Kind.SIGNATURE: True,
    }
    return [kind for kind, there in table.items() if there]


_FLAGS = ("carve", "inclusive", "users", "none", "other")


def _content(kind: str, opinion: str, flags: dict[str, bool]) -> SocContent:
    type2 = kind.endswith("type2")
    subjects = ["description", "design", "operation"] if type2 else ["description", "design"]
    modified = {} if opinion == "unmodified" else dict.fromkeys(subjects, opinion)
    organisations = [carved_out()] if flags["carve"] else []
    organisations += [included()] if flags["inclusive"] else []
    described = {
        "subservice_organisations": organisations,
        "user_entity_controls": [user_entity_control()] if flags["users"] else [],
    }
    other = (
        [{"title": "Mapping to ISO/IEC 27001:2022", "text": "CC6.1 corresponds to A.5.15."}] if flags["other"] else []
    )
    results = {"MD-01": NO_OCCURRENCE} if flags["none"] and type2 else {}
    return soc(kind, results=results, modified=modified, described=described, other_information=other)


@pytest.mark.parametrize("kind", ["soc2_type1", "soc2_type2", "soc1_type1", "soc1_type2"])
@pytest.mark.parametrize("opinion", ["unmodified", "qualified", "adverse", "disclaimer"])
def test_the_paragraphs_are_those_of_the_truth_table(kind: str, opinion: str) -> None:
    type2 = kind.endswith("type2")
    for values in itertools.product((False, True), repeat=len(_FLAGS)):
        flags = dict(zip(_FLAGS, values, strict=True))
        content = _content(kind, opinion, flags)
        assert faults_of(content) == [], flags
        found = [paragraphs.kind for paragraphs in letter_of(Frame(content))]
        assert found == _expected(type2=type2, opinion=opinion, **(flags | {"none": flags["none"] and type2})), flags


_REPORTS = st.builds(
    _content,
    st.sampled_from(["soc2_type1", "soc2_type2", "soc1_type1", "soc1_type2"]),
    st.sampled_from(["unmodified", "qualified", "adverse", "disclaimer"]),
    st.fixed_dictionaries(dict.fromkeys(_FLAGS, st.booleans())),
)


@given(_REPORTS)
def test_no_report_on_a_soc_examination_says_certified_passed_or_compliant(content: SocContent) -> None:
    said = _text(document_of(content, draft=False)).replace(_INSTITUTE, "")
    assert _FORBIDDEN.findall(said) == []


@given(_REPORTS)
def test_the_sections_speak_of_the_same_days_and_the_same_controls(content: SocContent) -> None:
    document = document_of(content, draft=False)
    texts = [_text(_of(part)) for part in document.parts]
    about = {day_of(START), day_of(END)} if content.kind.endswith("type2") else {day_of(END)}
    for section in texts[:2]:
        assert set(_DATE.findall(section)) == about | {day_of(REPORTED)}
    described = {control.code for control in content.description.controls}
    assert described == set(re.findall(r"\b[A-Z]{2}-\d{2}\b", texts[3])) - {"UE-01"}
    assert set(re.findall(r"\b[A-Z]{2}-\d{2}\b", texts[0])) <= described


@given(_REPORTS)
def test_headings_skip_no_level(content: SocContent) -> None:
    for part in document_of(content, draft=False).parts:
        levels = [1, *(block.level for block in part.blocks if isinstance(block, Heading))]
        assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


@given(_REPORTS)
def test_conditions_of_the_opinion_are_there_only_with_controls_of_others(content: SocContent) -> None:
    frame = Frame(content)
    opinion = next(each for each in letter_of(frame) if each.kind == Kind.OPINION)
    said = _text(_of(Part("", opinion.blocks)))
    assert ("complementary" in said) == bool(frame.carved_out or frame.has_user_controls)


@given(st.integers(1, 60), st.integers(1, 60), st.sampled_from(list(Term)))
def test_deviations_are_told_with_how_many_were_tested(tested: int, deviating: int, term: Term) -> None:
    test = ControlTest.model_validate(a_test(DEVIATIONS | {"tested": tested, "deviating": min(tested, deviating)}))
    assert result_text(test, term).startswith(f"For {min(tested, deviating)} of {tested} employees who left, ")


@pytest.mark.parametrize(
    ("result", "said"),
    [
        ({"kind": "no_deviations"}, "No deviations noted."),
        (
            NO_OCCURRENCE,
            (
                "The circumstances that warrant this control did not occur in the period; operation was not tested."
                " No media with customer data was disposed of."
            ),
        ),
        (
            {"kind": "not_tested", "reason": "Access to the data center was refused"},
            "Not tested. Access to the data center was refused.",
        ),
        (
            {"kind": "replaced", "on": date(2026, 4, 1), "by": "AC-09"},
            "This control was replaced on April 1, 2026: see control no. AC-09.",
        ),
    ],
)
def test_the_text_of_a_result_follows_the_result(result: dict[str, Any], said: str) -> None:
    assert result_text(ControlTest.model_validate(a_test(result)), Term.DEVIATION) == said


def test_one_term_is_used_in_the_whole_report() -> None:
    said = _text(document_of(soc(term="exception", results={"AC-02": DEVIATIONS}), draft=False))
    assert "deviation" not in said.lower()
    assert "No exceptions noted." in said


def test_a_subservice_organization_need_not_be_named() -> None:
    content = soc(described={"subservice_organisations": [carved_out()]}, unnamed=[carved_out()["id"]])
    said = _text(document_of(content, draft=False))
    assert "Example Hosting" not in said
    assert "Subservice organization 1" in said


def test_a_soc_3_has_no_controls_no_tests_and_no_restriction() -> None:
    said = _text(document_of(soc("soc3", described=_EVERYTHING, results={"AC-02": DEVIATIONS}), draft=False))
    for absent in ("AC-01", "deviation", "intended solely", "DC section 200", "Section 3"):
        assert absent not in said
    for present in ("Attachment A", "Attachment B", "fairly stated", "99.9 %"):
        assert present in said


def test_soc_1_speaks_of_control_objectives_and_of_no_criteria_of_the_aicpa() -> None:
    said = _text(document_of(soc("soc1_type2", described=_EVERYTHING), draft=False))
    for absent in ("TSP", "DC section", "trust services", "service commitments"):
        assert absent not in said
    assert "the auditors of their financial statements" in said
