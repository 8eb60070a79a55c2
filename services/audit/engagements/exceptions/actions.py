"""The verbs of an exception. What is known of the control opens and remediates one; people respond and evaluate."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.audit.engagements.engagements.models import Engagement, EngagementPhase
from services.audit.engagements.engagements.rules import OPEN, span_of
from services.audit.engagements.exceptions.models import AuditException, AuditExceptionStatus
from services.audit.engagements.exceptions.rules import consequences, kind_of, nature_of, status_of
from services.audit.engagements.exceptions.schemas import EvaluationDraft
from services.audit.engagements.facts.rules import Exceedance, Failure
from shared.data.records import ANY_VERSION, locked
from shared.events.catalogue.audit import (
    ExceptionCorrected,
    ExceptionEvaluated,
    ExceptionOpened,
    ExceptionRemediated,
    ExceptionResponded,
    ExceptionRiskNoted,
    ExceptionWithdrawn,
)
from shared.events.trail import announce
from shared.identity.callers import SYSTEM, Actor, keep_apart
from shared.problems import not_allowed

_CHANGE: dict[AuditExceptionStatus, type[ExceptionRemediated | ExceptionWithdrawn]] = {
    AuditExceptionStatus.REMEDIATED: ExceptionRemediated,
    AuditExceptionStatus.WITHDRAWN: ExceptionWithdrawn,
}


def open_exception(
    session: AsyncSession, engagement: Engagement, control_id: UUID, failure: Failure, *, at: datetime
) -> AuditException:
    """Put a failure on record; at once as remediated, when the control is known to work again."""
    exception = AuditException(
        **_put(failure, engagement),
        org_id=engagement.org_id,
        engagement_id=engagement.id,
        control_id=control_id,
        failing_version=failure.began.version,
        risks=[],
        responder_ids=[],
        created_at=at,
        updated_at=at,
    )
    session.add(exception)
    kinds = [ExceptionOpened] if failure.ended is None else [ExceptionOpened, ExceptionRemediated]
    happened = [kind(**_event_fields(exception)) for kind in kinds]
    announce(session, *happened, about=exception, by=SYSTEM, at=at, reason=" ".join(exception.cause))
    return exception


def follow_failure(
    session: AsyncSession,
    exception: AuditException,
    engagement: Engagement,
    failure: Failure,
    *,
    at: datetime,
) -> None:
    """Remediate the exception when its failure is over; correct it when the failure proves to have been another.

    The latter happens when changes of health are heard in another order than they happened. Only such facts take
    something off the record: other dates or another scope withdraw no exception, though dates may bring one back.
    """
    put = _put(failure, engagement)
    unchanged = all(getattr(exception, name) == put[name] for name in ("failed_at", "remediated_at", "cause"))
    if unchanged and put["status"] in {exception.status, AuditExceptionStatus.WITHDRAWN}:
        return
    before = exception.status
    for name, value in put.items():
        setattr(exception, name, value)
    kind = ExceptionCorrected if exception.status == before else _CHANGE[AuditExceptionStatus(exception.status)]
    announce(session, kind(**_event_fields(exception)), about=exception, by=SYSTEM, at=at)


def note_risks(
    session: AsyncSession,
    exception: AuditException,
    failure: Failure,
    exceedances: Sequence[Exceedance],
    *,
    at: datetime,
) -> None:
    """Note each risk that went above appetite while the control failed, once; it stays when it is back within."""
    if exception.status == AuditExceptionStatus.WITHDRAWN:
        return
    noted = {UUID(risk["risk_id"]): risk["noted_at"] for risk in exception.risks}
    found = consequences(failure, exceedances)
    if exception.risks != _notes(found, noted):
        announce(session, ExceptionCorrected(**_event_fields(exception)), about=exception, by=SYSTEM, at=at)
    for risk in found:
        if risk.risk_id not in noted:
            noted[risk.risk_id] = at.isoformat()
            event = ExceptionRiskNoted(
                **_event_fields(exception), risk_id=risk.risk_id, risk_title=risk.title, residual=risk.residual
            )
            announce(session, event, about=exception, by=SYSTEM, at=at)
    exception.risks = _notes(found, noted)


async def respond(session: AsyncSession, exception_id: UUID, *, text: str, by: Actor, at: datetime) -> None:
    """Management's response, until the report is issued. Whoever evaluated the exception is not management."""
    exception = await _locked(session, exception_id, "respond")
    if exception.evaluation is not None:
        keep_apart(
            "The evaluator of an exception cannot respond for management", first=exception.evaluation["by"], second=by
        )
    exception.management_response = {"text": text, "by": by.recorded, "at": at.isoformat()}
    if by.person is not None:
        exception.responder_ids = sorted({*exception.responder_ids, by.person})
    announce(session, ExceptionResponded(**_event_fields(exception)), about=exception, by=by, at=at)


async def evaluate(
    session: AsyncSession, exception_id: UUID, *, draft: EvaluationDraft, by: Actor, at: datetime
) -> None:
    """The auditor's conclusion, until the report is issued. It leaves the status alone, as that does the conclusion."""
    exception = await _locked(session, exception_id, "evaluate")
    for responder in exception.responder_ids:
        keep_apart("A person who responded for management cannot evaluate the exception", first=responder, second=by)
    exception.evaluation = {**draft.model_dump(mode="json"), "by": by.recorded, "at": at.isoformat()}
    event = ExceptionEvaluated(**_event_fields(exception))
    announce(session, event, about=exception, by=by, at=at, reason=draft.conclusion)


async def _locked(session: AsyncSession, exception_id: UUID, verb: str) -> AuditException:
    """The exception, locked, as long as it stands and its engagement's report has not been issued."""
    exception = await locked(session, AuditException, exception_id, noun="exception", expected=ANY_VERSION)
    if exception.status == AuditExceptionStatus.WITHDRAWN:
        raise not_allowed(verb, exception.status, [])
    query = select(Engagement.phase).where(col(Engagement.id) == exception.engagement_id)
    phase = EngagementPhase((await session.execute(query.with_for_update(read=True))).scalar_one())
    if phase not in OPEN:
        raise not_allowed(verb, phase, [])
    return exception


def _put(failure: Failure, engagement: Engagement) -> dict[str, Any]:
    """A failure as the engagement's record puts it."""
    kind = kind_of(failure.began.codes)
    return {
        "control_code": failure.began.code,
        "control_title": failure.began.title,
        "kind": kind,
        "nature": nature_of(kind, failure.since),
        "cause": list(failure.began.reasons),
        "status": status_of(failure, span_of(engagement)),
        "failed_at": failure.since,
        "remediated_at": failure.until,
    }


def _notes(found: Iterable[Exceedance], noted: Mapping[UUID, str]) -> list[dict[str, Any]]:
    return [
        {
            "risk_id": str(risk.risk_id),
            "title": risk.title,
            "residual": risk.residual,
            "exceeded_at": risk.at.isoformat(),
            "noted_at": noted[risk.risk_id],
        }
        for risk in found
        if risk.risk_id in noted
    ]


def _event_fields(exception: AuditException) -> dict[str, Any]:
    """What every event about an exception says."""
    return {
        "engagement_id": exception.engagement_id,
        "control_id": exception.control_id,
        "control_code": exception.control_code,
        "nature": exception.nature,
    }
