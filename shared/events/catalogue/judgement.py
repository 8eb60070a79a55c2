"""What the audit service announces of conclusions and opinions, in the firm's own chain."""

from typing import ClassVar
from uuid import UUID

from shared.events.event import Event


class _Conclusion(Event):
    """Every event about a conclusion says on what, and what was concluded."""

    engagement_id: UUID
    about: str
    ref: str
    verdict: str


class ConclusionReached(_Conclusion):
    """A person concluded; the reason is theirs."""

    name: ClassVar[str] = "audit.conclusion.reached"


class ConclusionReplaced(_Conclusion):
    """A later conclusion on the same took its place."""

    name: ClassVar[str] = "audit.conclusion.replaced"


class ConclusionVoided(_Conclusion):
    """Something that it rests on changed."""

    name: ClassVar[str] = "audit.conclusion.voided"


class _Opinion(Event):
    """Every event about an opinion says what was decided, on each subject matter; `kind` is the gravest."""

    engagement_id: UUID
    kind: str
    subjects: dict[str, str]


class OpinionDecided(_Opinion):
    """A licensed person decided the opinion; `departs` when another one was proposed."""

    name: ClassVar[str] = "audit.opinion.decided"

    departs: bool


class OpinionReplaced(_Opinion):
    """A later decision took its place."""

    name: ClassVar[str] = "audit.opinion.replaced"


class OpinionVoided(_Opinion):
    """Something below it changed."""

    name: ClassVar[str] = "audit.opinion.voided"
