"""What the integrations service announces of facts that it learnt from other systems."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from pydantic import BaseModel

from shared.events.event import Event


class NamedRequirement(BaseModel):
    """A requirement that a tool says it tests, in the tool's own words."""

    framework: str
    requirement: str


class AboutFact(Event):
    """Every fact says which source told it, what it is about in the source's words, and its state.

    `evidence` is for checks: whether it may prove something, which the run of a fork or of another branch may not.
    A result file has no source that is registered: `source_id` is null, and `source` is the name that was given.
    `replaces` is the fact that was made of the same event by other rules, and meant something else.
    """

    source_id: UUID | None
    source: str
    source_kind: str
    thing: str
    run: str | None
    state: str
    observed_at: datetime
    evidence: bool | None
    url: str | None
    replaces: UUID | None = None


class CheckReported(AboutFact):
    """Another system reported what a check came to: pass, fail, error, inconclusive or not_applicable.

    `tool` is what a result file names; `requirements` are those that it says the check tests.
    """

    name: ClassVar[str] = "integrations.check.reported"

    tool: str | None = None
    requirements: tuple[NamedRequirement, ...] = ()


class TicketChanged(AboutFact):
    """A ticket of another system changed: open, in_progress, done or dropped."""

    name: ClassVar[str] = "integrations.ticket.changed"


class VulnerabilityReported(AboutFact):
    """Another system reported a vulnerability: open, fixed or dismissed."""

    name: ClassVar[str] = "integrations.vulnerability.reported"


class PersonJoinedElsewhere(AboutFact):
    """A person may act in another system from now on."""

    name: ClassVar[str] = "integrations.person.joined"


class PersonMovedElsewhere(AboutFact):
    """A person was given access to something in another system, or it was taken from them: granted or revoked."""

    name: ClassVar[str] = "integrations.person.moved"


class PersonLeftElsewhere(AboutFact):
    """A person may act in another system no more."""

    name: ClassVar[str] = "integrations.person.left"
