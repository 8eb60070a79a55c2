"""The verbs of a bridge letter: management's, in the client's transaction. No token for an engagement opens them."""

from collections.abc import Iterable
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.engagements.engagement_documents.schemas import Signatory
from services.audit.engagements.known_firms.queries import known_firm
from services.audit.engagements.known_organisations.queries import known_organisation
from services.audit.reporting.audit_reports.models import AuditReport, ReportStatus
from services.audit.reporting.bridge_letters.models import BridgeLetter, LetterStatus
from services.audit.reporting.bridge_letters.rules import (
    BRIDGED,
    faults_of_day,
    faults_of_span,
    faults_of_statements,
    first_day_after,
)
from services.audit.reporting.bridge_letters.schemas import (
    BridgeLetterDraft,
    BridgeLetterRevision,
    LetterSignature,
)
from services.audit.wording.bridges import BridgeContent
from shared.data.records import ANY_VERSION, found, locked
from shared.data.sessions import organisation_of
from shared.events.catalogue.audit_reports import (
    BridgeLetterDrafted,
    BridgeLetterEvent,
    BridgeLetterRevised,
    BridgeLetterSent,
    BridgeLetterSigned,
    BridgeLetterWithdrawn,
)
from shared.events.trail import announce
from shared.identity.callers import Actor
from shared.problems import Conflict, Fault, Invalid, not_allowed


class NothingToBridge(Conflict):
    """There is no report whose period a bridge letter could follow."""


async def draft(session: AsyncSession, *, given: BridgeLetterDraft, by: Actor, at: datetime) -> BridgeLetter:
    """Draft a letter about the days after an issued report of a period. `NothingToBridge` for any other report."""
    report = await found(session, AuditReport, given.report_id)
    own = organisation_of(session)
    if report is None or report.client_id != own or report.released_at is None:
        raise Invalid("The report is unknown.", faults=[Fault("/report_id", "unknown")])
    if report.kind not in BRIDGED or report.status != ReportStatus.ISSUED:
        raise NothingToBridge(
            "A bridge letter follows an issued Type 2 report: others cover no period, or do not stand."
        )
    begins = first_day_after(report.covers_until)
    _refuse(faults_of_span(begins, given.covers_until, given.override_reason))
    firm, organisation = await known_firm(session, report.org_id), await known_organisation(session, own)
    letter = BridgeLetter(
        **given.model_dump(),
        org_id=own,
        engagement_id=report.engagement_id,
        firm=firm.name if firm else "",
        report_kind=report.kind,
        report_title=report.title,
        report_from=report.covers_from,
        report_until=report.covers_until,
        organization=organisation.title if organisation else "",
        covers_from=begins,
        sendings=[],
        created_at=at,
        updated_at=at,
    )
    session.add(letter)
    _tell(session, letter, BridgeLetterDrafted, by=by, at=at)
    return letter


async def revise(
    session: AsyncSession, letter_id: UUID, *, given: BridgeLetterRevision, expected: int, by: Actor, at: datetime
) -> None:
    """Change a draft."""
    letter = await _locked(session, letter_id, "revise", LetterStatus.DRAFT, expected=expected)
    for name, value in given.model_dump(exclude_unset=True).items():
        setattr(letter, name, value)
    _refuse(faults_of_span(letter.covers_from, letter.covers_until, letter.override_reason))
    _tell(session, letter, BridgeLetterRevised, by=by, at=at)


async def sign(session: AsyncSession, letter_id: UUID, *, given: LetterSignature, by: Actor, at: datetime) -> None:
    """Draft → signed, once it says whether there were changes and incidents; `NothingToBridge` as `draft` says."""
    letter = await _locked(session, letter_id, "sign", LetterStatus.DRAFT)
    await _require_report(session, letter)
    said = {name: getattr(letter, name) for name in ("changes", "no_changes", "incidents", "no_incidents")}
    today = at.astimezone(UTC).date()
    _refuse(
        [*faults_of_statements(**said), *faults_of_day(given.signed_on, covers_until=letter.covers_until, today=today)]
    )
    letter.status, letter.signed_on = LetterStatus.SIGNED, given.signed_on
    letter.signatory, letter.signed_by = given.signatory.model_dump(), by.recorded
    _tell(session, letter, BridgeLetterSigned, by=by, at=at)


async def send(session: AsyncSession, letter_id: UUID, *, sent_to: str, by: Actor, at: datetime) -> None:
    """Signed → sent, and once more for each who gets it. `NothingToBridge` when the report stands no longer."""
    letter = await _locked(session, letter_id, "send", LetterStatus.SIGNED, LetterStatus.SENT)
    await _require_report(session, letter)
    sending = {"sent_to": sent_to, "sent_at": at.isoformat(), "sent_by": by.recorded}
    letter.status, letter.sendings = LetterStatus.SENT, [*letter.sendings, sending]
    told = {name: getattr(letter, name) for name in BridgeLetterEvent.model_fields}
    announce(session, BridgeLetterSent(**told, sent_to=sent_to), about=letter, by=by, at=at)


async def withdraw(session: AsyncSession, letter_id: UUID, *, reason: str, by: Actor, at: datetime) -> None:
    """Any → withdrawn. It stays on record."""
    letter = await _locked(session, letter_id, "withdraw", LetterStatus.DRAFT, LetterStatus.SIGNED, LetterStatus.SENT)
    letter.status = LetterStatus.WITHDRAWN
    _tell(session, letter, BridgeLetterWithdrawn, by=by, at=at, reason=reason)


def content_of(letter: BridgeLetter) -> BridgeContent:
    """What the letter says."""
    names = BridgeContent.model_fields.keys() - {"signatory"}
    signatory = Signatory.model_validate(letter.signatory) if letter.signatory else None
    return BridgeContent(**{name: getattr(letter, name) for name in names}, signatory=signatory)


async def _locked(
    session: AsyncSession, letter_id: UUID, verb: str, *states: LetterStatus, expected: int = ANY_VERSION
) -> BridgeLetter:
    letter = await locked(session, BridgeLetter, letter_id, noun="bridge letter", expected=expected)
    if letter.status not in states:
        raise not_allowed(verb, letter.status, [])
    return letter


async def _require_report(session: AsyncSession, letter: BridgeLetter) -> None:
    """The report that the letter follows was issued and stands: readers rely on both together."""
    report = await found(session, AuditReport, letter.report_id)
    if report is None or report.status != ReportStatus.ISSUED:
        raise NothingToBridge("The report was revised or withdrawn; write a letter about the one that stands.")


def _refuse(faults: Iterable[Fault]) -> None:
    if listed := list(faults):
        raise Invalid("The bridge letter does not hold together.", faults=listed)


def _tell(
    session: AsyncSession,
    letter: BridgeLetter,
    kind: type[BridgeLetterEvent],
    *,
    by: Actor,
    at: datetime,
    reason: str | None = None,
) -> None:
    told = {name: getattr(letter, name) for name in BridgeLetterEvent.model_fields}
    announce(session, kind(**told), about=letter, by=by, at=at, reason=reason)
