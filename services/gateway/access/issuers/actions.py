"""The verbs of a trusted issuer."""

from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import select

from services.gateway.access.issuers.models import Issuer, IssuerStatus
from services.gateway.access.issuers.schemas import IssuerDraft
from shared.data.records import ANY_VERSION, locked
from shared.data.sessions import organisation_of
from shared.events.catalogue.gateway import IssuerDistrusted, IssuerTrusted
from shared.events.trail import announce
from shared.identity.callers import Actor
from shared.problems import Conflict, Fault, Invalid, not_allowed


class IssuerTrustedAlready(Conflict):
    """The organisation already trusts this issuer."""


class AddressRefused(Invalid):
    """The address is not allowed."""


async def trust(
    session: AsyncSession, *, draft: IssuerDraft, own_issuer: str, plain_http: bool, by: Actor, at: datetime
) -> Issuer:
    """Believe an issuer's tokens. `plain_http` where the installation allows networks of its own."""
    for pointer, address in draft.addresses():
        if urlsplit(address).scheme != "https" and not plain_http:
            raise AddressRefused("The address must begin with https://.", faults=[Fault(pointer, "not https")])
    if draft.issuer.rstrip("/") == own_issuer:
        raise AddressRefused("Attest itself cannot be a trusted issuer.", faults=[Fault("/issuer", "this is Attest")])
    known = select(Issuer.id).where(Issuer.issuer == draft.issuer, Issuer.status == IssuerStatus.TRUSTED)
    if (await session.execute(known)).first():
        raise IssuerTrustedAlready(f"{draft.issuer} is trusted already.", faults=[Fault("/issuer", "taken")])
    issuer = Issuer(
        org_id=organisation_of(session),
        issuer=draft.issuer,
        audience=draft.audience,
        jwks_uri=draft.jwks_uri,
        jwks={"keys": draft.jwks.plain()} if draft.jwks else None,
        created_at=at,
        updated_at=at,
    )
    session.add(issuer)
    announce(session, IssuerTrusted(issuer=issuer.issuer), about=issuer, by=by, at=at)
    return issuer


async def revoke(session: AsyncSession, issuer_id: UUID, *, by: Actor, at: datetime, reason: str) -> None:
    """Trusted → revoked: its tokens are exchanged no more, and those that they were exchanged for are withdrawn.

    This may lock every administrator out; an issuer whose keys leaked must go all the same, and the operator can
    appoint another administrator.
    """
    issuer = await locked(session, Issuer, issuer_id, noun="issuer", expected=ANY_VERSION)
    if issuer.status != IssuerStatus.TRUSTED:
        raise not_allowed("revoke", issuer.status, [])
    issuer.status = IssuerStatus.REVOKED
    announce(session, IssuerDistrusted(issuer=issuer.issuer), about=issuer, by=by, at=at, reason=reason)
