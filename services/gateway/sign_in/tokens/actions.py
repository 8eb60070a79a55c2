"""Granting a token: to a program by its secret, to a member by a token of an issuer their organisation trusts."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from cryptography.exceptions import InvalidTag
from joserfc import jwt
from joserfc.jwk import OKPKey
from sqlalchemy.ext.asyncio import AsyncSession

from services.gateway.access.api_clients.actions import note_failed_sign_in, note_use
from services.gateway.access.api_clients.models import ApiClient, ClientSecret, ClientStatus
from services.gateway.access.api_clients.queries import client_with_secrets
from services.gateway.access.api_clients.rules import is_use_to_record, matching
from services.gateway.access.issuers.models import Issuer
from services.gateway.access.issuers.queries import trusts_of_issuer
from services.gateway.access.issuers.rules import Vouched, claimed
from services.gateway.access.outside_keys import OutsideKeys
from services.gateway.access.signing_keys.queries import sealed_signing_key
from services.gateway.firms.known_team_members.queries import team_member
from services.gateway.organisations.members.models import Member
from services.gateway.organisations.members.queries import is_known_as, possible_members
from services.gateway.organisations.members.rules import meant
from services.gateway.organisations.organisations.models import Organisation
from services.gateway.people.people.models import Person
from services.gateway.sign_in.failed_sign_ins.actions import count_failure, forget_failures, wait_before
from services.gateway.sign_in.failed_sign_ins.rules import client_id_of, counted_as, is_worth_an_event
from services.gateway.sign_in.tokens.queries import lock_callers, was_withdrawn
from services.gateway.sign_in.tokens.rules import Grant, claims_of, narrowed, permitted
from services.gateway.sign_in.tokens.schemas import OrganisationChoice, TokenError, TokenOut, TokenRefused, TokenRequest
from shared.clock import new_id
from shared.data.records import found
from shared.data.sessions import Database
from shared.identity.callers import PLATFORM, Caller
from shared.identity.team_roles import TEAM_GRANTS, TeamRole
from shared.identity.tokens import ALGORITHM, token_withdrawn
from shared.problems import Unavailable
from shared.vault import Vault

# One text for every reason, so that nobody learns from it which clients there are.
_NOT_WHO_IT_SAYS = "The client is unknown, revoked, or its secret is wrong or expired."
_NOT_VOUCHED_FOR = (
    "The assertion is not valid, no organisation (or not the one that is named) trusts its issuer for this audience,"
    " or the person is no member."
)
_NOT_ON_THE_TEAM = "You are not on the team of this engagement, or have not confirmed your independence of its client."
_OF_BOTH_PARTIES = "You belong to the client of this engagement as well, and cannot act in it."
_MOST_CHOICES = 20
_LAST_INSTANT = datetime(2200, 1, 1, tzinfo=UTC).timestamp()


@dataclass(frozen=True, slots=True)
class _Membership:
    """A member, and the trust by which an outside token speaks for them."""

    member: Member
    trust: Issuer
    said: Vouched


async def grant_to_client(
    database: Database, request: TokenRequest, *, origin: str, lifetime: timedelta, at: datetime
) -> Grant:
    """RFC 6749, 4.4: a program proves itself by its secret; `origin` is the address that it asks from."""
    name, presented = request.client()
    async with database.transaction(PLATFORM) as session:
        client, secrets = await _client_named(session, name)
        counted = counted_as(name, client.id if client else None)
        wait = await wait_before(session, origin=origin, client=counted, at=at)
        if wait > timedelta(0):
            raise TokenRefused(TokenError.SLOW_DOWN, "Too many attempts have failed; wait.", wait=wait)
        secret = matching(presented, secrets, at)
        if client is None or client.status != ClientStatus.ACTIVE:
            secret = None
        if secret is not None:
            await forget_failures(session, origin=origin, client=counted)
        failures = 0 if secret else await count_failure(session, origin=origin, client=counted, at=at)
    if client is None or secret is None:
        if client is not None and is_worth_an_event(failures):
            async with database.transaction(client.org_id) as session:
                note_failed_sign_in(session, client, origin=origin, failures=failures, at=at)
        raise TokenRefused(TokenError.INVALID_CLIENT, _NOT_WHO_IT_SAYS)
    permissions = permitted(client.roles, request.fields.get("scope"))
    async with database.transaction(client.org_id) as session:
        if is_use_to_record(secret, at):
            await note_use(session, secret.id, at=at)
        responsible = await found(session, Person, client.responsible_id) if client.responsible_id else None
    return Grant(
        f"client:{client.id}",
        client.org_id,
        permissions,
        at + lifetime,
        {client.id: client.version},
        person=client.responsible_id,
        person_name=responsible.name if responsible else None,
        client_name=client.title,
    )


async def _client_named(session: AsyncSession, name: str) -> tuple[ApiClient | None, list[ClientSecret]]:
    """The client of this id, if there is one, and its secrets."""
    client_id = client_id_of(name)
    return await client_with_secrets(session, client_id) if client_id else (None, [])


async def grant_to_member(
    database: Database, outside: OutsideKeys, request: TokenRequest, *, lifetime: timedelta, at: datetime
) -> Grant:
    """RFC 7523, 2.1: a person proves themselves by a token of an issuer that their organisation trusts.

    Several organisations may trust one issuer; those whose keys verify the token and of which the person is an active
    member count, and where these are several the request names one. The token granted outlives neither the outside
    token nor the membership. Who is on the team of an engagement and names it gets a token for that.
    """
    assertion = request.field("assertion")
    try:
        said = claimed(assertion)
        wanted, engagement_id = request.uuid("organisation"), request.uuid("engagement")
    except ValueError as error:
        raise TokenRefused(TokenError.INVALID_GRANT, _NOT_VOUCHED_FOR) from error
    async with database.transaction(PLATFORM) as session:
        trusts = await trusts_of_issuer(session, said.issuer, said.audiences, organisation=wanted)
    vouching = await outside.vouch(trusts, assertion, said.key_id, as_of=at)
    async with database.transaction(PLATFORM) as session:
        memberships = await _memberships(session, vouching.vouched, at)
    if not memberships and vouching.unreachable:
        raise Unavailable("The issuer's keys cannot be fetched.", headers={"Retry-After": "10"})
    if not memberships:
        raise TokenRefused(TokenError.INVALID_GRANT, _NOT_VOUCHED_FOR)
    if engagement_id is not None:
        return await _grant_for_engagement(database, memberships, engagement_id, request, at + lifetime)
    if len(memberships) > 1:
        raise await _which_organisation(database, [membership.member.org_id for membership in memberships])
    async with database.transaction(memberships[0].member.org_id) as session:
        person = await found(session, Person, memberships[0].member.person_id)
    assert person is not None
    return _member_grant(memberships[0], person, request, at + lifetime)


async def _grant_for_engagement(
    database: Database,
    memberships: Sequence[_Membership],
    engagement_id: UUID,
    request: TokenRequest,
    until: datetime,
) -> Grant:
    """The grant for one engagement, to who is on its team, confirmed their independence and is nobody at the client."""
    for membership in memberships:
        org_id, person_id = membership.member.org_id, membership.member.person_id
        async with database.transaction(org_id) as session:
            person = await found(session, Person, person_id)
            on_team = await team_member(session, engagement_id=engagement_id, person_id=person_id)
        if person is None or on_team is None:
            continue
        if on_team.client_id != org_id:
            async with database.transaction(on_team.client_id) as session:
                if await is_known_as(session, person.emails, membership.said.subject, membership.trust.issuer):
                    raise TokenRefused(TokenError.INVALID_GRANT, _OF_BOTH_PARTIES)
        grant = _member_grant(membership, person, request, until)
        everything = TEAM_GRANTS[TeamRole(on_team.role)]
        return replace(
            grant,
            permissions=narrowed(everything, request.fields.get("scope")),
            rests_on={**grant.rests_on, on_team.id: on_team.version},
            engagement=engagement_id,
        )
    raise TokenRefused(TokenError.INVALID_GRANT, _NOT_ON_THE_TEAM)


async def _memberships(
    session: AsyncSession, vouched: Sequence[tuple[Issuer, Vouched]], at: datetime
) -> list[_Membership]:
    """The active memberships of a person, in organisations that a verified token may speak to."""
    if not vouched:
        return []
    memberships = []
    issuer, said = vouched[0][0].issuer, vouched[0][1]  # one token, so the same issuer and person for all trusts
    possible = await possible_members(session, issuer=issuer, subject=said.subject, email=said.email)
    for trust, said in vouched:
        ours = [one for one in possible if one.member.org_id == trust.org_id]
        if member := meant(ours, issuer=issuer, subject=said.subject, as_of=at):
            memberships.append(_Membership(member, trust, said))
    return memberships


async def _which_organisation(database: Database, organisations: Sequence[UUID]) -> TokenRefused:
    """The refusal that names the organisations a person is a member of, which they may choose from."""
    choices = []
    for org_id in organisations[:_MOST_CHOICES]:
        async with database.transaction(org_id) as session:
            if organisation := await found(session, Organisation, org_id):
                choices.append(OrganisationChoice(id=org_id, title=organisation.title))
    return TokenRefused(
        TokenError.ORGANISATION_REQUIRED,
        "You are a member of several organisations: name one as `organisation`.",
        organisations=choices,
    )


def _member_grant(membership: _Membership, person: Person, request: TokenRequest, until: datetime) -> Grant:
    member, trust = membership.member, membership.trust
    expires = datetime.fromtimestamp(min(membership.said.expires, _LAST_INSTANT), UTC)
    ends = [until, expires, *filter(None, [member.ends_at])]
    scope = None if "engagement" in request.fields else request.fields.get("scope")
    permissions = permitted(member.roles, scope)
    rests_on = {member.id: member.version, trust.id: trust.version}
    return Grant(
        f"member:{member.id}",
        member.org_id,
        permissions,
        min(ends),
        rests_on,
        person=person.id,
        person_name=person.name,
        ends_at=member.ends_at,
    )


async def sign(session: AsyncSession, vault: Vault, grant: Grant, *, issuer: str, at: datetime) -> TokenOut:
    """The access token of a grant, signed with the key that signs at this moment. A platform transaction."""
    sealed = await sealed_signing_key(session)
    try:
        key = OKPKey.import_key(json.loads(vault.open(sealed.sealed, belongs_to=sealed.id)))
    except InvalidTag as error:
        raise Unavailable("Another gateway's key encrypts the signing key.", headers={"Retry-After": "10"}) from error
    claims = claims_of(grant, token_id=new_id(), issuer=issuer, at=at)
    header = {"alg": ALGORITHM, "kid": str(sealed.id), "typ": "at+jwt"}
    return TokenOut(
        access_token=jwt.encode(header, claims, key, algorithms=[ALGORITHM]),
        expires_in=claims["exp"] - claims["iat"],
        scope=claims["scope"],
    )


async def require_not_withdrawn(session: AsyncSession, caller: Caller) -> None:
    """Refuse a write whose token was withdrawn, even if nobody has heard of it yet.

    The caller's row is locked against change, so that what takes it away comes wholly before this write or after it.
    """
    await lock_callers(session, caller.rests_on)
    if await was_withdrawn(session, caller.rests_on):
        raise token_withdrawn()
