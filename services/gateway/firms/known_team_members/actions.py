"""What is known of team members, as the audit service announces them."""

from services.gateway.firms.known_team_members.models import KnownTeamMember
from shared.events.catalogue.engagement_teams import TEAM_EVENTS, TeamMemberReleased
from shared.events.replicas import Facet, Replica, is_one_of

TEAM_MEMBERS = Replica(
    KnownTeamMember,
    Facet(
        "version",
        TEAM_EVENTS,
        *("engagement_id", "client_id", "person_id", "role", "independence"),
        released=is_one_of(TeamMemberReleased),
    ),
)
