from uuid import UUID

from fastapi import Response

from services.gateway.people.teams import actions, queries
from services.gateway.people.teams.schemas import TeamDraft, TeamOut, TeamRevision
from shared.http.doors import Write
from shared.http.fields import Input, Prose
from shared.http.operations import Routes
from shared.http.preconditions import ExpectedVersion
from shared.identity.permissions import P
from shared.problems import NotFound, PersonGone, UnknownPerson

routes = Routes("teams")


class Dissolution(Input):
    """Why there is no need for a team any more."""

    reason: Prose


routes.list(
    "list_teams",
    "/v1/teams",
    queries.teams,
    TeamOut,
    permission=P.PEOPLE_READ,
    description="The organisation's teams.",
)

routes.one("get_team", "/v1/teams/{team_id}", queries.team, TeamOut, permission=P.PEOPLE_READ, description="One team.")


@routes.post(
    "/v1/teams",
    permission=P.PEOPLE_WRITE,
    status_code=201,
    response_model=TeamOut,
    refuses=(UnknownPerson, PersonGone),
)
async def form_team(draft: TeamDraft, write: Write) -> Response:
    """Make a team of some people."""
    team = await actions.form(write.session, draft=draft, by=write.caller.actor, at=write.at)
    return await write.created(queries.team, team.id, f"/v1/teams/{team.id}")


@routes.patch(
    "/v1/teams/{team_id}",
    permission=P.PEOPLE_WRITE,
    response_model=TeamOut,
    refuses=(NotFound, UnknownPerson, PersonGone),
)
async def revise_team(team_id: UUID, revision: TeamRevision, expected: ExpectedVersion, write: Write) -> Response:
    """Change a team's title or people."""
    await actions.revise(
        write.session, team_id, revision=revision, expected=expected, by=write.caller.actor, at=write.at
    )
    return await write.changed(queries.team, team_id)


@routes.post("/v1/teams/{team_id}/dissolutions", permission=P.PEOPLE_WRITE, response_model=TeamOut, refuses=(NotFound,))
async def dissolve_team(team_id: UUID, dissolution: Dissolution, write: Write) -> Response:
    """Say that a team is no more, and why."""
    await actions.dissolve(write.session, team_id, by=write.caller.actor, at=write.at, reason=dissolution.reason)
    return await write.changed(queries.team, team_id)
