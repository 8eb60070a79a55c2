"""Which opinion follows from the conclusions on the subject matters. Pure functions.

Each subject matter is judged by itself; the report is called by the gravest. What is material is excepted from the
opinion, what is pervasive as well makes it adverse; where sufficient evidence could not be obtained it is qualified,
or disclaimed. A disclaimer stands alone (AT-C section 205). Controls that were not suitably designed in the period
cannot have achieved the commitments by operating, so that operation is no better than design (AICPA SOC 2 guide).
Neither deviations nor findings nor criteria are counted anywhere.
"""

from collections.abc import Mapping, Sequence

from services.audit.judgement.conclusions.models import ConclusionVerdict
from services.audit.judgement.matters.rules import bearing, supports
from services.audit.judgement.matters.schemas import MatterOut
from services.audit.wording.contents import OpinionKind, SubjectMatter
from shared.problems import Fault

Opinions = Mapping[SubjectMatter, OpinionKind]

_FOLLOWS = {
    ConclusionVerdict.UNMODIFIED: OpinionKind.UNMODIFIED,
    ConclusionVerdict.MATERIAL: OpinionKind.QUALIFIED,
    ConclusionVerdict.MATERIAL_AND_PERVASIVE: OpinionKind.ADVERSE,
    ConclusionVerdict.UNABLE: OpinionKind.QUALIFIED,
    ConclusionVerdict.UNABLE_AND_PERVASIVE: OpinionKind.DISCLAIMER,
}
_GRAVITY = tuple(OpinionKind)


def proposed(verdicts: Mapping[SubjectMatter, ConclusionVerdict]) -> dict[SubjectMatter, OpinionKind]:
    """What follows for each subject matter."""
    kinds = {subject: _FOLLOWS[verdict] for subject, verdict in verdicts.items()}
    if OpinionKind.DISCLAIMER in kinds.values():
        return dict.fromkeys(kinds, OpinionKind.DISCLAIMER)
    if SubjectMatter.OPERATION in kinds:
        kinds[SubjectMatter.OPERATION] = gravest(
            {name: kinds[name] for name in (SubjectMatter.DESIGN, SubjectMatter.OPERATION)}
        )
    return kinds


def gravest(kinds: Opinions) -> OpinionKind:
    """By what the report is called."""
    return max(kinds.values(), key=_GRAVITY.index)


def faults_of_decision(
    decided: Opinions,
    offered: Opinions,
    departure: str | None,
    matters: Mapping[SubjectMatter, Sequence[MatterOut]],
) -> list[Fault]:
    """It is about the subject matters of the engagement; a disclaimer is of all; another one than proposed says why.

    A modified opinion rests on `matters`, which the conclusions on the subject matters name.
    """
    faults = []
    if decided.keys() != offered.keys():
        faults.append(Fault("/subjects", f"are {', '.join(sorted(offered))}"))
    elif OpinionKind.DISCLAIMER in decided.values() and len(set(decided.values())) > 1:
        faults.append(Fault("/subjects", "a disclaimer is one of all subject matters"))
    elif decided != offered and departure is None:
        faults.append(Fault("/departure", "required: another opinion was proposed"))
    return faults or [
        Fault(f"/subjects/{subject}", f"no matter is concluded that is a ground for {kind}: conclude on {subject} anew")
        for subject, kind in decided.items()
        if not supports(kind, bearing(subject, kind, matters))
    ]
