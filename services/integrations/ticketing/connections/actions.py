"""The verbs of a connection. No event and no log line carries a credential."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.integrations.receiving.sources.models import Source, SourceStatus
from services.integrations.ticketing.connections.models import (
    ConnectionDisabledFor,
    ConnectionStatus,
    TicketConnection,
    TicketQueue,
)
from services.integrations.ticketing.connections.queries import count_connections, queue_of
from services.integrations.ticketing.connections.rules import (
    MOST_CONNECTIONS,
    SOURCES,
    faults_in,
    faults_of_credential,
)
from services.integrations.ticketing.connections.schemas import TicketConnectionDraft, TicketConnectionRevision
from services.integrations.ticketing.credentials import actions as credentials
from services.integrations.ticketing.terms.models import TicketSystem
from shared.data.records import found, lock_rows, locked, whole_organisation
from shared.data.sessions import organisation_of
from shared.events.catalogue.tickets import (
    TicketConnectionActivated,
    TicketConnectionDisabled,
    TicketConnectionRegistered,
    TicketConnectionRetired,
    TicketConnectionRevised,
    TicketConnectionTested,
    TicketCredentialReplaced,
)
from shared.events.trail import announce
from shared.identity.callers import SYSTEM, Actor
from shared.people.duties import Handover
from shared.people.references import people_columns, require_people
from shared.problems import Conflict, Fault, Invalid, not_allowed

# Another one of these may lead elsewhere, or where we may do less.
_PROVEN_BY_TEST = ("base_url", "project", "issue_type", "username")


class TooManyTicketConnections(Conflict):
    """The organisation has the maximum number of ticket connections."""


async def register(session: AsyncSession, *, draft: TicketConnectionDraft, by: Actor, at: datetime) -> UUID:
    """A connection with its credential, which is tested at once; the connection's id."""
    given = draft.model_dump(exclude={"owner", "credential", "states"})
    given["states"] = draft.states.model_dump(exclude_none=True)
    credential = draft.credential.get_secret_value()
    await _require_sound(session, draft.system, given, credential)
    owner = (await require_people(session, {"/owner": draft.owner}))["/owner"]
    await whole_organisation(session)
    if await count_connections(session) >= MOST_CONNECTIONS:
        raise TooManyTicketConnections(f"There are {MOST_CONNECTIONS} ticket connections; retire one first.")
    org_id = organisation_of(session)
    connection = TicketConnection(**given, org_id=org_id, owner_id=owner.id, created_at=at, updated_at=at)
    session.add(connection)
    await session.flush()  # what follows refers to it
    session.add(TicketQueue(connection_id=connection.id, org_id=org_id, test_due_at=at))
    await credentials.keep(session, connection.id, credential, at=at)
    announce(session, TicketConnectionRegistered(**told(connection)), about=connection, by=by, at=at)
    return connection.id


async def revise(
    session: AsyncSession,
    connection_id: UUID,
    *,
    revision: TicketConnectionRevision,
    expected: int,
    by: Actor,
    at: datetime,
) -> None:
    """Change a connection. Another address or project has to work in a test before anything else is done there."""
    people = await people_columns(session, revision, "owner")
    connection = await _locked(session, connection_id, "revise", expected=expected)
    given = revision.model_dump(exclude={"owner", "states"}, exclude_none=True)
    if revision.states is not None:
        given["states"] = revision.states.model_dump(exclude_none=True)
    # The source is judged when it is given, and not again: one that was retired since must not bar every change.
    names = ("base_url", "project", "issue_type", "username", "states", "link_base")
    before = {name: getattr(connection, name) for name in names}
    await _require_sound(session, TicketSystem(connection.system), before | given)
    moved = any(name in given and given[name] != before[name] for name in _PROVEN_BY_TEST)
    for name, value in (given | people).items():
        setattr(connection, name, value)
    if moved:
        await _prove_again(session, connection, at=at)
    announce(session, TicketConnectionRevised(**told(connection)), about=connection, by=by, at=at)


async def replace_credential(
    session: AsyncSession, connection_id: UUID, *, credential: str, by: Actor, at: datetime
) -> None:
    """Another credential from now on, which is tested at once."""
    connection = await _locked(session, connection_id, "replace the credential")
    if faults := list(faults_of_credential(credential)):
        raise Invalid("This can be no credential.", faults=faults)
    await credentials.keep(session, connection_id, credential, at=at)
    await _prove_again(session, connection, at=at)
    announce(session, TicketCredentialReplaced(**told(connection)), about=connection, by=by, at=at)


async def test(session: AsyncSession, connection_id: UUID, *, by: Actor, at: datetime) -> None:
    """Have it tested at once, whatever was asked to wait; a pending connection is active when that works."""
    connection = await _locked(session, connection_id, "test")
    announce(session, TicketConnectionTested(**told(connection)), about=connection, by=by, at=at)
    await _have_tested(session, connection_id, at=at)


async def activate(session: AsyncSession, connection_id: UUID, *, by: Actor, at: datetime) -> None:
    """Disabled → pending: tickets are worked on again as soon as a test works."""
    connection = await _locked(session, connection_id, "activate")
    if connection.status != ConnectionStatus.DISABLED:
        raise not_allowed("activate", connection.status, ["disable", "retire"])
    connection.status, connection.disabled_for = ConnectionStatus.PENDING, None
    announce(session, TicketConnectionTested(**told(connection)), about=connection, by=by, at=at)
    await _have_tested(session, connection_id, at=at)


