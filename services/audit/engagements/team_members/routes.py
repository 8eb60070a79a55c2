from uuid import UUID

from fastapi import Response

from services.audit.engagements.team_members import actions, queries
from services.audit.engagements.team_members.schemas import (
    IndependenceConfirmation,
    IndependenceWithdrawal,
    TeamMemberDraft,
    TeamMemberOut,
    TeamMemberRelease,
    TeamMemberRevision,
)
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.http.preconditions import ExpectedVersion
from shared.identity.permissions import P
from shared.people.references import PERSON_REFUSALS
from shared.problems import NotFound

routes = Routes("team members")


routes.list(
    "list_team_members",
    "/v1/team-members",
    queries.team_members,
    TeamMemberOut,
    permission=P.ENGAGEMENT_TEAMS_READ,
    description="Who is, and was, on the teams of engagements that the organisation conducts or has conducted for it.",
    auditors=True,
)


routes.one(
    "get_team_member",
    "/v1/team-members/{member_id}",
    queries.team_member,
    TeamMemberOut,
    permission=P.ENGAGEMENT_TEAMS_READ,
    description="One team member.",
    auditors=True,
)


@routes.post(
    "/v1/engagements/{engagement_id}/team-members",
    permission=P.ENGAGEMENT_TEAMS_WRITE,
    status_code=201,
    response_model=TeamMemberOut,
    refuses=(
        NotFound,
        actions.OnTheTeamAlready,
        actions.OfBothParties,
        actions.AuditsOwnWork,
        actions.TookPart,
        *PERSON_REFUSALS,
    ),
)
async def assign_team_member(engagement_id: UUID, draft: TeamMemberDraft, write: Write) -> Response:
    """Put a person of the organisation, which is the auditing party, on the team of an engagement."""
    member = await actions.assign(write.session, engagement_id, draft=draft, by=write.caller.actor, at=write.at)
    return await write.created(queries.team_member, member.id, f"/v1/team-members/{member.id}")


@routes.patch(
    "/v1/team-members/{member_id}",
    permission=P.ENGAGEMENT_TEAMS_WRITE,
    response_model=TeamMemberOut,
    refuses=(NotFound, actions.TookPart),
)
async def reassign_team_member(
    member_id: UUID, revision: TeamMemberRevision, expected: ExpectedVersion, write: Write
) -> Response:
    """Give a person another role on the team; they confirm their independence anew."""
    await actions.reassign(
        write.session, member_id, role=revision.role, expected=expected, by=write.caller.actor, at=write.at
    )
    return await write.changed(queries.team_member, member_id)


@routes.post(
    "/v1/team-members/{member_id}/independence-confirmations",
    permission=P.INDEPENDENCE_CONFIRM,
    response_model=TeamMemberOut,
    refuses=(NotFound,),
)
async def confirm_independence(member_id: UUID, confirmation: IndependenceConfirmation, write: Write) -> Response:
    """Confirm one's own independence of the client; it takes the person's own sign-in, and no API client."""
    await actions.confirm(
        write.session, member_id, statement=confirmation.statement, by=write.caller.actor, at=write.at
    )
    return await write.changed(queries.team_member, member_id)


@routes.post(
    "/v1/team-members/{member_id}/independence-withdrawals",
    permission=P.INDEPENDENCE_CONFIRM,
    response_model=TeamMemberOut,
    refuses=(NotFound,),
)
async def withdraw_independence(member_id: UUID, withdrawal: IndependenceWithdrawal, write: Write) -> Response:
    """Say that one is no longer independent of the client; it takes the person's own sign-in, and no API client."""
    await actions.withdraw(write.session, member_id, reason=withdrawal.reason, by=write.caller.actor, at=write.at)
    return await write.changed(queries.team_member, member_id)


@routes.post(
    "/v1/team-members/{member_id}/releases",
    permission=P.ENGAGEMENT_TEAMS_WRITE,
    response_model=TeamMemberOut,
    refuses=(NotFound,),
)
async def release_team_member(member_id: UUID, release: TeamMemberRelease, write: Write) -> Response:
    """Take a person off the team of an engagement; they can sign in to it no longer."""
    await actions.release(write.session, member_id, reason=release.reason, by=write.caller.actor, at=write.at)
    return await write.changed(queries.team_member, member_id)
