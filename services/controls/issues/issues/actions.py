"""The verbs of an issue. The health of its controls follows from it, so that they are locked before it and touched."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.controls.issues.issue_policies.queries import policy_in_force
from services.controls.issues.issues import rules
from services.controls.issues.issues.models import Closure, Issue, IssueStatus
from services.controls.issues.issues.queries import link, lock_named, of_the_same_cause, unannounced_overdue
from services.controls.issues.issues.rules import LIVE, UNRESOLVED, due, is_lower, regresses
from services.controls.issues.issues.schemas import (
    ClosureDraft,
    DueDateChange,
    IssueDescription,
    IssueDraft,
    IssueRevision,
)
from services.controls.register.controls.models import Control
from shared.data.records import ANY_VERSION, found, lock_by_id, lock_free, locked
from shared.data.sessions import organisation_of
from shared.data.transactions import touched
from shared.events.catalogue.controls import Severity
from shared.events.catalogue.issues import (
    IssueAssigned,
    IssueClosed,
    IssueDueMoved,
    IssueOpened,
    IssueOverdue,
    IssueReopened,
    IssueRevised,
)
from shared.events.trail import announce
from shared.identity.callers import SYSTEM, Actor, keep_apart
from shared.people.duties import Handover
from shared.people.references import people_columns, require_person
from shared.problems import Conflict, Fault, Invalid, NotFound, not_allowed

ALLOWED: dict[IssueStatus, list[str]] = {
    IssueStatus.OPEN: ["revise", "move the due date", "plan", "close"],
    IssueStatus.REMEDIATING: ["revise", "move the due date", "plan", "resolve", "close"],
    IssueStatus.RESOLVED: ["revise", "check", "close"],
    IssueStatus.CLOSED: ["reopen"],
}


class IssueKnown(Conflict):
    """The control already has an issue with the same cause."""


async def open_issue(session: AsyncSession, *, draft: IssueDraft, by: Actor, at: datetime) -> Issue:
    """Put a deficiency on record. `IssueKnown` when one with the same cause is: it is reopened, not opened again."""
    owner_id = await require_person(session, draft.owner, "/owner")
    return await open_owned(session, draft=draft, owner_id=owner_id, by=by, at=at)


async def open_owned(
    session: AsyncSession, *, draft: IssueDescription, owner_id: UUID, by: Actor, at: datetime
) -> Issue:
    """Put a deficiency on record whose owner is known; refused as `open_issue` says."""
    controls = await lock_by_id(session, Control, draft.control_ids)
    _know(draft.control_ids, controls)
    if draft.recurs_with and (same := await of_the_same_cause(session, draft.control_ids, draft.recurs_with)):
        raise IssueKnown(
            f"Issue {same[0].id} has the same cause and is {same[0].status}.", faults=[Fault("/recurs_with", "known")]
        )
    days = (await policy_in_force(session)).due_days
    issue = Issue(
        **draft.model_dump(mode="json", exclude={"due_on", "control_ids", "evidence_ids", "owner"}),
        control_ids=draft.control_ids,
        owner_id=owner_id,
        evidence_ids=draft.evidence_ids,
        due_on=draft.due_on or due(at, days.of(draft.severity)),
        org_id=organisation_of(session),
        opened_by=by.recorded,
        running_since=at,
        created_at=at,
        updated_at=at,
    )
    session.add(issue)
    event = IssueOpened(**event_fields(issue), source=issue.source, source_reference=issue.source_reference)
    announce(session, event, about=issue, by=by, at=at, reason=draft.due_reason)
    await link(session, issue)
    touched(session, *issue.control_ids, at=at)
    return issue


async def revise(
    session: AsyncSession, issue_id: UUID, *, revision: IssueRevision, expected: int, by: Actor, at: datetime
) -> None:
    """Change what is said of an issue that is not closed."""
    owners = await people_columns(session, revision, "owner")
    issue = await locked_issue(session, issue_id, also=revision.control_ids or [], expected=expected)
    if issue.status == IssueStatus.CLOSED:
        raise not_allowed("revise", issue.status, ALLOWED[IssueStatus.CLOSED])
    before = issue.control_ids
    _know(revision.control_ids or [], await lock_by_id(session, Control, revision.control_ids or []))
    owner_id, severity = issue.owner_id, issue.severity
    if revision.severity is not None and is_lower(revision.severity, Severity(severity)):
        keep_apart("The owner of an issue cannot lower its severity", first=owner_id, second=by)
    changes = revision.model_dump(mode="json", exclude_none=True, exclude={"owner"})
    for name, value in {**changes, **owners}.items():
        setattr(issue, name, [UUID(item) for item in value] if name in {"control_ids", "evidence_ids"} else value)
    if issue.severity != severity and issue.due_reason is None:
        days = (await policy_in_force(session)).due_days
        issue.due_on = due(issue.running_since, days.of(Severity(issue.severity)))
    announce(session, IssueRevised(**event_fields(issue)), *_assigned(issue, owner_id), about=issue, by=by, at=at)
    if revision.control_ids is not None:
        await link(session, issue)
    touched(session, *before, *issue.control_ids, at=at)


async def hand_over(session: AsyncSession, handover: Handover) -> None:
    """Give the issues of a leaver that are not closed, and what they are to do for any, to another person."""
    for issue in await lock_named(session, handover.from_person):
        owner_id = issue.owner_id
        issue.owner_id = handover.to_person if owner_id == handover.from_person else owner_id
        issue.plan = rules.handed_over(issue.plan, handover.from_person, handover.to_person)
        event = IssueRevised(**event_fields(issue))
        announce(
            session, event, *_assigned(issue, owner_id), about=issue, by=SYSTEM, at=handover.at, reason=handover.reason
        )


async def move_due_date(
    session: AsyncSession, issue_id: UUID, *, change: DueDateChange, by: Actor, at: datetime
) -> None:
    """Let an unresolved issue be due on another day, decided by someone who does not own it."""
    issue = await locked_issue(session, issue_id)
    if issue.status not in UNRESOLVED:
        raise not_allowed("move the due date", issue.status, ALLOWED[IssueStatus(issue.status)])
    keep_apart("The owner of an issue cannot move its due date", first=issue.owner_id, second=by)
    before = issue.due_on
    issue.due_on, issue.due_reason = change.due_on, change.reason
    event = IssueDueMoved(**event_fields(issue), due_before=before)
    announce(session, event, about=issue, by=by, at=at, reason=change.reason)


async def close(session: AsyncSession, issue_id: UUID, *, draft: ClosureDraft, by: Actor, at: datetime) -> None:
    """Close an issue without correction. Its owner cannot accept its risk."""
    issue = await locked_issue(session, issue_id)
    if issue.status not in LIVE:
        raise not_allowed("close", issue.status, ALLOWED[IssueStatus(issue.status)])
    if draft.outcome == Closure.RISK_ACCEPTED:
        keep_apart("The owner of an issue cannot accept its risk", first=issue.owner_id, second=by)
    if draft.duplicate_of is not None:
        original = await found(session, Issue, draft.duplicate_of)
        if original is None or original.id == issue.id or original.status == IssueStatus.CLOSED:
            raise Invalid(
                "A duplicate must name another issue that is not closed.",
                faults=[Fault("/duplicate_of", "not another open issue")],
            )
    close_locked(session, issue, draft.model_dump(mode="json"), by=by, at=at)


def close_locked(session: AsyncSession, issue: Issue, closure: dict[str, Any], *, by: Actor, at: datetime) -> None:
    """Close a locked issue with an outcome and its reason."""
    issue.status = IssueStatus.CLOSED
    issue.closure = {**closure, "by": by.recorded, "at": at.isoformat()}
    event = IssueClosed(**event_fields(issue), outcome=closure["outcome"])
    announce(session, event, about=issue, by=by, at=at, reason=closure["reason"])
    touched(session, *issue.control_ids, at=at)


async def reopen(session: AsyncSession, issue_id: UUID, *, reason: str, by: Actor, at: datetime) -> None:
    """Closed → open. It is a regression when the correction had been found to work."""
    issue = await locked_issue(session, issue_id)
    if issue.status != IssueStatus.CLOSED:
        raise not_allowed("reopen", issue.status, ALLOWED[IssueStatus(issue.status)])
    await reopen_locked(session, issue, reason=reason, by=by, at=at)


async def reopen_locked(session: AsyncSession, issue: Issue, *, reason: str, by: Actor, at: datetime) -> None:
    """Open a locked, closed issue again, due by the policy from now on."""
    regression = issue.closure is not None and regresses(Closure(issue.closure["outcome"]))
    days = (await policy_in_force(session)).due_days
    issue.status, issue.closure, issue.resolution = IssueStatus.OPEN, None, None
    issue.regressions += regression
    issue.running_since, issue.due_reason = at, None
    issue.due_on = due(at, days.of(Severity(issue.severity)))
    event = IssueReopened(**event_fields(issue), regression=regression, regressions=issue.regressions)
    announce(session, event, about=issue, by=by, at=at, reason=reason)
    touched(session, *issue.control_ids, at=at)


async def announce_overdue(session: AsyncSession, *, as_of: datetime, limit: int) -> int:
    """Announce which issues are overdue, each once for a due date; how many it was."""
    late = unannounced_overdue(as_of).with_only_columns(Issue).order_by(col(Issue.due_on)).limit(limit)
    issues = await lock_free(session, late)
    for issue in issues:
        issue.overdue_told_for = issue.due_on
        announce(session, IssueOverdue(**event_fields(issue)), about=issue, by=SYSTEM, at=as_of)
    return len(issues)


async def locked_issue(
    session: AsyncSession, issue_id: UUID, *, also: Iterable[UUID] = (), expected: int = ANY_VERSION
) -> Issue:
    """The issue, locked after its controls and those that it is also to be about."""
    seen = await found(session, Issue, issue_id)
    if seen is None:
        raise NotFound(f"There is no issue {issue_id}.")
    ids = list(seen.control_ids)
    await lock_by_id(session, Control, [*ids, *also])
    issue = await locked(session, Issue, issue_id, noun="issue", expected=expected)
    if issue.control_ids != ids:
        raise Conflict("The issue's controls have changed meanwhile; try again.")
    return issue


def event_fields(issue: Issue) -> dict[str, Any]:
    """What every event about an issue says."""
    return issue.model_dump(include={"title", "control_ids", "severity", "status", "owner_id", "due_on"})


def _assigned(issue: Issue, owner_id_before: UUID) -> list[IssueAssigned]:
    if issue.owner_id == owner_id_before:
        return []
    return [IssueAssigned(**event_fields(issue), owner_id_before=owner_id_before)]


def _know(asked: Sequence[UUID], controls: Iterable[Control]) -> None:
    there = {control.id for control in controls}
    faults = [
        Fault(f"/control_ids/{place}", "The control does not exist.")
        for place, control_id in enumerate(asked)
        if control_id not in there
    ]
    if faults:
        raise Invalid("Some of the controls do not exist.", faults=faults)
