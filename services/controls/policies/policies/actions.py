"""The verbs of a policy. Its versions change under its lock, which is taken first."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.controls.days import day_of
from services.controls.frameworks.requirements.queries import known
from services.controls.policies.policies.models import Policy, PolicyStatus, PolicyVersion, VersionStatus
from services.controls.policies.policies.queries import unannounced_reviews
from services.controls.policies.policies.rules import next_review
from services.controls.policies.policies.schemas import PolicyDraft, PolicyRevision
from services.controls.register.controls.models import Control
from shared.data.records import ANY_VERSION, lock_free, lock_rows, locked
from shared.data.sessions import organisation_of
from shared.events.catalogue.policies import (
    PolicyRetired,
    PolicyReviewDue,
    PolicyRevised,
    PolicyVersionRetired,
    PolicyWritten,
)
from shared.events.trail import announce
from shared.identity.callers import SYSTEM, Actor
from shared.people.duties import Handover
from shared.people.references import people_columns, require_person
from shared.problems import CodeTaken, Fault, Invalid, not_allowed


async def write(session: AsyncSession, *, draft: PolicyDraft, by: Actor, at: datetime) -> Policy:
    """Put a policy down. `CodeTaken` when the organisation has one of that code."""
    owner_id = await require_person(session, draft.owner, "/owner")
    await _know(session, draft)
    if (await session.execute(select(Policy.id).where(Policy.code == draft.code))).first():
        raise CodeTaken(f"Another policy has the code {draft.code}.", faults=[Fault("/code", "taken")])
    described = draft.model_dump(exclude={"owner"})
    policy = Policy(**described, owner_id=owner_id, org_id=organisation_of(session), created_at=at, updated_at=at)
    session.add(policy)
    announce(session, PolicyWritten(**event_fields(policy)), about=policy, by=by, at=at)
    return policy


async def revise(
    session: AsyncSession, policy_id: UUID, *, revision: PolicyRevision, expected: int, by: Actor, at: datetime
) -> None:
    """Change what is said of a policy that is not retired; its text is changed by a new version."""
    owners = await people_columns(session, revision, "owner")
    await _know(session, revision)
    policy = await locked(session, Policy, policy_id, noun="policy", expected=expected)
    _require_life(policy, "revise")
    changes = revision.model_dump(exclude_none=True, exclude={"owner"})
    for name, value in {**changes, **owners}.items():
        setattr(policy, name, value)
    if policy.reviewed_on is not None:
        policy.review_due_on = next_review(policy.reviewed_on, policy.review_months)
    announce(session, PolicyRevised(**event_fields(policy)), about=policy, by=by, at=at)


async def retire(session: AsyncSession, policy_id: UUID, *, reason: str, by: Actor, at: datetime) -> None:
    """End a policy, with the version that is published. It stays on record and never comes back."""
    policy = await locked(session, Policy, policy_id, noun="policy", expected=ANY_VERSION)
    _require_life(policy, "retire")
    policy.status = PolicyStatus.RETIRED
    announce(session, PolicyRetired(**event_fields(policy)), about=policy, by=by, at=at, reason=reason)
    if policy.published_version_id is not None:
        version = await locked(session, PolicyVersion, policy.published_version_id, noun="version")
        version.status, version.effective_until = VersionStatus.RETIRED, day_of(at)
        event = PolicyVersionRetired(
            policy_id=policy.id, policy_code=policy.code, number=version.number, sha256=version.sha256
        )
        announce(session, event, about=version, by=by, at=at, reason=reason)


async def hand_over(session: AsyncSession, handover: Handover) -> None:
    """Give the policies of a leaver that are not retired to another person."""
    owned = select(Policy).where(Policy.owner_id == handover.from_person, Policy.status != PolicyStatus.RETIRED)
    for policy in await lock_rows(session, owned.order_by(col(Policy.id))):
        policy.owner_id = handover.to_person
        event = PolicyRevised(**event_fields(policy))
        announce(session, event, about=policy, by=SYSTEM, at=handover.at, reason=handover.reason)


async def announce_reviews(session: AsyncSession, *, as_of: datetime, limit: int) -> int:
    """Announce which policies are to be reviewed, each once for a due date; how many it was."""
    due = unannounced_reviews(as_of).with_only_columns(Policy).order_by(col(Policy.review_due_on)).limit(limit)
    policies = await lock_free(session, due)
    for policy in policies:
        policy.review_told_for = policy.review_due_on
        event = PolicyReviewDue(**event_fields(policy), review_due_on=policy.review_due_on)
        announce(session, event, about=policy, by=SYSTEM, at=as_of)
    return len(policies)


def event_fields(policy: Policy) -> dict[str, Any]:
    """What every event about a policy says."""
    return policy.model_dump(include={"code", "title", "owner_id"})


def _require_life(policy: Policy, verb: str) -> None:
    if policy.status == PolicyStatus.RETIRED:
        raise not_allowed(verb, policy.status, [])


async def _know(session: AsyncSession, said: PolicyDraft | PolicyRevision) -> None:
    if faults := [fault async for fault in _faults(session, said)]:
        raise Invalid("Some of what the policy supports does not exist.", faults=faults)


async def _faults(session: AsyncSession, said: PolicyDraft | PolicyRevision) -> AsyncIterator[Fault]:
    ids, references = said.control_ids or [], said.requirements or []
    controls = set(await session.scalars(select(Control.id).where(col(Control.id).in_(ids)))) if ids else set()
    for place, control_id in enumerate(ids):
        if control_id not in controls:
            yield Fault(f"/control_ids/{place}", "The control does not exist.")
    asked = await known(session, references)
    for place, reference in enumerate(references):
        if reference not in asked:
            yield Fault(f"/requirements/{place}", f"No framework asks for {reference}.")