async def disable(session: AsyncSession, connection_id: UUID, *, reason: str, by: Actor, at: datetime) -> None:
    """Pending or active → disabled: what is due for its tickets waits."""
    connection = await _locked(session, connection_id, "disable")
    if connection.status == ConnectionStatus.DISABLED:
        raise not_allowed("disable", connection.status, ["activate", "retire"])
    await shut(session, connection, ConnectionDisabledFor.BY_HAND, by=by, at=at, reason=reason)


async def shut(
    session: AsyncSession,
    connection: TicketConnection,
    code: ConnectionDisabledFor,
    *,
    by: Actor,
    at: datetime,
    reason: str | None = None,
) -> None:
    """Ask nothing more through a locked connection until it is activated again."""
    connection.status, connection.disabled_for = ConnectionStatus.DISABLED, code
    await _ask_nothing(session, connection.id)
    event = TicketConnectionDisabled(**told(connection), disabled_for=code)
    announce(session, event, about=connection, by=by, at=at, reason=reason)


async def retire(session: AsyncSession, connection_id: UUID, *, reason: str, by: Actor, at: datetime) -> None:
    """Any → retired: its tickets are left as they are, here and there."""
    connection = await _locked(session, connection_id, "retire")
    connection.status, connection.disabled_for = ConnectionStatus.RETIRED, None
    await _ask_nothing(session, connection_id)
    event = TicketConnectionRetired(**told(connection))
    announce(session, event, about=connection, by=by, at=at, reason=reason)


async def hand_over(session: AsyncSession, handover: Handover) -> None:
    """Give a person's connections to another."""
    owned = select(TicketConnection).where(
        col(TicketConnection.owner_id) == handover.from_person,
        col(TicketConnection.status) != ConnectionStatus.RETIRED,
    )
    for connection in await lock_rows(session, owned.order_by(col(TicketConnection.id))):
        connection.owner_id = handover.to_person
        event = TicketConnectionRevised(**told(connection))
        announce(session, event, about=connection, by=SYSTEM, at=handover.at, reason=handover.reason)


async def require_in_use(session: AsyncSession, connection_id: UUID) -> TicketConnection:
    """The connection that tickets are to be opened through; `Invalid` when it is unknown or retired."""
    connection = await found(session, TicketConnection, connection_id)
    if connection is None or connection.status == ConnectionStatus.RETIRED:
        raise Invalid("There is no such connection.", faults=[Fault("/connection_id", "unknown or retired")])
    return connection


def note_success(
    session: AsyncSession, connection: TicketConnection, queue: TicketQueue, account: str | None, *, at: datetime
) -> None:
    """What a test that worked means for its locked connection: a pending one is active."""
    queue.last_tested_at = at
    connection.account = account
    if connection.status == ConnectionStatus.PENDING:
        connection.status, queue.is_active = ConnectionStatus.ACTIVE, True
        announce(session, TicketConnectionActivated(**told(connection)), about=connection, by=SYSTEM, at=at)


def told(connection: TicketConnection) -> dict[str, Any]:
    """What every event about a connection tells."""
    return {
        "title": connection.title,
        "system": connection.system,
        "status": connection.status,
        "owner_id": connection.owner_id,
    }


async def _locked(session: AsyncSession, connection_id: UUID, verb: str, *, expected: int = -1) -> TicketConnection:
    connection = await locked(session, TicketConnection, connection_id, noun="ticket connection", expected=expected)
    if connection.status == ConnectionStatus.RETIRED:
        raise not_allowed(verb, connection.status, [])
    return connection


async def _prove_again(session: AsyncSession, connection: TicketConnection, *, at: datetime) -> None:
    """Active → pending until a test works; a disabled connection is tested when it is activated."""
    if connection.status != ConnectionStatus.DISABLED:
        connection.status = ConnectionStatus.PENDING
        await _have_tested(session, connection.id, at=at)


async def _ask_nothing(session: AsyncSession, connection_id: UUID) -> None:
    queue = await queue_of(session, connection_id)
    queue.is_active, queue.test_due_at = False, None


async def _have_tested(session: AsyncSession, connection_id: UUID, *, at: datetime) -> None:
    connection = await session.get_one(TicketConnection, connection_id)
    queue = await queue_of(session, connection_id)
    queue.is_active = connection.status == ConnectionStatus.ACTIVE
    queue.test_due_at, queue.rest_until, queue.failures = at, None, 0


async def _require_sound(
    session: AsyncSession, system: TicketSystem, given: dict[str, Any], credential: str | None = None
) -> None:
    faults = list(faults_in(system, given))
    if credential is not None:
        faults += faults_of_credential(credential)
    if given.get("source_id") is not None:
        source = await found(session, Source, given["source_id"])
        if source is None or source.status != SourceStatus.ACTIVE or source.kind != SOURCES[system]:
            faults.append(Fault("/source_id", f"no active source of the kind {SOURCES[system]}"))
    if faults:
        raise Invalid("; ".join(fault.detail for fault in faults[:3]), faults=faults)
