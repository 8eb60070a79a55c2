"""What is known of an engagement on a day, by which its phases are decided. Pure.

It is asked in `services/audit/conduct/phase_moves/queries.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from services.audit.engagements.engagement_documents.models import DocumentKind
from services.audit.engagements.engagements.models import EngagementKind
from services.audit.engagements.team_members.models import Independence
from shared.identity.team_roles import TeamRole


@dataclass(frozen=True, slots=True)
class OnTeam:
    """A person on the team. `licensed` is whether they may sign the result of this engagement."""

    name: str
    role: TeamRole
    independence: Independence
    licensed: bool
    audits_own_work: bool = False


@dataclass(frozen=True, slots=True)
class Dated:
    """A document that counts, and which party recorded it."""

    kind: DocumentKind
    by_auditors: bool
    dated_on: date


@dataclass(frozen=True, slots=True)
class Work:
    """How far the firm's tests and judgements have come. The client's party sees none of it.

    `untested` counts controls in scope without a paper, `unreviewed` are the numbers of papers, `to_conclude` what
    nothing is concluded on.
    """

    untested: int = 0
    unreviewed: Sequence[int] = field(default=())
    items_undecided: int = 0
    to_conclude: Sequence[str] = field(default=())
    notes_open: int = 0
    deviations_unconcluded: int = 0
    findings_open: int = 0
    has_opinion: bool = False


@dataclass(frozen=True, slots=True)
class Followed:
    """The engagement before: whether its report was issued, and the numbers of its areas of concern that are open."""

    kind: EngagementKind
    is_reported: bool
    concerns: Sequence[int]


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of an engagement on a day. `why_no_licence` is why the firm may not do it, if it may not."""

    path: str
    kind: EngagementKind
    today: date
    last_day: date
    has_auditing_party: bool
    why_no_licence: str | None
    scope: int
    has_commitments: bool
    description_lacks: Sequence[str]
    includes_subservice: bool
    undecided: int
    unanswered: int = 0
    unreviewed: int = 0
    team: Sequence[OnTeam] = field(default=())
    documents: Sequence[Dated] = field(default=())
    report_issued: bool = False
    work: Work = field(default=Work())
    followed: Followed | None = None
    is_certified_or_refused: bool = False

    def has(self, kind: DocumentKind, *, by_auditors: bool, since: date | None = None) -> bool:
        """Whether a party has recorded such a document, dated on that day or later."""
        return any(
            (each.kind, each.by_auditors) == (kind, by_auditors) and (since is None or each.dated_on >= since)
            for each in self.documents
        )
