"""The verbs of a team."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.gateway.people.people.actions import require_people
from services.gateway.people.teams.models import Team, TeamStatus
from services.gateway.people.teams.schemas import TeamDraft, TeamRevision
from shared.data.records import ANY_VERSION, locked
from shared.data.sessions import organisation_of
from shared.events.catalogue.people import TeamChanged, TeamDissolved, TeamFormed
from shared.events.trail import announce
from shared.identity.callers import Actor
from shared.problems import not_allowed


async def form(session: AsyncSession, *, draft: TeamDraft, by: Actor, at: datetime) -> Team:
    """Make a team of some people."""
    team = Team(
        org_id=organisation_of(session),
        title=draft.title,
        person_ids=await _ids(session, draft.people),
        created_at=at,
        updated_at=at,
    )
    session.add(team)
    announce(session, TeamFormed(title=team.title, people=team.person_ids), about=team, by=by, at=at)
    return team


async def revise(
    session: AsyncSession, team_id: UUID, *, revision: TeamRevision, expected: int, by: Actor, at: datetime
) -> None:
    """Change a team's title or people."""
    team = await _active(session, team_id, "revise", expected)
    if revision.title is not None:
        team.title = revision.title
    if revision.people is not None:
        team.person_ids = await _ids(session, revision.people)
    announce(session, TeamChanged(title=team.title, people=team.person_ids), about=team, by=by, at=at)


async def dissolve(session: AsyncSession, team_id: UUID, *, by: Actor, at: datetime, reason: str) -> None:
    """Active → dissolved."""
    team = await _active(session, team_id, "dissolve", ANY_VERSION)
    team.status = TeamStatus.DISSOLVED
    event = TeamDissolved(title=team.title, people=team.person_ids)
    announce(session, event, about=team, by=by, at=at, reason=reason)


async def _active(session: AsyncSession, team_id: UUID, verb: str, expected: int) -> Team:
    team = await locked(session, Team, team_id, noun="team", expected=expected)
    if team.status != TeamStatus.ACTIVE:
        raise not_allowed(verb, team.status, [])
    return team


async def _ids(session: AsyncSession, references: Sequence[str]) -> list[UUID]:
    """The people whom the references name, each once."""
    people = await require_people(session, {f"/people/{place}": ref for place, ref in enumerate(references)})
    return list(dict.fromkeys(person.id for person in people.values()))
