"""The verbs of a version: draft, revise, discard, put in force. Whoever changes it is its author."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.integrations.mapping.mapping_versions.models import MappingStatus, MappingVersion
from services.integrations.mapping.mapping_versions.queries import next_number
from services.integrations.mapping.mapping_versions.schemas import MappingDraft, MappingRules
from services.integrations.mapping.rule_terms.rules import NO_RULES
from services.integrations.mapping.rule_writing.rules import faults_in
from services.integrations.mapping.senders.rules import SHIPPED
from services.integrations.receiving.sources.models import SourceKind
from shared.data.records import ANY_VERSION, lock_rows, locked, whole_organisation
from shared.data.sessions import organisation_of
from shared.events.catalogue.integrations import (
    MappingVersionDiscarded,
    MappingVersionDrafted,
    MappingVersionPutInForce,
    MappingVersionReplaced,
    MappingVersionRevised,
)
from shared.events.trail import announce
from shared.identity.callers import Actor
from shared.problems import Conflict, Invalid, not_allowed

_ALLOWED = {MappingStatus.DRAFT, MappingStatus.TRIED}


class NotTried(Conflict):
    """The version has not been tried since it was last changed."""


async def draft(session: AsyncSession, *, given: MappingDraft, by: Actor, at: datetime) -> MappingVersion:
    """Draft a version, by which nothing is mapped yet."""
    _require_sound(given.kind, given)
    await whole_organisation(session)
    version = MappingVersion(
        kind=given.kind,
        number=await next_number(session, given.kind),
        org_id=organisation_of(session),
        created_at=at,
        updated_at=at,
        **_columns(given, by),
    )
    session.add(version)
    announce(session, MappingVersionDrafted(**told_of(version)), about=version, by=by, at=at)
    return version


async def revise(
    session: AsyncSession, version_id: UUID, *, given: MappingRules, expected: int, by: Actor, at: datetime
) -> None:
    """Change a version that was never in force; it has to be tried again."""
    version = await locked_draft(session, version_id, "revise", expected=expected)
    _require_sound(SourceKind(version.kind), given)
    for name, value in _columns(given, by).items():
        setattr(version, name, value)
    version.status, version.trial, version.tried_at = MappingStatus.DRAFT, None, None
    announce(session, MappingVersionRevised(**told_of(version)), about=version, by=by, at=at)


async def discard(session: AsyncSession, version_id: UUID, *, by: Actor, at: datetime) -> None:
    """Discard a version that was never in force; it stays in the list as discarded."""
    version = await locked_draft(session, version_id, "discard")
    version.status = MappingStatus.DISCARDED
    announce(session, MappingVersionDiscarded(**told_of(version)), about=version, by=by, at=at)


async def put_in_force(session: AsyncSession, version_id: UUID, *, by: Actor, at: datetime) -> None:
    """Map by a version what is delivered from now on; `NotTried` asks to try it first."""
    await whole_organisation(session)
    version = await locked_draft(session, version_id, "put in force")
    if version.status != MappingStatus.TRIED:
        raise NotTried("Try the version first, to see what it changes.")
    of_the_kind = (col(MappingVersion.kind) == version.kind, col(MappingVersion.status) == MappingStatus.IN_FORCE)
    for former in await lock_rows(session, select(MappingVersion).where(*of_the_kind).order_by(col(MappingVersion.id))):
        former.status, former.replaced_at = MappingStatus.REPLACED, at
        announce(session, MappingVersionReplaced(**told_of(former)), about=former, by=by, at=at)
    await session.flush()  # at most one of a kind is in force
    version.status, version.put_in_force_by, version.put_in_force_at = MappingStatus.IN_FORCE, by.recorded, at
    announce(session, MappingVersionPutInForce(**told_of(version)), about=version, by=by, at=at)


async def locked_draft(
    session: AsyncSession, version_id: UUID, verb: str, *, expected: int = ANY_VERSION
) -> MappingVersion:
    """A version that was never in force, locked; another state refuses the verb."""
    version = await locked(session, MappingVersion, version_id, noun="mapping version", expected=expected)
    if version.status not in _ALLOWED:
        raise not_allowed(verb, version.status, [])
    return version


def told_of(version: MappingVersion) -> dict[str, Any]:
    """What every event about a version says."""
    return {"kind": version.kind, "number": version.number}


def _require_sound(kind: SourceKind, given: MappingRules) -> None:
    if faults := list(faults_in(given.rules, given.no_facts, SHIPPED.get(kind, NO_RULES))):
        raise Invalid("; ".join(fault.detail for fault in faults[:3]), faults=faults)


def _columns(given: MappingRules, by: Actor) -> dict[str, Any]:
    return {
        "rules": [terms.model_dump(mode="json") for terms in given.rules],
        "no_facts": list(given.no_facts),
        "reason": given.reason,
        "authored_by": by.recorded,
    }
