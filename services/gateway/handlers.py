"""What this service hears: teams and scopes of engagements, and, for its views, whatever happens to a thing."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from services.gateway.firms.known_team_members.actions import TEAM_MEMBERS
from services.gateway.live.stream_events.actions import log_events
from services.gateway.views.happenings.actions import count_happenings
from services.gateway.views.known_engagements.actions import ENGAGEMENTS
from services.gateway.views.things.actions import note_things
from shared.events import catalogue  # noqa: F401 - which fills the catalogue
from shared.events.catalogue.audit import AboutEngagement
from shared.events.catalogue.engagement_teams import AboutTeamMember
from shared.events.event import CATALOGUE, Event, Heard, hears_in_batches

# Every event of a thing, of all services, so that a new noun needs no change here.
ABOUT_THINGS = tuple(kind for kind in CATALOGUE.values() if kind.noun() not in {"trail", "job"})


@hears_in_batches(*TEAM_MEMBERS.events)
async def know_team_members(session: AsyncSession, heard: Sequence[Heard[AboutTeamMember]]) -> None:
    """Keep who may have a token for which engagement."""
    await TEAM_MEMBERS.note(session, heard)


@hears_in_batches(*ENGAGEMENTS.events)
async def know_engagements(session: AsyncSession, heard: Sequence[Heard[AboutEngagement]]) -> None:
    """Keep which firm may read what of its client."""
    await ENGAGEMENTS.note(session, heard)


@hears_in_batches(*ABOUT_THINGS)
async def note_what_happened(session: AsyncSession, heard: Sequence[Heard[Event]]) -> None:
    """Keep what the views show, in one transaction for all of them."""
    await note_things(session, heard)
    await log_events(session, heard)
    await count_happenings(session, heard)
