"""What is concluded on, from what, and what that says. Pure functions.

Since the 2017 criteria the opinions on design and operation are about whether service commitments and system
requirements were achieved, based on the criteria. Each subject matter is judged by itself (AICPA SOC 2 guide); the
description also says whether the system was designed and implemented.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from services.audit.description.described_engagements.rules import DESCRIBED, OVER_A_PERIOD, SOC2
from services.audit.engagements.engagements.models import EngagementKind
from services.audit.judgement.conclusions.models import ConclusionAbout, ConclusionVerdict
from services.audit.judgement.matters.rules import FallenShort
from services.audit.judgement.matters.schemas import MatterOut
from services.audit.wording.contents import SubjectMatter
from shared.problems import Fault

_V = ConclusionVerdict
_VERDICTS = {
    ConclusionAbout.CRITERION: frozenset({_V.MET, _V.NOT_MET, _V.UNABLE}),
    ConclusionAbout.COMMITMENT: frozenset({_V.ACHIEVED, _V.NOT_ACHIEVED, _V.UNABLE}),
    ConclusionAbout.SUBJECT_MATTER: frozenset(
        {_V.UNMODIFIED, _V.MATERIAL, _V.MATERIAL_AND_PERVASIVE, _V.UNABLE, _V.UNABLE_AND_PERVASIVE}
    ),
}
_SHORT = frozenset({_V.NOT_MET, _V.NOT_ACHIEVED, _V.UNABLE})
_UNABLE = frozenset({_V.UNABLE, _V.UNABLE_AND_PERVASIVE})
_CRITERION = ConclusionAbout.CRITERION
_SOC2 = "soc2:"

Key = tuple[ConclusionAbout, str]


@dataclass(frozen=True, slots=True)
class PaperFact:
    """A paper: what it answers, the edition that was reviewed, and what else bears on its control."""

    id: str
    number: int
    edition: int
    is_reviewed: bool
    criteria: Sequence[str]
    beside: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CommitmentFact:
    """A commitment in force: which criteria it is judged by."""

    id: str
    text: str
    criteria: Sequence[str]

    @property
    def key(self) -> Key:
        return ConclusionAbout.COMMITMENT, self.id


@dataclass(frozen=True, slots=True)
class StandingConclusion:
    """A conclusion that stands."""

    id: str
    about: ConclusionAbout
    ref: str
    verdict: ConclusionVerdict
    reason: str
    rests_on: Mapping[str, int]
    matters: Sequence[MatterOut] = field(default=())

    @property
    def key(self) -> Key:
        return self.about, self.ref


@dataclass(frozen=True, slots=True)
class Grounds:
    """What conclusions of an engagement rest on, as it is now."""

    kind: EngagementKind
    papers: Sequence[PaperFact]
    commitments: Sequence[CommitmentFact]
    standing: Sequence[StandingConclusion]

    @property
    def criteria(self) -> list[str]:
        """The criteria that tested controls answer; in a SOC 2 the Trust Services Criteria among them."""
        answered = {criterion for paper in self.papers for criterion in paper.criteria}
        of_framework = {criterion for criterion in answered if criterion.startswith(_SOC2)}
        return sorted(of_framework if self.kind in SOC2 else answered)

    @property
    def subjects(self) -> list[str]:
        """The subject matters of this kind; an ISO audit and readiness have none."""
        if self.kind not in DESCRIBED:
            return []
        return [each.value for each in SubjectMatter if each != SubjectMatter.OPERATION or self.kind in OVER_A_PERIOD]

    @property
    def keys(self) -> list[Key]:
        """All that has to be concluded, from below upwards."""
        return [
            *((ConclusionAbout.CRITERION, criterion) for criterion in self.criteria),
            *((ConclusionAbout.COMMITMENT, each.id) for each in self.commitments if self.kind in SOC2),
            *((ConclusionAbout.SUBJECT_MATTER, subject) for subject in self.subjects),
        ]

    @property
    def fallen_short(self) -> FallenShort:
        """Which criteria are not concluded as met, and which commitments are not concluded as achieved."""
        short = {each.key: each.verdict for each in self.standing if each.verdict in _SHORT}
        criteria = {ref: verdict == _V.UNABLE for (about, ref), verdict in short.items() if about == _CRITERION}
        if self.kind not in SOC2:
            return FallenShort(criteria, None)
        missed = [each for each in self.commitments if (ConclusionAbout.COMMITMENT, each.id) in short]
        judged = [(each.text, frozenset(each for _, each in self.below(each.key))) for each in missed]
        return FallenShort(criteria, judged)

    def papers_on(self, criterion: str) -> list[PaperFact]:
        """The papers of controls that answer a criterion."""
        return [paper for paper in self.papers if criterion in paper.criteria]

    def below(self, key: Key) -> list[Key]:
        """What has to be concluded before this: the criteria of a commitment; all of them before a subject matter."""
        about, ref = key
        if about == ConclusionAbout.CRITERION:
            return []
        if about == ConclusionAbout.SUBJECT_MATTER:
            return [each for each in self.keys if each[0] != ConclusionAbout.SUBJECT_MATTER]
        commitment = next((each for each in self.commitments if each.id == ref), None)
        named = set(commitment.criteria if commitment else ())
        # A commitment names criteria by their references; a paper's come with the framework.
        return [each for each in self.keys if each[0] == ConclusionAbout.CRITERION and _is_named(each[1], named)]


def _is_named(criterion: str, named: set[str]) -> bool:
    return criterion in named or criterion.rpartition(":")[2] in named


def fits(about: ConclusionAbout, verdict: ConclusionVerdict) -> bool:
    """Whether such a thing can be concluded on so."""
    return verdict in _VERDICTS[about]


def faults_of_matters(key: Key, verdict: ConclusionVerdict, matters: Sequence[MatterOut]) -> Iterator[Fault]:
    """A subject matter that is not concluded as unmodified has matters of the kind that its verdict names.

    Nothing else has matters.
    """
    if key[0] != ConclusionAbout.SUBJECT_MATTER or verdict == _V.UNMODIFIED:
        if matters:
            yield Fault("/matters", "only of a subject matter whose conclusion is not unmodified")
    elif not matters:
        yield Fault("/matters", f"required for {verdict}")
    elif verdict in _UNABLE:
        if not all(each.limitation for each in matters):
            yield Fault("/matters", f"{verdict} rests on evidence that could not be obtained")
    elif all(each.limitation for each in matters):
        yield Fault("/matters", f"{verdict} rests on something that was found")


def is_for_want_of_evidence(verdict: ConclusionVerdict) -> bool:
    """Whether sufficient evidence could not be obtained."""
    return verdict in _UNABLE


def what_is_open(key: Key, grounds: Grounds) -> list[str]:
    """What has to be there before a conclusion: reviewed papers, or conclusions on what is below."""
    about, ref = key
    if about == ConclusionAbout.CRITERION:
        return [f"Paper {paper.number} is not reviewed." for paper in grounds.papers_on(ref) if not paper.is_reviewed]
    concluded = {each.key for each in grounds.standing}
    return [f"Nothing is concluded on {below[1]}." for below in grounds.below(key) if below not in concluded]


def basis_of(key: Key, grounds: Grounds) -> dict[str, int]:
    """What a conclusion rests on, as it is now: reviewed papers and what bears on their controls, or conclusions."""
    about, ref = key
    if about == ConclusionAbout.CRITERION:
        papers = grounds.papers_on(ref)
        beside = {name: version for paper in papers for name, version in paper.beside.items()}
        return beside | {paper.id: paper.edition for paper in papers if paper.is_reviewed}
    below = set(grounds.below(key))
    return {each.id: 1 for each in grounds.standing if each.key in below}


def stale(grounds: Grounds) -> Iterator[StandingConclusion]:
    """The conclusions that rest on something that has changed, and those above them.

    A criterion rests on its papers as they are, a commitment on conclusions that stand, a subject matter on all of
    them: one that came later was not taken into account.
    """
    standing: list[StandingConclusion] = []
    for about in ConclusionAbout:
        ids = {each.id for each in standing}
        for each in grounds.standing:
            if each.about != about:
                continue
            match about:
                case ConclusionAbout.CRITERION:
                    holds = dict(each.rests_on) == basis_of(each.key, grounds)
                case ConclusionAbout.COMMITMENT:
                    holds = each.rests_on.keys() <= ids
                case ConclusionAbout.SUBJECT_MATTER:
                    holds = each.rests_on.keys() == ids
            if holds and about != ConclusionAbout.SUBJECT_MATTER:
                standing.append(each)
            elif not holds:
                yield each
