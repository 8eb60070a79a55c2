from uuid import UUID

from fastapi import Response

from services.gateway.access.administrators.actions import LastAdministrator
from services.gateway.organisations.members import actions, queries
from services.gateway.organisations.members.schemas import (
    AddedMember,
    MemberBatch,
    MemberBatchOut,
    MemberDraft,
    MemberOut,
    MemberRevision,
)
from services.gateway.people.people.actions import AddressTaken, AddressUsedBefore
from shared.http.doors import Write
from shared.http.fields import Input, Prose
from shared.http.operations import Routes
from shared.http.preconditions import ExpectedVersion
from shared.identity.permissions import P
from shared.problems import NotFound, PersonGone, UnknownPerson

routes = Routes("members")

_REFUSALS = (
    actions.MemberAlready,
    actions.EndsInThePast,
    UnknownPerson,
    PersonGone,
    AddressTaken,
    AddressUsedBefore,
)


class Removal(Input):
    """Why a person may no longer act in the organisation."""

    reason: Prose


routes.list(
    "list_members",
    "/v1/members",
    queries.members,
    MemberOut,
    permission=P.MEMBERS_READ,
    description="The organisation's members.",
)


routes.one(
    "get_member",
    "/v1/members/{member_id}",
    queries.member,
    MemberOut,
    permission=P.MEMBERS_READ,
    description="One member.",
)


@routes.post(
    "/v1/members",
    permission=P.MEMBERS_WRITE,
    status_code=201,
    response_model=MemberOut,
    refuses=_REFUSALS,
)
async def add_member(draft: MemberDraft, write: Write) -> Response:
    """Let a person act in the organisation."""
    member = await actions.add(write.session, draft=draft, by=write.caller.actor, at=write.at)
    return await write.created(queries.member, member.id, f"/v1/members/{member.id}")


@routes.post(
    "/v1/members/batch",
    permission=P.MEMBERS_WRITE,
    status_code=201,
    response_model=MemberBatchOut,
    refuses=_REFUSALS,
)
async def add_members(batch: MemberBatch, write: Write) -> MemberBatchOut:
    """Let up to 1,000 people act in the organisation: all of them, or none when one is refused."""
    members = await actions.add_all(write.session, batch=batch, by=write.caller.actor, at=write.at)
    return MemberBatchOut(members=[AddedMember(id=member.id, person_id=member.person_id) for member in members])


@routes.patch(
    "/v1/members/{member_id}",
    permission=P.MEMBERS_WRITE,
    response_model=MemberOut,
    refuses=(NotFound, LastAdministrator),
)
async def revise_member(member_id: UUID, revision: MemberRevision, expected: ExpectedVersion, write: Write) -> Response:
    """Change a member's roles, or when the membership ends."""
    await actions.revise(
        write.session, member_id, revision=revision, expected=expected, by=write.caller.actor, at=write.at
    )
    return await write.changed(queries.member, member_id)


@routes.post(
    "/v1/members/{member_id}/removals",
    permission=P.MEMBERS_WRITE,
    response_model=MemberOut,
    refuses=(NotFound, LastAdministrator),
)
async def remove_member(member_id: UUID, removal: Removal, write: Write) -> Response:
    """Say that a person may no longer act in the organisation, and why."""
    await actions.remove(write.session, member_id, by=write.caller.actor, at=write.at, reason=removal.reason)
    return await write.changed(queries.member, member_id)
