"""What the audit service announces of proposals of engagements to firms, in the client's organisation."""

from typing import ClassVar
from uuid import UUID

from shared.events.event import Event


class AboutProposal(Event):
    """Every event about a proposal says which engagement, and which firm was asked."""

    engagement_id: UUID
    firm_id: UUID
    title: str
    kind: str


class ProposalMade(AboutProposal):
    """A client proposed an engagement to a firm."""

    name: ClassVar[str] = "audit.engagement_proposal.made"


class ProposalAccepted(AboutProposal):
    """The firm accepted the engagement."""

    name: ClassVar[str] = "audit.engagement_proposal.accepted"


class ProposalDeclined(AboutProposal):
    """The firm declined the engagement, for the reason given."""

    name: ClassVar[str] = "audit.engagement_proposal.declined"


class ProposalWithdrawn(AboutProposal):
    """The client proposes the engagement to the firm no longer, for the reason given."""

    name: ClassVar[str] = "audit.engagement_proposal.withdrawn"
