"""The verbs of an endpoint and of its secrets. No event and no log line carries an address or a secret."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.integrations.sending.endpoint_secrets import actions as secrets
from services.integrations.sending.endpoint_secrets.models import SignatureScheme
from services.integrations.sending.endpoint_secrets.rules import Key
from services.integrations.sending.endpoints.models import DisabledFor, Endpoint, EndpointStatus
from services.integrations.sending.endpoints.queries import queue_of
from services.integrations.sending.endpoints.rules import faults_in
from services.integrations.sending.endpoints.schemas import EndpointDraft, EndpointRevision
from services.integrations.sending.messages.models import Message
from services.integrations.sending.messages.rules import TEST_TYPE, body_of_test
from services.integrations.sending.webhook_deliveries.models import Queue, WebhookDelivery
from shared.clock import new_id
from shared.data.records import lock_rows, locked
from shared.data.sessions import organisation_of
from shared.events.catalogue.webhooks import (
    WebhookEndpointDisabled,
    WebhookEndpointRegistered,
    WebhookEndpointRetired,
    WebhookEndpointRevised,
    WebhookEndpointTested,
    WebhookSecretIssued,
    WebhookSecretRevoked,
)
from shared.events.trail import announce
from shared.identity.callers import SYSTEM, Actor, Caller
from shared.identity.permissions import P
from shared.people.duties import Handover
from shared.people.references import KnownPerson, people_columns, require_people
from shared.problems import Invalid, not_allowed


@dataclass(frozen=True, slots=True)
class Registered:
    """A new endpoint, who answers for it, and what its deliveries are verified with."""

    endpoint: Endpoint
    owner: KnownPerson
    key: Key


async def register(session: AsyncSession, *, draft: EndpointDraft, by: Caller, at: datetime) -> Registered:
    """An endpoint with its first secret, which is sent a test at once."""
    given = draft.model_dump(exclude={"owner", "scheme"})
    _require_sound(given, by)
    owner = (await require_people(session, {"/owner": draft.owner}))["/owner"]
    endpoint = Endpoint(
        **given,
        org_id=organisation_of(session),
        owner_id=owner.id,
        may_read=sorted(by.permissions),
        created_at=at,
        updated_at=at,
    )
    session.add(endpoint)
    session.add(Queue(endpoint_id=endpoint.id, org_id=endpoint.org_id))
    announce(session, WebhookEndpointRegistered(**told(endpoint)), about=endpoint, by=by.actor, at=at)
    await session.flush()  # its secret refers to it
    secret_id, key = secrets.keep(session, endpoint.id, draft.scheme, at=at)
    issued = WebhookSecretIssued(**told(endpoint), secret_id=secret_id)
    announce(session, issued, about=endpoint, by=by.actor, at=at)
    await _send_test(session, endpoint, by=by.actor, at=at)
    return Registered(endpoint, owner, key)


async def revise(
    session: AsyncSession, endpoint_id: UUID, *, revision: EndpointRevision, expected: int, by: Caller, at: datetime
) -> None:
    """Change an endpoint. Another address has to answer a test before anything else is sent to it."""
    people = await people_columns(session, revision, "owner")
    endpoint = await _locked(session, endpoint_id, "revise", expected=expected)
    given = revision.model_dump(exclude={"owner"}, exclude_none=True)
    _require_sound({"types": endpoint.types, "conditions": endpoint.conditions} | given, by)
    moved = given.get("url", endpoint.url) != endpoint.url
    for name, value in (given | people).items():
        setattr(endpoint, name, value)
    endpoint.may_read = sorted(by.permissions)
    announce(session, WebhookEndpointRevised(**told(endpoint)), about=endpoint, by=by.actor, at=at)
    if moved and endpoint.status == EndpointStatus.ACTIVE:
        endpoint.status = EndpointStatus.PENDING
        await _send_test(session, endpoint, by=by.actor, at=at)


async def send_test(session: AsyncSession, endpoint_id: UUID, *, by: Actor, at: datetime) -> UUID:
    """Send a test, which makes a pending endpoint active when it is answered with 2xx; the delivery's id."""
    endpoint = await _locked(session, endpoint_id, "test")
    return await _send_test(session, endpoint, by=by, at=at)


async def activate(session: AsyncSession, endpoint_id: UUID, *, by: Actor, at: datetime) -> None:
    """Disabled → pending: it is delivered to again as soon as it answers a test."""
    endpoint = await _locked(session, endpoint_id, "activate")
    if endpoint.status != EndpointStatus.DISABLED:
        raise not_allowed("activate", endpoint.status, ["disable", "retire"])
    endpoint.status, endpoint.disabled_for = EndpointStatus.PENDING, None
    await _send_test(session, endpoint, by=by, at=at)


