"""The verbs of a version. Its policy is held before it, where both change."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import any_, literal
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.controls.days import day_of
from services.controls.earlier import Earlier
from services.controls.policies.policies.actions import event_fields as policy_fields
from services.controls.policies.policies.models import Policy, PolicyStatus, PolicyVersion, VersionStatus
from services.controls.policies.policies.rules import next_review
from services.controls.policies.policy_versions.queries import next_number
from services.controls.policies.policy_versions.rules import digest_of, faults_in, of_round, standing
from services.controls.policies.policy_versions.schemas import (
    PolicyApproval,
    PolicyDecision,
    PolicySubmission,
    PolicyVersionDraft,
    PolicyVersionRevision,
)
from shared.data.records import ANY_VERSION, found, lock_rows, locked
from shared.data.sessions import organisation_of
from shared.events.catalogue.policies import (
    PolicyPublished,
    PolicyVersionApproved,
    PolicyVersionDrafted,
    PolicyVersionEndorsed,
    PolicyVersionPublished,
    PolicyVersionReassigned,
    PolicyVersionRejected,
    PolicyVersionRevised,
    PolicyVersionSubmitted,
    PolicyVersionSuperseded,
    PolicyVersionWithdrawn,
)
from shared.events.trail import announce
from shared.identity.callers import SYSTEM, Actor, keep_apart, person_of
from shared.identity.permissions import P
from shared.people.duties import Handover
from shared.people.references import people_with_ids, require_people
from shared.problems import Conflict, Fault, Forbidden, Invalid, NotFound, not_allowed

_ALLOWED: dict[VersionStatus, list[str]] = {
    VersionStatus.DRAFT: ["revise", "submit"],
    VersionStatus.IN_APPROVAL: ["decide", "withdraw"],
    VersionStatus.APPROVED: ["publish", "withdraw"],
}
_ANNOUNCED = {
    VersionStatus.IN_APPROVAL: PolicyVersionEndorsed,
    VersionStatus.APPROVED: PolicyVersionApproved,
    VersionStatus.DRAFT: PolicyVersionRejected,
}


class VersionOnItsWay(Conflict):
    """The policy already has an unfinished version."""


class OtherWords(Conflict):
    """The digest does not match the text to approve."""


class DecidedAlready(Conflict):
    """The approver has already decided."""


class NotAnApprover(Forbidden):
    """The caller is not an approver of this policy version."""


async def draft_version(
    session: AsyncSession, policy_id: UUID, *, draft: PolicyVersionDraft, by: Actor, at: datetime
) -> PolicyVersion:
    """Begin the next version. `VersionOnItsWay` while the last one has not come to publication."""
    policy = await locked(session, Policy, policy_id, noun="policy")
    if policy.status == PolicyStatus.RETIRED:
        raise not_allowed("draft", policy.status, [])
    number, unfinished = await next_number(session, policy.id)
    if unfinished is not None:
        raise VersionOnItsWay(f"Version {unfinished} is not published yet; revise that one.")
    version = PolicyVersion(
        **draft.model_dump(mode="json"),
        sha256=_digest(draft.markdown, draft.file.model_dump() if draft.file else None),
        org_id=organisation_of(session),
        policy_id=policy.id,
        number=number,
        authors=[by.recorded],
        created_at=at,
        updated_at=at,
    )
    session.add(version)
    announce(session, PolicyVersionDrafted(**_event_fields(version, policy)), about=version, by=by, at=at)
    return version


async def revise(
    session: AsyncSession, version_id: UUID, *, revision: PolicyVersionRevision, expected: int, by: Actor, at: datetime
) -> None:
    """Change a draft. Whoever does is one of its authors from now on."""
    policy, version = await _locked(session, version_id, "revise", VersionStatus.DRAFT, expected=expected)
    changes = revision.model_dump(mode="json", exclude_none=True)
    if {"markdown", "file"} & set(changes):
        changes = {"markdown": None, "file": None} | changes
        version.sha256 = _digest(changes["markdown"], changes["file"])
    for name, value in changes.items():
        setattr(version, name, value)
    if by.person not in _authors(version):
        version.authors = [*version.authors, by.recorded]
    announce(session, PolicyVersionRevised(**_event_fields(version, policy)), about=version, by=by, at=at)


async def submit(
    session: AsyncSession, version_id: UUID, *, submission: PolicySubmission, by: Actor, at: datetime
) -> None:
    """Draft → in approval: from now on its words do not change."""
    references = {f"/approvers/{place}": reference for place, reference in enumerate(submission.approvers)}
    people = await require_people(session, references, needs=P.POLICIES_DECIDE)
    policy, version = await _locked(session, version_id, "submit", VersionStatus.DRAFT)
    approvers = [people[pointer] for pointer in references]
    if faults := list(faults_in(approvers, submission.quorum, _authors(version))):
        raise Invalid("It cannot be approved like this.", faults=faults)
    version.status, version.round = VersionStatus.IN_APPROVAL, version.round + 1
    version.approver_ids, version.quorum = [approver.id for approver in approvers], submission.quorum
    event = PolicyVersionSubmitted(
        **_event_fields(version, policy), approver_ids=version.approver_ids, quorum=submission.quorum
    )
    announce(session, event, about=version, by=by, at=at)


async def withdraw(session: AsyncSession, version_id: UUID, *, reason: str, by: Actor, at: datetime) -> None:
    """Take it back from its approvers, also after they have agreed, to change it once more."""
    policy, version = await _locked(session, version_id, "withdraw", VersionStatus.IN_APPROVAL, VersionStatus.APPROVED)
    version.status = VersionStatus.DRAFT
    event = PolicyVersionWithdrawn(**_event_fields(version, policy))
    announce(session, event, about=version, by=by, at=at, reason=reason)


async def decide(session: AsyncSession, version_id: UUID, *, decision: PolicyDecision, by: Actor, at: datetime) -> None:
    """Agree or reject, as a named approver. The last one needed approves it, the first rejection returns it."""
    policy, version = await _locked(session, version_id, "decide", VersionStatus.IN_APPROVAL)
    if by.person in _authors(version) or by.person not in version.approver_ids:
        people = await people_with_ids(session, version.approver_ids)
        raise NotAnApprover(f"The approvers are {', '.join(sorted(person.name for person in people.values()))}.")
    if decision.sha256 != version.sha256:
        raise OtherWords(
            "The text to approve has another digest; read it again.", faults=[Fault("/sha256", version.sha256)]
        )
    this_round = of_round(version.decisions, version.round)
    if by.person in {person_of(decision["by"]) for decision in this_round}:
        raise DecidedAlready("You have already decided on this version.")
    made = {**decision.model_dump(mode="json"), "by": by.recorded, "round": version.round, "at": at.isoformat()}
    version.decisions = [*version.decisions, made]
    decisions = [PolicyApproval(decision["decision"]) for decision in (*this_round, made)]
    version.status = standing(decisions, version.quorum or len(version.approver_ids))
    event = _ANNOUNCED[version.status](**_event_fields(version, policy))
    announce(session, event, about=version, by=by, at=at, reason=decision.reason)


async def hand_over(session: AsyncSession, handover: Handover) -> None:
    """Let another person decide in the place of a leaver who has not, unless they wrote it or decide already."""
    asked = literal(handover.from_person) == any_(col(PolicyVersion.approver_ids))
    waiting = select(PolicyVersion).where(PolicyVersion.status == VersionStatus.IN_APPROVAL, asked)
    for version in await lock_rows(session, waiting.order_by(col(PolicyVersion.id))):
        decided = {person_of(decision["by"]) for decision in of_round(version.decisions, version.round)}
        if handover.from_person in decided or handover.to_person in {*_authors(version), *version.approver_ids}:
            continue
        version.approver_ids = [
            handover.to_person if approver == handover.from_person else approver for approver in version.approver_ids
        ]
        policy = await found(session, Policy, version.policy_id)
        assert policy, "a version has a policy"
        event = PolicyVersionReassigned(**_event_fields(version, policy), approver_ids=version.approver_ids)
        announce(session, event, about=version, by=SYSTEM, at=handover.at, reason=handover.reason)


async def publish(session: AsyncSession, version_id: UUID, *, effective_on: date, by: Actor, at: datetime) -> None:
    """Approved → published, in force from a day on; the version before is in force until the day before."""
    policy, version = await _locked(session, version_id, "publish", VersionStatus.APPROVED)
    if effective_on < day_of(at):
        raise Invalid("The version cannot take effect in the past.", faults=[Fault("/effective_on", "in the past")])
    await _publish(session, policy, version, effective_on=effective_on, by=by, at=at)


async def publish_earlier(
    session: AsyncSession, version_id: UUID, *, earlier: Earlier, by: Actor, at: datetime
) -> Policy:
    """Draft → published, as it was approved and put in force outside Attest, by someone who did not write it."""
    policy, version = await _locked(session, version_id, "publish", VersionStatus.DRAFT)
    for author in version.authors:
        keep_apart("An author of a policy version cannot approve it", first=author, second=earlier.by)
    made = {"decision": PolicyApproval.APPROVE, "sha256": version.sha256, "reason": None, "by": dict(earlier.by)}
    await _publish(session, policy, version, effective_on=earlier.on, by=by, at=at, earlier=earlier)
    version.round, version.quorum = version.round + 1, 1
    version.decisions = [*version.decisions, {**made, "round": version.round, "at": earlier.at.isoformat()}]
    return policy


async def _publish(
    session: AsyncSession,
    policy: Policy,
    version: PolicyVersion,
    *,
    effective_on: date,
    by: Actor,
    at: datetime,
    earlier: Earlier | None = None,
) -> None:
    reason = earlier.reason if earlier else None
    last = policy.published_version_id
    if last is not None:
        before = await locked(session, PolicyVersion, last, noun="version")
        if before.effective_on is not None and before.effective_on > effective_on:
            detail = f"The version before takes effect on {before.effective_on}."
            raise Invalid(detail, faults=[Fault("/effective_on", detail)])
        before.status, before.effective_until = VersionStatus.SUPERSEDED, effective_on
        event = PolicyVersionSuperseded(**_event_fields(before, policy))
        announce(session, event, about=before, by=by, at=at, reason=reason)
    version.status, version.effective_on = VersionStatus.PUBLISHED, effective_on
    version.published_by, version.published_at, version.recorded_at = by.recorded, at, at
    if earlier:
        version.published_by, version.published_at = dict(earlier.by), earlier.at
        version.historical_record_id = earlier.record_id
    record_id = version.historical_record_id
    published = PolicyVersionPublished(
        **_event_fields(version, policy), effective_on=effective_on, historical_record_id=record_id
    )
    announce(session, published, about=version, by=by, at=at, reason=reason)
    policy.status, policy.published_version_id = PolicyStatus.PUBLISHED, version.id
    policy.reviewed_on, policy.review_due_on = effective_on, next_review(effective_on, policy.review_months)
    of_policy = PolicyPublished(
        **policy_fields(policy),
        version_id=version.id,
        number=version.number,
        effective_on=effective_on,
        sha256=version.sha256,
        historical_record_id=record_id,
    )
    announce(session, of_policy, about=policy, by=by, at=at, reason=reason)


async def _locked(
    session: AsyncSession, version_id: UUID, verb: str, *states: VersionStatus, expected: int = ANY_VERSION
) -> tuple[Policy, PolicyVersion]:
    """The version in one of these states, and its policy, which is taken first."""
    seen = await found(session, PolicyVersion, version_id)
    if seen is None:
        raise NotFound(f"There is no version {version_id}.")
    policy = await locked(session, Policy, seen.policy_id, noun="policy")
    version = await locked(session, PolicyVersion, version_id, noun="version", expected=expected)
    if version.status not in states or policy.status == PolicyStatus.RETIRED:
        state = version.status if policy.status != PolicyStatus.RETIRED else policy.status
        raise not_allowed(verb, state, _ALLOWED.get(VersionStatus(state), []))
    return policy, version


def _authors(version: PolicyVersion) -> set[UUID | None]:
    return {person_of(author) for author in version.authors}


def _digest(markdown: str | None, file: dict[str, Any] | None) -> str:
    return digest_of(markdown) if markdown is not None else str((file or {})["sha256"])


def _event_fields(version: PolicyVersion, policy: Policy) -> dict[str, Any]:
    """What every event about a version says."""
    return {
        "policy_id": policy.id,
        "policy_code": policy.code,
        "number": version.number,
        "sha256": version.sha256,
    }
