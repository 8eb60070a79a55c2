"""Which opinion follows from which conclusions, and what voids them: rules in process."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.audit.engagements.engagements.models import EngagementKind
from services.audit.judgement.conclusions.models import ConclusionAbout, ConclusionVerdict
from services.audit.judgement.conclusions.rules import (
    CommitmentFact,
    Grounds,
    PaperFact,
    StandingConclusion,
    basis_of,
    faults_of_matters,
    fits,
    stale,
    what_is_open,
)
from services.audit.judgement.matters.rules import ConcludedFinding, bearing, faults_of_matter, matter_of, supports
from services.audit.judgement.matters.schemas import MatterDraft, MatterOut
from services.audit.judgement.opinions.queries import verdicts_of
from services.audit.judgement.opinions.rules import faults_of_decision, gravest, proposed
from services.audit.wording.contents import OpinionKind, SubjectMatter

_ON_SUBJECTS = [each for each in ConclusionVerdict if fits(ConclusionAbout.SUBJECT_MATTER, each)]
_VERDICTS = st.fixed_dictionaries(dict.fromkeys(SubjectMatter, st.sampled_from(_ON_SUBJECTS)))
_BELOW = st.lists(
    st.tuples(
        st.sampled_from(["soc2:CC6.1", "soc2:CC6.2", "soc2:A1.2"]), st.sampled_from(["met", "not_met", "unable"])
    ),
    max_size=20,
)


def said(about: ConclusionAbout, ref: str, verdict: str, rests_on: dict[str, int] | None = None) -> StandingConclusion:
    return StandingConclusion(f"{about}/{ref}", about, ref, ConclusionVerdict(verdict), "So.", rests_on or {})


def paper(number: int, *criteria: str, **changes: Any) -> PaperFact:
    return replace(PaperFact(f"p{number}", number, 1, True, criteria), **changes)


@given(verdicts=_VERDICTS, below=_BELOW, papers=st.integers(0, 50), deviations=st.integers(0, 500))
def test_the_opinion_never_follows_from_a_count(
    verdicts: dict[SubjectMatter, ConclusionVerdict], below: list[tuple[str, str]], papers: int, deviations: int
) -> None:
    """However many criteria are not met and however many deviations there are, the verdicts alone decide."""
    on_subjects = [said(ConclusionAbout.SUBJECT_MATTER, name, verdict) for name, verdict in verdicts.items()]
    beside = {f"d{number}": 1 for number in range(deviations)}
    many = Grounds(
        EngagementKind.SOC2_TYPE2,
        [paper(number, "soc2:CC6.1", beside=beside) for number in range(papers)],
        [],
        [*on_subjects, *(said(ConclusionAbout.CRITERION, ref, verdict) for ref, verdict in below)],
    )
    none = Grounds(EngagementKind.SOC2_TYPE2, [], [], on_subjects)
    assert proposed(verdicts_of(many)) == proposed(verdicts_of(none)) == proposed(verdicts)


@given(verdicts=_VERDICTS)
def test_a_disclaimer_stands_alone_and_operation_is_no_better_than_design(
    verdicts: dict[SubjectMatter, ConclusionVerdict],
) -> None:
    kinds = proposed(verdicts)
    gravity = list(OpinionKind)
    assert (OpinionKind.DISCLAIMER in kinds.values()) == (ConclusionVerdict.UNABLE_AND_PERVASIVE in verdicts.values())
    assert OpinionKind.DISCLAIMER not in kinds.values() or len(set(kinds.values())) == 1
    assert gravity.index(kinds[SubjectMatter.OPERATION]) >= gravity.index(kinds[SubjectMatter.DESIGN])
    assert gravest(kinds) == max(kinds.values(), key=gravity.index)
    clean = all(verdict == ConclusionVerdict.UNMODIFIED for verdict in verdicts.values())
    assert (gravest(kinds) == OpinionKind.UNMODIFIED) == clean


@pytest.mark.parametrize(
    ("verdict", "kind"),
    [
        ("unmodified", "unmodified"),
        ("material", "qualified"),
        ("material_and_pervasive", "adverse"),
        ("unable", "qualified"),
        ("unable_and_pervasive", "disclaimer"),
    ],
)
def test_what_follows_for_a_subject_matter(verdict: str, kind: str) -> None:
    both = {SubjectMatter.DESCRIPTION: ConclusionVerdict.UNMODIFIED, SubjectMatter.DESIGN: ConclusionVerdict(verdict)}
    assert gravest(proposed(both)) == kind


def test_another_opinion_than_proposed_says_why() -> None:
    offered = dict.fromkeys(SubjectMatter, OpinionKind.UNMODIFIED)
    other = offered | {SubjectMatter.DESIGN: OpinionKind.QUALIFIED}
    mixed = offered | {SubjectMatter.DESIGN: OpinionKind.DISCLAIMER}
    matters = {SubjectMatter.DESIGN: [FOUND]}
    assert faults_of_decision(offered, offered, None, {}) == []
    assert faults_of_decision(other, offered, "The matter is material.", matters) == []
    assert [each.pointer for each in faults_of_decision(other, offered, "It is.", {})] == ["/subjects/design"]
    assert [each.pointer for each in faults_of_decision(other, offered, None, matters)] == ["/departure"]
    assert [each.pointer for each in faults_of_decision(mixed, offered, "Why", matters)] == ["/subjects"]
    fewer = {SubjectMatter.DESIGN: OpinionKind.UNMODIFIED}
    assert [each.pointer for each in faults_of_decision(fewer, offered, None, {})] == ["/subjects"]


FOUND = MatterOut(
    finding_id=None,
    text="Service accounts were left out of the review.",
    effect="Access that is no longer needed might not be detected.",
    controls=["AC-01"],
    criteria=["soc2:CC6.1"],
    commitments=["Documents are seen by their owner only."],
    limitation=False,
)
WANTING = FOUND.model_copy(update={"text": "Tickets were deleted.", "controls": [], "limitation": True})


def test_which_matters_an_opinion_rests_on() -> None:
    design, operation = SubjectMatter.DESIGN, SubjectMatter.OPERATION
    own = {design: [FOUND], operation: [FOUND, WANTING]}
    assert bearing(design, OpinionKind.QUALIFIED, own) == [FOUND]
    assert bearing(operation, OpinionKind.QUALIFIED, own) == [FOUND, WANTING]
    assert bearing(operation, OpinionKind.QUALIFIED, {design: [FOUND], operation: []}) == [FOUND]
    assert bearing(design, OpinionKind.DISCLAIMER, own) == [WANTING]
    assert bearing(design, OpinionKind.UNMODIFIED, own) == []
    assert not supports(OpinionKind.ADVERSE, [WANTING])
    assert supports(OpinionKind.ADVERSE, [WANTING, FOUND])
    assert not supports(OpinionKind.QUALIFIED, [])


def test_what_a_matter_concerns_follows_from_what_is_concluded_below() -> None:
    refs = {"soc2:CC6.1": "not_met", "soc2:CC6.2": "unable", "soc2:A1.2": "met"}
    below = [said(ConclusionAbout.CRITERION, ref, verdict) for ref, verdict in refs.items()]
    papers = [paper(1, *refs)]
    commitments = [CommitmentFact("c1", "Seen by few.", ["CC6.1", "A1.2"]), CommitmentFact("c2", "Up.", ["A1.2"])]
    missed = [said(ConclusionAbout.COMMITMENT, each.id, "not_achieved") for each in commitments]
    short = Grounds(EngagementKind.SOC2_TYPE2, papers, commitments, [*below, *missed]).fallen_short
    finding = ConcludedFinding(UUID(int=1), "Left out.", "AC-01", ["soc2:CC6.1", "soc2:A1.2"])
    matter = matter_of(MatterDraft(finding_id=finding.id, effect="So."), finding, short, for_want_of_evidence=False)
    assert (matter.text, matter.controls, matter.criteria) == ("Left out.", ["AC-01"], ["soc2:CC6.1"])
    assert (matter.commitments, matter.limitation) == (["Seen by few."], False)
    draft = MatterDraft(text="Deleted.", effect="So.", criteria=["soc2:CC6.2"])
    wanting = matter_of(draft, None, short, for_want_of_evidence=False)
    assert (wanting.commitments, wanting.limitation) == ([], True)
    assert [each.pointer for each in faults_of_matter(draft, wanting, "design", short)] == ["/criteria"]
    assert [*faults_of_matter(draft, wanting, "description", short)] == []
    met = MatterDraft(text="Deleted.", effect="So.", criteria=["soc2:A1.2"])
    of_met = matter_of(met, None, short, for_want_of_evidence=False)
    assert [each.pointer for each in faults_of_matter(met, of_met, "design", short)] == ["/criteria/0", "/criteria"]
    assert [each.pointer for each in faults_of_matter(met, None, "design", short)] == ["/finding_id"]


@pytest.mark.parametrize(
    ("verdict", "matters", "faulty"),
    [
        ("unmodified", [], False),
        ("unmodified", [FOUND], True),
        ("material", [], True),
        ("material", [FOUND, WANTING], False),
        ("material", [WANTING], True),
        ("material_and_pervasive", [FOUND], False),
        ("unable", [WANTING], False),
        ("unable", [FOUND], True),
        ("unable_and_pervasive", [FOUND, WANTING], True),
    ],
)
def test_a_subject_matter_names_matters_of_its_kind(verdict: str, matters: list[MatterOut], *, faulty: bool) -> None:
    key = (ConclusionAbout.SUBJECT_MATTER, "design")
    assert bool([*faults_of_matters(key, ConclusionVerdict(verdict), matters)]) == faulty
    criterion = (ConclusionAbout.CRITERION, "soc2:CC6.1")
    assert bool([*faults_of_matters(criterion, ConclusionVerdict.NOT_MET, matters)]) == bool(matters)


GROUNDS = Grounds(
    EngagementKind.SOC2_TYPE2,
    [paper(1, "soc2:CC6.1", "iso27001:A.5.15"), paper(2, "soc2:CC6.1", "soc2:CC6.2")],
    [CommitmentFact("c1", "Documents are available.", ["CC6.1"])],
    [],
)


def test_what_is_concluded_on_and_from_what() -> None:
    refs = [ref for _, ref in GROUNDS.keys]
    assert refs == ["soc2:CC6.1", "soc2:CC6.2", "c1", "description", "design", "operation"]
    assert [ref for _, ref in replace(GROUNDS, kind=EngagementKind.ISO27001_STAGE2).keys] == [
        "iso27001:A.5.15",
        "soc2:CC6.1",
        "soc2:CC6.2",
    ]
    assert what_is_open((ConclusionAbout.CRITERION, "soc2:CC6.1"), GROUNDS) == []
    open_paper = replace(GROUNDS, papers=[paper(1, "soc2:CC6.1", is_reviewed=False)])
    assert what_is_open((ConclusionAbout.CRITERION, "soc2:CC6.1"), open_paper) == ["Paper 1 is not reviewed."]
    assert what_is_open((ConclusionAbout.COMMITMENT, "c1"), GROUNDS) == ["Nothing is concluded on soc2:CC6.1."]
    assert len(what_is_open((ConclusionAbout.SUBJECT_MATTER, "design"), GROUNDS)) == 3


def _all_concluded(grounds: Grounds) -> Grounds:
    verdicts = {ConclusionAbout.CRITERION: "met", ConclusionAbout.COMMITMENT: "achieved"}
    for key in grounds.keys:
        made = said(*key, verdicts.get(key[0], "unmodified"), basis_of(key, grounds))
        grounds = replace(grounds, standing=[*grounds.standing, made])
    return grounds


@pytest.mark.parametrize(
    ("papers", "voided"),
    [
        ([paper(1, "soc2:CC6.1"), paper(2, "soc2:CC6.1", "soc2:CC6.2")], []),
        (
            [paper(1, "soc2:CC6.1"), paper(2, "soc2:CC6.1", "soc2:CC6.2", edition=2)],
            ["soc2:CC6.1", "soc2:CC6.2", "c1", "description", "design", "operation"],
        ),
        (
            [paper(1, "soc2:CC6.1", is_reviewed=False), paper(2, "soc2:CC6.1", "soc2:CC6.2")],
            ["soc2:CC6.1", "c1", "description", "design", "operation"],
        ),
        (
            [paper(1, "soc2:CC6.1", beside={"d1": 1}), paper(2, "soc2:CC6.1", "soc2:CC6.2")],
            ["soc2:CC6.1", "c1", "description", "design", "operation"],
        ),
    ],
)
def test_what_changes_voids_what_rests_on_it_and_nothing_else(papers: list[PaperFact], voided: list[str]) -> None:
    concluded = _all_concluded(GROUNDS)
    assert [*stale(concluded)] == []
    changed = replace(concluded, papers=papers, commitments=[])
    assert [each.ref for each in stale(changed)] == voided


def test_a_criterion_that_is_concluded_later_was_not_taken_into_account() -> None:
    concluded = _all_concluded(GROUNDS)
    later = said(ConclusionAbout.CRITERION, "soc2:A1.2", "met", {"p3": 1})
    changed = replace(
        concluded, papers=[*concluded.papers, paper(3, "soc2:A1.2")], standing=[*concluded.standing, later]
    )
    assert [each.ref for each in stale(changed)] == ["description", "design", "operation"]
