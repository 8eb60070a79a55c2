"""The verbs of an organisation."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.gateway.access.api_clients.actions import Registered, register
from services.gateway.firms.firms.actions import establish
from services.gateway.organisations.members.actions import add as add_member
from services.gateway.organisations.members.schemas import MemberDraft
from services.gateway.organisations.organisations.models import Organisation
from services.gateway.organisations.organisations.schemas import OrganisationDraft
from services.gateway.people.people.models import Person
from services.gateway.people.people.schemas import PersonDraft
from shared.clock import new_id
from shared.data.records import locked
from shared.data.sessions import act_for, organisation_of
from shared.events.catalogue.gateway import OrganisationFounded, OrganisationRenamed, StorageQuotaSet
from shared.events.trail import announce
from shared.identity.callers import Actor
from shared.identity.roles import Role


@dataclass(frozen=True, slots=True)
class Founded:
    """A new organisation, its first administrator, and their API client with its secret."""

    organisation: Organisation
    administrator: Person
    client: Registered


async def found(session: AsyncSession, *, draft: OrganisationDraft, by: Actor, at: datetime) -> Founded:
    """Set up an organisation with its first administrator: a person, a member, and an API client they answer for.

    The operator's transaction moves to the new organisation, whose trail begins with these events, and back again:
    the answer to this request is remembered among the operator's own.
    """
    founder = organisation_of(session)
    org_id = new_id()
    await act_for(session, org_id)
    organisation = Organisation(id=org_id, org_id=org_id, title=draft.title, created_at=at, updated_at=at)
    session.add(organisation)
    announce(session, OrganisationFounded(title=organisation.title), about=organisation, by=by, at=at)
    if draft.audit_firm is not None:
        establish(session, name=draft.title, kind=draft.audit_firm, by=by, at=at)
    person = PersonDraft(name=draft.administrator.name, emails=[draft.administrator.email])
    member = await add_member(session, draft=MemberDraft(new_person=person, roles=[Role.ADMIN]), by=by, at=at)
    administrator = await locked(session, Person, member.person_id, noun="person")
    client = await register(
        session, title="First administrator", roles=[Role.ADMIN], responsible=administrator, by=by, at=at
    )
    await act_for(session, founder)
    return Founded(organisation, administrator, client)


async def set_storage_quota(
    session: AsyncSession, organisation_id: UUID, *, quota_bytes: int | None, reason: str, by: Actor, at: datetime
) -> None:
    """Say how many bytes of files an organisation may keep; None for the limit that all have.

    The operator's transaction moves to the organisation, in whose trail it is, and back again.
    """
    operator = organisation_of(session)
    await act_for(session, organisation_id)
    organisation = await locked(session, Organisation, organisation_id, noun="organisation")
    organisation.storage_quota_bytes = quota_bytes
    event = StorageQuotaSet(quota_bytes=quota_bytes)
    announce(session, event, about=organisation, by=by, at=at, reason=reason)
    await act_for(session, operator)


async def rename(
    session: AsyncSession, organisation_id: UUID, *, title: str, expected: int, by: Actor, at: datetime
) -> None:
    """Give the organisation another name."""
    organisation = await locked(session, Organisation, organisation_id, noun="organisation", expected=expected)
    organisation.title = title
    announce(session, OrganisationRenamed(title=title), about=organisation, by=by, at=at)
