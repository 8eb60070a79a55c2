"""What the controls service announces of programmes, of what is in their scope, and of statements of applicability."""

from typing import ClassVar
from uuid import UUID

from shared.events.event import Event


class _Programme(Event):
    """Every event about a programme says which, and what it goes for."""

    title: str
    report_type: str


class ProgrammeRevised(_Programme):
    """A programme's scope, system, owner or target date changed."""

    name: ClassVar[str] = "controls.programme.revised"

    categories: list[str]


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
