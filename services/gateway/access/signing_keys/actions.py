"""The verbs of a signing key. Services fetch the keys again on meeting an unknown one, so a new key signs at once."""

import json
from datetime import datetime, timedelta
from uuid import UUID

from cryptography.exceptions import InvalidTag
from joserfc.jwk import OKPKey
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import select

from services.gateway.access.signing_keys.models import KeyState, SealedKey, SigningKey
from services.gateway.access.signing_keys.queries import sealed_signing_key
from services.gateway.access.signing_keys.rules import published_until
from shared.clock import new_id
from shared.data.records import ANY_VERSION, lock_rows, locked
from shared.data.sessions import organisation_of
from shared.events.catalogue.gateway import SigningKeyRotated, SigningKeySuperseded, SigningKeyWithdrawn
from shared.events.trail import announce
from shared.identity.callers import Actor
from shared.identity.tokens import ALGORITHM
from shared.problems import Conflict, not_allowed
from shared.vault import Vault

_ONE_AT_A_TIME = text("select pg_advisory_xact_lock(hashtext('signing-keys'))")


class StillSigning(Conflict):
    """The key is still used to sign tokens."""


async def ensure_one_signs(
    session: AsyncSession, vault: Vault, *, lifetime: timedelta, by: Actor, at: datetime
) -> None:
    """Make the first key, and another one when the vault, whose own key is a new one, cannot open the one that signs.

    Two processes that start at once make one.
    """
    await session.execute(_ONE_AT_A_TIME)
    if await _signing(session) is None or not await _opens(session, vault):
        await rotate(session, vault, lifetime=lifetime, by=by, at=at)


async def rotate(session: AsyncSession, vault: Vault, *, lifetime: timedelta, by: Actor, at: datetime) -> SigningKey:
    """Sign with a new key from now on. `lifetime` is a token's: so long does the old key stay published."""
    await session.execute(_ONE_AT_A_TIME)
    if old := await _signing(session):
        old.state = KeyState.SUPERSEDED
        old.published_until = published_until(at, lifetime)
        announce(session, SigningKeySuperseded(key_id=str(old.id)), about=old, by=by, at=at)
        await session.flush()  # only one key signs
    key_id = new_id()
    private = OKPKey.generate_key("Ed25519", {"kid": str(key_id), "use": "sig", "alg": ALGORITHM})
    key = SigningKey(
        id=key_id,
        org_id=organisation_of(session),
        public_jwk=dict(private.as_dict(private=False)),
        created_at=at,
        updated_at=at,
    )
    sealed = vault.seal(json.dumps(private.as_dict(private=True)).encode(), belongs_to=key_id)
    session.add(key)
    await session.flush()  # the sealed key refers to it
    session.add(SealedKey(id=key_id, org_id=key.org_id, sealed=sealed))
    announce(session, SigningKeyRotated(key_id=str(key_id)), about=key, by=by, at=at)
    return key


async def withdraw(session: AsyncSession, key_id: UUID, *, by: Actor, at: datetime, reason: str) -> None:
    """Superseded → withdrawn: every token it signed is refused as soon as services have fetched the keys again."""
    key = await locked(session, SigningKey, key_id, noun="signing key", expected=ANY_VERSION)
    if key.state == KeyState.SIGNING:
        raise StillSigning("This key signs new tokens: rotate the keys first, then withdraw it.")
    if key.state == KeyState.WITHDRAWN:
        raise not_allowed("withdraw", key.state, [])
    key.state = KeyState.WITHDRAWN
    key.published_until = at
    announce(session, SigningKeyWithdrawn(key_id=str(key_id)), about=key, by=by, at=at, reason=reason)


async def _opens(session: AsyncSession, vault: Vault) -> bool:
    sealed = await sealed_signing_key(session)
    try:
        vault.open(sealed.sealed, belongs_to=sealed.id)
    except InvalidTag:
        return False
    return True


async def _signing(session: AsyncSession) -> SigningKey | None:
    query = select(SigningKey).where(SigningKey.state == KeyState.SIGNING)
    return next(iter(await lock_rows(session, query)), None)