async def disable(session: AsyncSession, endpoint_id: UUID, *, reason: str, by: Actor, at: datetime) -> None:
    """Pending or active → disabled: what is for it waits."""
    endpoint = await _locked(session, endpoint_id, "disable")
    if endpoint.status == EndpointStatus.DISABLED:
        raise not_allowed("disable", endpoint.status, ["activate", "retire"])
    shut(session, endpoint, DisabledFor.BY_HAND, by=by, at=at, reason=reason)


def shut(
    session: AsyncSession, endpoint: Endpoint, code: DisabledFor, *, by: Actor, at: datetime, reason: str | None = None
) -> None:
    """Deliver nothing more to a locked endpoint until it is activated again."""
    endpoint.status, endpoint.disabled_for = EndpointStatus.DISABLED, code
    event = WebhookEndpointDisabled(**told(endpoint), disabled_for=code)
    announce(session, event, about=endpoint, by=by, at=at, reason=reason)


async def retire(session: AsyncSession, endpoint_id: UUID, *, reason: str, by: Actor, at: datetime) -> None:
    """Any → retired: nothing is delivered to it any more; what was is kept on record."""
    endpoint = await _locked(session, endpoint_id, "retire")
    endpoint.status, endpoint.disabled_for = EndpointStatus.RETIRED, None
    announce(session, WebhookEndpointRetired(**told(endpoint)), about=endpoint, by=by, at=at, reason=reason)


async def hand_over(session: AsyncSession, handover: Handover) -> None:
    """Give a person's endpoints to another: they are told what that person may read."""
    owned = select(Endpoint).where(
        col(Endpoint.owner_id) == handover.from_person, col(Endpoint.status) != EndpointStatus.RETIRED
    )
    for endpoint in await lock_rows(session, owned.order_by(col(Endpoint.id))):
        endpoint.owner_id = handover.to_person
        event = WebhookEndpointRevised(**told(endpoint))
        announce(session, event, about=endpoint, by=SYSTEM, at=handover.at, reason=handover.reason)


async def issue_secret(
    session: AsyncSession,
    endpoint_id: UUID,
    *,
    scheme: SignatureScheme,
    overlap: timedelta,
    by: Actor,
    at: datetime,
) -> tuple[UUID, Key]:
    """One more secret; the others sign along until the overlap ends, so that a receiver can change in between."""
    endpoint = await _locked(session, endpoint_id, "issue a secret")
    secret_id, key = await secrets.keep_one_more(session, endpoint_id, scheme, overlap=overlap, at=at)
    event = WebhookSecretIssued(**told(endpoint), secret_id=secret_id)
    announce(session, event, about=endpoint, by=by, at=at)
    return secret_id, key


async def revoke_secret(session: AsyncSession, endpoint_id: UUID, secret_id: UUID, *, by: Actor, at: datetime) -> None:
    """Sign with a secret no more, from now on."""
    endpoint = await locked(session, Endpoint, endpoint_id, noun="endpoint")
    await secrets.revoke(session, endpoint_id, secret_id, at=at)
    event = WebhookSecretRevoked(**told(endpoint), secret_id=secret_id)
    announce(session, event, about=endpoint, by=by, at=at)


def told(endpoint: Endpoint) -> dict[str, Any]:
    """What every event about an endpoint tells."""
    return {"title": endpoint.title, "status": endpoint.status, "owner_id": endpoint.owner_id}


async def _locked(session: AsyncSession, endpoint_id: UUID, verb: str, *, expected: int = -1) -> Endpoint:
    endpoint = await locked(session, Endpoint, endpoint_id, noun="endpoint", expected=expected)
    if endpoint.status == EndpointStatus.RETIRED:
        raise not_allowed(verb, endpoint.status, [])
    return endpoint


async def _send_test(session: AsyncSession, endpoint: Endpoint, *, by: Actor, at: datetime) -> UUID:
    """Have a test sent at once, whatever the breaker says."""
    message_id = new_id()
    body = body_of_test(message_id, endpoint.id, endpoint.org_id, at=at)
    session.add(
        Message(
            id=message_id,
            org_id=endpoint.org_id,
            type=TEST_TYPE,
            permission=P.WEBHOOKS_READ,
            body=body,
            heard_at=at,
        )
    )
    delivery = WebhookDelivery(
        org_id=endpoint.org_id,
        endpoint_id=endpoint.id,
        message_id=message_id,
        type=TEST_TYPE,
        subject=endpoint.id,
        subject_version=endpoint.version,
        occurred_at=at,
        is_test=True,
        due_at=at,
        created_at=at,
        updated_at=at,
    )
    session.add(delivery)
    announce(session, WebhookEndpointTested(**told(endpoint)), about=endpoint, by=by, at=at)
    queue = await queue_of(session, endpoint.id)
    queue.due_at, queue.breaker_until, queue.throttled_until = at, None, None
    return delivery.id


def _require_sound(given: dict[str, Any], by: Caller) -> None:
    if faults := list(faults_in(given, by.permissions)):
        raise Invalid("; ".join(fault.detail for fault in faults[:3]), faults=faults)
