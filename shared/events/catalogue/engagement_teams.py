"""What the audit service announces of the teams of engagements, to the organisation whose people they are."""

from typing import ClassVar
from uuid import UUID

from shared.events.event import Event


class AboutTeamMember(Event):
    """Every event about a team member says who is what in which engagement, for which client.

    `independence` is `unconfirmed`, `confirmed` or `withdrawn`; a member whose independence is confirmed can sign in to
    the engagement.
    """

    engagement_id: UUID
    client_id: UUID
    person_id: UUID
    role: str
    independence: str


class TeamMemberAssigned(AboutTeamMember):
    """A person is on the team of an engagement."""

    name: ClassVar[str] = "audit.team_member.assigned"


class TeamMemberReassigned(AboutTeamMember):
    """A person has another role on the team, and confirms independence anew."""

    name: ClassVar[str] = "audit.team_member.reassigned"


class IndependenceConfirmed(AboutTeamMember):
    """A person confirmed their independence of the client, by their own sign-in."""

    name: ClassVar[str] = "audit.team_member.independence_confirmed"


class IndependenceWithdrawn(AboutTeamMember):
    """A person is no longer independent of the client, for the reason given."""

    name: ClassVar[str] = "audit.team_member.independence_withdrawn"


class TeamMemberReleased(AboutTeamMember):
    """A person is no longer on the team of the engagement."""

    name: ClassVar[str] = "audit.team_member.released"


TEAM_EVENTS: tuple[type[AboutTeamMember], ...] = (
    TeamMemberAssigned,
    TeamMemberReassigned,
    IndependenceConfirmed,
    IndependenceWithdrawn,
    TeamMemberReleased,
)
