"""What is known of teams, as the gateway announces it."""

from services.controls.policies.known_teams.models import KnownTeam
from shared.events.catalogue.people import TeamChanged, TeamDissolved, TeamFormed
from shared.events.replicas import Facet, Replica, is_one_of

TEAMS = Replica(
    KnownTeam,
    Facet("version", (TeamFormed, TeamChanged, TeamDissolved), "people", dissolved=is_one_of(TeamDissolved)),
)
