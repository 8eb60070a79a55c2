"""What the integrations service announces of connections to systems of tickets, and of the tickets in them."""

from typing import ClassVar
from uuid import UUID

from shared.events.event import Event


class AboutTicketConnection(Event):
    """Every event about a connection says which, to what, and how it stands; none says its address."""

    title: str
    system: str
    status: str
    owner_id: UUID


class TicketConnectionRegistered(AboutTicketConnection):
    """A system of tickets was connected; tickets are opened in it once a test has worked."""

    name: ClassVar[str] = "integrations.ticket_connection.registered"


class TicketConnectionRevised(AboutTicketConnection):
    """A connection was changed, or another person answers for it."""

    name: ClassVar[str] = "integrations.ticket_connection.revised"


class TicketCredentialReplaced(AboutTicketConnection):
    """A connection proves itself with another credential from now on."""

    name: ClassVar[str] = "integrations.ticket_connection.credential_replaced"


class TicketConnectionTested(AboutTicketConnection):
    """A test of a connection was asked for."""

    name: ClassVar[str] = "integrations.ticket_connection.tested"


class TicketConnectionActivated(AboutTicketConnection):
    """A test of a connection has worked: from now on its tickets are worked on."""

    name: ClassVar[str] = "integrations.ticket_connection.activated"


class TicketConnectionDisabled(AboutTicketConnection):
    """Nothing is asked through a connection until it is activated again; what is due for its tickets waits."""

    name: ClassVar[str] = "integrations.ticket_connection.disabled"

    disabled_for: str


class TicketConnectionRetired(AboutTicketConnection):
    """Nothing is asked through a connection any more, for good."""

    name: ClassVar[str] = "integrations.ticket_connection.retired"


class AboutTicketRule(Event):
    """Every event about a rule says which, and through which connection it opens tickets."""

    title: str
    connection_id: UUID
    status: str


class TicketRuleSetUp(AboutTicketRule):
    """What certain events are about has a ticket opened from now on."""

    name: ClassVar[str] = "integrations.ticket_rule.set_up"


class TicketRuleRevised(AboutTicketRule):
    """A rule that opens tickets was changed."""

    name: ClassVar[str] = "integrations.ticket_rule.revised"


class TicketRuleRetired(AboutTicketRule):
    """A rule opens no tickets any more."""

    name: ClassVar[str] = "integrations.ticket_rule.retired"


class TicketRuleCapped(AboutTicketRule):
    """A rule has opened as many tickets as it may on a day; what else it is for has none."""

    name: ClassVar[str] = "integrations.ticket_rule.capped"


class AboutTicket(Event):
    """Every event about a ticket says what it is about, through which connection, and how it stands."""

    connection_id: UUID
    system: str
    kind: str
    subject_id: UUID
    state: str
    category: str | None


class TicketRequested(AboutTicket):
    """A ticket is to be opened, as a person or a rule asked."""

    name: ClassVar[str] = "integrations.tracked_ticket.requested"

    rule_id: UUID | None


class TicketRetried(AboutTicket):
    """A ticket that failed is to be tried again."""

    name: ClassVar[str] = "integrations.tracked_ticket.retried"


class TicketOpened(AboutTicket):
    """A ticket is there in the system outside."""

    name: ClassVar[str] = "integrations.tracked_ticket.opened"


class TicketFailed(AboutTicket):
    """A ticket could not be opened, or is there no more."""

    name: ClassVar[str] = "integrations.tracked_ticket.failed"

    code: str


class TicketMoved(AboutTicket):
    """What the state of a ticket outside means is another than before."""

    name: ClassVar[str] = "integrations.tracked_ticket.moved"

    category_before: str | None


class TicketClosedOutside(AboutTicket):
    """A ticket was closed outside, while its subject is not over: whether what was done works is to be checked."""

    name: ClassVar[str] = "integrations.tracked_ticket.closed_outside"


class TicketClosed(AboutTicket):
    """A ticket is closed outside, and its subject is over."""

    name: ClassVar[str] = "integrations.tracked_ticket.closed"


class TicketReopened(AboutTicket):
    """A ticket that was closed outside is open there again."""

    name: ClassVar[str] = "integrations.tracked_ticket.reopened"


class TicketConflicted(AboutTicket):
    """A field was changed on both sides: a person decides whose value stands."""

    name: ClassVar[str] = "integrations.tracked_ticket.conflicted"

    field: str


class TicketSettled(AboutTicket):
    """A person decided whose value of a field stands."""

    name: ClassVar[str] = "integrations.tracked_ticket.settled"

    field: str
    keep: str


class TicketCapped(AboutTicket):
    """A ticket was written as often as it may be in an hour: something changes it back each time."""

    name: ClassVar[str] = "integrations.tracked_ticket.capped"
