"""The one verb of the door: verify what a source sent, keep it, and leave the rest to the mapping."""

import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.integrations.receiving.amazon import (
    Amazon,
    address_that_confirms,
    asks_for_confirmation,
    is_signed_by,
    topic_of,
)
from services.integrations.receiving.deliveries.models import DeliveryState, TallyCode
from services.integrations.receiving.deliveries.queries import count, keep_once
from services.integrations.receiving.envelopes.rules import envelope, kept_headers, parsed, without_secrets
from services.integrations.receiving.hooks.queries import Known, known_source, live_secrets, note_use
from services.integrations.receiving.hooks.rules import Expected, Sent, proven_by, sha256_of
from services.integrations.receiving.sources.models import SourceKind, SourceStatus, VerificationScheme
from services.integrations.receiving.sources.rules import Address
from shared.clock import new_id
from shared.problems import Gone, NotFound, Problem
from shared.vault import the_vault


class Unproven(Problem):
    """The delivery does not prove who sent it."""

    status = 401


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a delivery: kept, or counted as what it came to; and how its source proves itself."""

    scheme: str
    code: TallyCode | None = None


async def source_at(session: AsyncSession, address: Address) -> Known:
    """The source of an address; `NotFound` when it is nobody's, `Gone` when the source is retired."""
    source = await known_source(session, address.thing_id)
    if source is None or not hmac.compare_digest(source.address.encode(), str(address).encode()):
        raise NotFound("Nothing is delivered here.")
    if source.status == SourceStatus.RETIRED:
        raise Gone("This source is retired.")
    return source


async def take(session: AsyncSession, address: Address, sent: Sent, amazon: Amazon, *, at: datetime) -> Taken:
    """Keep a delivery that proves who sent it, once; what cannot be kept is counted.

    `Unavailable` when Amazon SNS, which has to be asked for a certificate or told of a confirmation, does not answer.
    """
    source = await source_at(session, address)
    document = parsed(sent.body)
    code = await _reason_to_drop(session, source, sent, document, amazon, at)
    if code is None and document is not None and not await _keep(session, source, sent, document, at):
        code = TallyCode.DUPLICATE
    if code is not None:
        await count(session, source.org_id, source.id, code, at=at)
    return Taken(source.scheme, code)


async def _reason_to_drop(
    session: AsyncSession, source: Known, sent: Sent, document: Mapping[str, Any] | None, amazon: Amazon, at: datetime
) -> TallyCode | None:
    if source.scheme == VerificationScheme.SNS_CERTIFICATE:
        return await _reason_of_amazon(source, document, amazon, at)
    if not await _is_proven(session, source, sent, at):
        return TallyCode.UNPROVEN
    if not sent.body:
        return TallyCode.EMPTY
    return TallyCode.UNREADABLE if document is None else None


async def _is_proven(session: AsyncSession, source: Known, sent: Sent, at: datetime) -> bool:
    live = await live_secrets(session, source.id, at=at)
    vault = the_vault()
    secrets = [vault.open(each.sealed, belongs_to=each.id).decode() for each in live]
    expected = Expected(SourceKind(source.kind), VerificationScheme(source.scheme), source.header)
    place = proven_by(expected, sent, secrets, at=at)
    if place is None:
        return False
    await note_use(session, live[place], at=at)
    return True


async def _reason_of_amazon(
    source: Known, document: Mapping[str, Any] | None, amazon: Amazon, at: datetime
) -> TallyCode | None:
    """A message without its signed envelope (raw delivery), or of another topic, is refused."""
    key = await amazon.key_of(document.get("SigningCertURL"), at=at) if document else None
    if document is None or key is None or not is_signed_by(key, document):
        return TallyCode.UNPROVEN
    if topic_of(document) != source.topic_arn:
        return TallyCode.OTHER_TOPIC
    if asks_for_confirmation(document) and not await amazon.confirm(address_that_confirms(document)):
        return TallyCode.UNPROVEN
    return None


async def _keep(session: AsyncSession, source: Known, sent: Sent, document: dict[str, Any], at: datetime) -> bool:
    kind, digest = SourceKind(source.kind), sha256_of(sent.body)
    named = envelope(kind, sent.headers, document)
    redacted = without_secrets(kind, document)
    return await keep_once(
        session,
        {
            "id": new_id(),
            "org_id": source.org_id,
            "source_id": source.id,
            "key": named.key or digest,
            "event": named.event,
            "received_at": at,
            "headers": kept_headers(sent.headers),
            "body": json.dumps(document).encode() if redacted else sent.body,
            "redacted": redacted,
            "sha256": digest,
            "state": DeliveryState.RECEIVED,
            "facts": 0,
            "version": 1,
            "created_at": at,
            "updated_at": at,
        },
    )
