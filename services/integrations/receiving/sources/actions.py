"""The verbs of a source and of its secrets. No event and no log line carries a secret."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.integrations.receiving.sources.models import (
    Source,
    SourceKind,
    SourceSecret,
    SourceStatus,
    VerificationScheme,
)
from services.integrations.receiving.sources.queries import secrets_of
from services.integrations.receiving.sources.rules import (
    MOST_LIVE,
    SCHEMES,
    Address,
    faults_in,
    faults_of_secret,
    header_of,
    needs_secret,
    new_secret,
)
from services.integrations.receiving.sources.schemas import SourceDraft, SourceRevision
from shared.clock import new_id
from shared.data.records import lock_rows, locked
from shared.data.sessions import organisation_of
from shared.events.catalogue.integrations import (
    SourceRegistered,
    SourceRetired,
    SourceRevised,
    SourceSecretIssued,
    SourceSecretRevoked,
)
from shared.events.trail import announce
from shared.identity.callers import SYSTEM, Actor
from shared.people.duties import Handover
from shared.people.references import KnownPerson, people_columns, require_people
from shared.problems import Conflict, Fault, Invalid, NotFound, not_allowed
from shared.vault import the_vault


class TooManySourceSecrets(Conflict):
    """The source has the maximum number of live secrets."""


class SourceNeedsNoSecret(Conflict):
    """Sources of this kind prove themselves without a shared secret."""


@dataclass(frozen=True, slots=True)
class Registered:
    """A new source, who answers for it, and its secret in clear if it was made here, for this once."""

    source: Source
    owner: KnownPerson
    secret: str | None


async def register(session: AsyncSession, *, draft: SourceDraft, by: Actor, at: datetime) -> Registered:
    """A source with an address of its own, and its first secret if its scheme has any."""
    scheme = draft.scheme or SCHEMES[draft.kind][0]
    given = draft.model_dump(exclude={"owner", "secret", "scheme", "header"})
    _require_sound(draft.kind, scheme, given | {"header": draft.header})
    owner = (await require_people(session, {"/owner": draft.owner}))["/owner"]
    source_id, org_id = new_id(), organisation_of(session)
    source = Source(
        **given,
        id=source_id,
        org_id=org_id,
        scheme=scheme,
        header=header_of(draft.kind, scheme, draft.header),
        owner_id=owner.id,
        address=str(Address.new(org_id, source_id)),
        created_at=at,
        updated_at=at,
    )
    session.add(source)
    announce(session, SourceRegistered(**_told(source)), about=source, by=by, at=at)
    await session.flush()  # its secret refers to it
    made = _keep(session, source, given=draft.secret, by=by, at=at)[1] if needs_secret(scheme) else None
    return Registered(source, owner, made)


async def revise(
    session: AsyncSession, source_id: UUID, *, revision: SourceRevision, expected: int, by: Actor, at: datetime
) -> None:
    """Change a source; its kind and scheme stay."""
    people = await people_columns(session, revision, "owner")
    source = await locked(session, Source, source_id, noun="source", expected=expected)
    if source.status != SourceStatus.ACTIVE:
        raise not_allowed("revise", source.status, [])
    given = revision.model_dump(exclude={"owner"}, exclude_none=True)
    kind, scheme = SourceKind(source.kind), VerificationScheme(source.scheme)
    _require_sound(kind, scheme, {"topic_arn": source.topic_arn} | given)
    for name, value in (given | people).items():
        setattr(source, name, value)
    announce(session, SourceRevised(**_told(source)), about=source, by=by, at=at)


async def retire(session: AsyncSession, source_id: UUID, *, reason: str, by: Actor, at: datetime) -> None:
    """Active → retired: what it sends from now on is refused."""
    source = await locked(session, Source, source_id, noun="source")
    if source.status != SourceStatus.ACTIVE:
        raise not_allowed("retire", source.status, [])
    source.status = SourceStatus.RETIRED
    announce(session, SourceRetired(**_told(source)), about=source, by=by, at=at, reason=reason)


async def hand_over(session: AsyncSession, handover: Handover) -> None:
    """Give a person's sources to another."""
    owned = select(Source).where(
        col(Source.owner_id) == handover.from_person, col(Source.status) == SourceStatus.ACTIVE
    )
    for source in await lock_rows(session, owned.order_by(col(Source.id))):
        source.owner_id = handover.to_person
        event = SourceRevised(**_told(source))
        announce(session, event, about=source, by=SYSTEM, at=handover.at, reason=handover.reason)


async def issue_secret(
    session: AsyncSession,
    source_id: UUID,
    *,
    given: str | None,
    others_end_at: datetime | None,
    by: Actor,
    at: datetime,
) -> tuple[SourceSecret, str | None]:
    """One more live secret, so that it can be entered at the sender before the old one ends; the one made, in clear."""
    source = await locked(session, Source, source_id, noun="source")
    if source.status != SourceStatus.ACTIVE:
        raise not_allowed("issue a secret", source.status, [])
    if not needs_secret(VerificationScheme(source.scheme)):
        raise SourceNeedsNoSecret("Amazon SNS signs with a key of its own.")
    if others_end_at is not None and others_end_at < at:
        raise Invalid("The end lies in the past.", faults=[Fault("/others_end_at", "in the past")])
    live = [secret for secret in await secrets_of(session, source_id) if secret.is_live(at)]
    if len(live) >= MOST_LIVE:
        raise TooManySourceSecrets(f"This source has {MOST_LIVE} live secrets; revoke one first.")
    for secret in live if others_end_at is not None else ():
        secret.expires_at = min(filter(None, (secret.expires_at, others_end_at)))
        secret.updated_at = at
    return _keep(session, source, given=given, by=by, at=at)


async def revoke_secret(session: AsyncSession, source_id: UUID, secret_id: UUID, *, by: Actor, at: datetime) -> None:
    """A secret proves nothing any more, from now on."""
    source = await locked(session, Source, source_id, noun="source")
    secret = next((each for each in await secrets_of(session, source_id) if each.id == secret_id), None)
    if secret is None:
        raise NotFound(f"This source has no secret {secret_id}.")
    if secret.revoked_at is not None:
        raise not_allowed("revoke", "revoked", [])
    secret.revoked_at = secret.updated_at = at
    event = SourceSecretRevoked(**_told(source), secret_id=secret_id)
    announce(session, event, about=source, by=by, at=at)


def _keep(
    session: AsyncSession, source: Source, *, given: str | None, by: Actor, at: datetime
) -> tuple[SourceSecret, str | None]:
    """Keep a secret encrypted, and announce that there is one more; the secret in clear if it was made here."""
    scheme = VerificationScheme(source.scheme)
    if given is not None and (faults := faults_of_secret(scheme, given)):
        raise Invalid("This is no secret of the source's scheme.", faults=faults)
    made = new_secret(scheme) if given is None else None
    row = SourceSecret(org_id=source.org_id, source_id=source.id, sealed=b"", created_at=at, updated_at=at)
    row.sealed = the_vault().seal((given or made or "").encode(), belongs_to=row.id)
    session.add(row)
    event = SourceSecretIssued(**_told(source), secret_id=row.id)
    announce(session, event, about=source, by=by, at=at)
    return row, made


def _require_sound(kind: SourceKind, scheme: VerificationScheme, given: dict[str, Any]) -> None:
    if faults := list(faults_in(kind, scheme, given)):
        raise Invalid("; ".join(fault.detail for fault in faults[:3]), faults=faults)


def _told(source: Source) -> dict[str, Any]:
    return {"title": source.title, "kind": source.kind}
