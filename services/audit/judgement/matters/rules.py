"""What a matter concerns, and which matters an opinion rests on. Pure functions.

AT-C section 205: a modified opinion says in its basis what modifies it. What was found leads to a qualified or an
adverse opinion; evidence that could not be obtained leads to a qualified opinion or to a disclaimer.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from services.audit.judgement.matters.schemas import MatterDraft, MatterOut
from services.audit.wording.contents import OpinionKind, SubjectMatter
from shared.problems import Fault


@dataclass(frozen=True, slots=True)
class ConcludedFinding:
    """A finding that is concluded."""

    id: UUID
    text: str
    control: str
    criteria: Sequence[str]


@dataclass(frozen=True, slots=True)
class FallenShort:
    """What of the engagement is not concluded as good.

    `criteria` maps each one that is not met to whether that is for want of evidence; `commitments` are texts with the
    criteria that judge them, None where the kind of engagement has none.
    """

    criteria: Mapping[str, bool]
    commitments: Sequence[tuple[str, frozenset[str]]] | None


def matter_of(
    draft: MatterDraft, finding: ConcludedFinding | None, short: FallenShort, *, for_want_of_evidence: bool
) -> MatterOut:
    """The matter with all that it concerns.

    `for_want_of_evidence` is what the conclusion on the subject matter says, for a matter that concerns no criterion.
    """
    named = finding.criteria if finding else draft.criteria
    criteria = [each for each in named if each in short.criteria]
    lacking = all(short.criteria[each] for each in criteria) if criteria else for_want_of_evidence
    return MatterOut(
        finding_id=draft.finding_id,
        text=finding.text if finding else draft.text or "",
        effect=draft.effect,
        controls=[finding.control] if finding else [],
        criteria=criteria,
        commitments=[text for text, judged_by in short.commitments or () if judged_by & set(criteria)],
        limitation=finding is None and lacking,
    )


def faults_of_matter(draft: MatterDraft, matter: MatterOut | None, subject: str, short: FallenShort) -> Iterator[Fault]:
    """What does not go together, with pointers into the draft; `matter` is None when its finding is not concluded."""
    if matter is None:
        yield Fault("/finding_id", "no concluded finding of this engagement")
        return
    for place, criterion in enumerate(draft.criteria):
        if criterion not in short.criteria:
            yield Fault(f"/criteria/{place}", f"{criterion} is not concluded as not met, or as unable")
    if subject == SubjectMatter.DESCRIPTION:
        return
    pointer = "/finding_id" if draft.finding_id else "/criteria"
    if not matter.criteria:
        yield Fault(pointer, "concerns no criterion that is concluded as not met, or as unable")
    elif short.commitments is not None and not matter.commitments:
        yield Fault(
            pointer, "no service commitment or system requirement is concluded as not achieved that its criteria judge"
        )


def bearing(
    subject: SubjectMatter, kind: OpinionKind, own: Mapping[SubjectMatter, Sequence[MatterOut]]
) -> list[MatterOut]:
    """The matters that an opinion of this kind on a subject matter rests on, each once.

    A disclaimer is one of all subject matters, for evidence that could not be obtained on any. What makes the design
    unsuitable keeps operation from achieving anything.
    """
    if kind == OpinionKind.UNMODIFIED:
        return []
    if kind == OpinionKind.DISCLAIMER:
        found = [each for every in own.values() for each in every if each.limitation]
    elif subject == SubjectMatter.OPERATION:
        found = [*own.get(SubjectMatter.DESIGN, ()), *own.get(subject, ())]
    else:
        found = [*own.get(subject, ())]
    return [each for place, each in enumerate(found) if each not in found[:place]]


def supports(kind: OpinionKind, matters: Sequence[MatterOut]) -> bool:
    """Whether matters are grounds for such an opinion."""
    if kind == OpinionKind.UNMODIFIED:
        return True
    if kind == OpinionKind.ADVERSE:
        return any(not each.limitation for each in matters)
    return bool(matters)
