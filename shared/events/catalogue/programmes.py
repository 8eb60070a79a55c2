"""What the controls service announces of programmes, of what is in their scope, and of statements of applicability."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from shared.events.event import Event


class _Programme(Event):
    """Every event about a programme says which, and what it goes for."""

    title: str
    report_type: str


class ProgrammeRevised(_Programme):
    """A programme's scope, system, owner, dates or target date changed."""

    name: ClassVar[str] = "controls.programme.revised"

    categories: list[str]
    asset_ids: list[UUID] = Field(default_factory=list)
    as_of_date: date | None = None
    period_start: date | None = None
    period_end: date | None = None


class ProgrammeCompleted(_Programme):
    """A programme has come to what it went for."""

    name: ClassVar[str] = "controls.programme.completed"


class ProgrammeWithdrawn(_Programme):
    """An organisation no longer goes for it."""

    name: ClassVar[str] = "controls.programme.withdrawn"


class _Decision(Event):
    """Every event about a scope decision says which requirement of which programme it is about, and how it went."""

    programme_id: UUID
    requirement: str
    relevant: bool


class ScopeDecisionProposed(_Decision):
    """A requirement was said not to be relevant; someone else has to approve it."""

    name: ClassVar[str] = "controls.scope_decision.proposed"


class ScopeDecisionTaken(_Decision):
    """A decision on a requirement is in force: why it is in scope, or, approved by another, why it is not."""

    name: ClassVar[str] = "controls.scope_decision.taken"


class ScopeDecisionRevised(_Decision):
    """The reason of a decision changed."""

    name: ClassVar[str] = "controls.scope_decision.revised"


class ScopeDecisionWithdrawn(_Decision):
    """A decision on a requirement was turned down or taken back."""

    name: ClassVar[str] = "controls.scope_decision.withdrawn"


class _Commitment(Event):
    """Every event about a service commitment or system requirement says what it is, and which criteria judge it."""

    programme_id: UUID
    kind: str
    text: str
    criteria: list[str]


class CommitmentRecorded(_Commitment):
    """A service commitment or system requirement of a SOC 2 was recorded."""

    name: ClassVar[str] = "controls.commitment.recorded"


class CommitmentRevised(_Commitment):
    """A commitment's text, kind, source or criteria changed."""

    name: ClassVar[str] = "controls.commitment.revised"


class CommitmentWithdrawn(_Commitment):
    """A commitment is none any longer; it stays on record."""

    name: ClassVar[str] = "controls.commitment.withdrawn"


class _InterestedParty(Event):
    """Every event about an interested party says which."""

    programme_id: UUID
    party: str


class InterestedPartyRecorded(_InterestedParty):
    """A party was recorded that is relevant to an information security management system."""

    name: ClassVar[str] = "controls.interested_party.recorded"


class InterestedPartyRevised(_InterestedParty):
    """The name of an interested party, or what it requires, changed."""

    name: ClassVar[str] = "controls.interested_party.revised"


class InterestedPartyWithdrawn(_InterestedParty):
    """A party is not relevant any longer; it stays on record."""

    name: ClassVar[str] = "controls.interested_party.withdrawn"


class _SecurityObjective(Event):
    """Every event about an information security objective says which, and by when it is to be achieved."""

    programme_id: UUID
    title: str
    due_on: date


class SecurityObjectiveSet(_SecurityObjective):
    """An information security objective was set."""

    name: ClassVar[str] = "controls.security_objective.set"


class SecurityObjectiveRevised(_SecurityObjective):
    """What is aimed at changed, or how, by whom or until when."""

    name: ClassVar[str] = "controls.security_objective.revised"


class SecurityObjectiveWithdrawn(_SecurityObjective):
    """It is no objective any longer; it stays on record."""

    name: ClassVar[str] = "controls.security_objective.withdrawn"


class _Statement(Event):
    """Every event about a Statement of Applicability says which version it is, and how much it states."""

    programme_id: UUID
    number: int
    applicable: int
    excluded: int


class StatementDrafted(_Statement):
    """A version of the Statement of Applicability was written."""

    name: ClassVar[str] = "controls.statement_of_applicability.drafted"


class StatementLinesApproved(_Statement):
    """Someone other than its author approved lines of a Statement of Applicability."""

    name: ClassVar[str] = "controls.statement_of_applicability.lines_approved"

    refs: list[str]


class StatementApproved(_Statement):
    """Someone other than its author approved a Statement of Applicability."""

    name: ClassVar[str] = "controls.statement_of_applicability.approved"


class StatementSuperseded(_Statement):
    """Another version was approved in its place."""

    name: ClassVar[str] = "controls.statement_of_applicability.superseded"


class StatementWithdrawn(_Statement):
    """A draft is not what shall be stated."""

    name: ClassVar[str] = "controls.statement_of_applicability.withdrawn"
