"""The verbs of a certificate, in transactions of the certification body; both parties' chains have them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.engagements.engagements.models import Engagement, EngagementKind, EngagementPhase
from services.audit.engagements.engagements.rules import CERTIFYING
from services.audit.engagements.known_firms.queries import known_firm, licences_of
from services.audit.engagements.licensing.rules import why_not
from services.audit.judgement.certificates.models import Certificate, CertificateStatus
from services.audit.judgement.certificates.queries import ever_on_team, granted_certificate
from services.audit.judgement.certificates.rules import CertificateStep, after, last_day, surveillance_by
from services.audit.judgement.certificates.schemas import CertificateChange, CertificationDraft, CertificationOutcome
from services.audit.judgement.nonconformities.models import NonconformityGrade, NonconformityStatus
from services.audit.judgement.nonconformities.queries import nonconformities_of
from services.audit.judgement.nonconformities.rules import lets_certify, was_late
from shared.data.records import ANY_VERSION, found, locked, one_at_a_time
from shared.data.sessions import in_organisation, organisation_of
from shared.data.transactions import Written
from shared.events.catalogue.certificates import AboutCertificate, CertificateChanged, CertificationDecided
from shared.events.trail import announce
from shared.identity.callers import Actor, in_person
from shared.problems import Conflict, Fault, Invalid, NotFound, SeparationOfDuties, not_allowed

_DECIDED_IN = frozenset({EngagementPhase.ISSUED, EngagementPhase.COMPLETED})


class NotCertifiable(Conflict):
    """The audit is none that a certificate is decided on, the body is not accredited, or nonconformities stand."""


class AnotherStageNeeded(Conflict):
    """A major nonconformity was not verified within six months of the last day of stage 2."""


async def decide(
    session: AsyncSession, engagement_id: UUID, *, draft: CertificationDraft, by: Actor, at: datetime
) -> Certificate:
    """Decide on a certificate once the report was issued, by the own sign-in of a person who was not on the team.

    `NotCertifiable` for another audit, and to grant while a major nonconformity is not verified or the plan for a minor
    one not accepted (ISO/IEC 17021-1, 9.5.2). `AnotherStageNeeded` to grant from a stage 2 of which a major one was
    not verified within six months (9.5.3.2).
    """
    person = in_person(by, "decide on a certificate")
    await one_at_a_time(session, engagement_id)
    engagement = await found(session, Engagement, engagement_id)
    if engagement is None or engagement.firm_id != organisation_of(session):
        raise NotFound(f"There is no engagement {engagement_id} that this organisation conducts.")
    await _keep_apart_from_auditors(session, engagement_id, person)
    if engagement.kind not in CERTIFYING:
        raise NotCertifiable(f"No certificate is decided on from {engagement.kind}.")
    if engagement.phase not in _DECIDED_IN:
        raise not_allowed("decide on the certificate", engagement.phase, [])
    if await granted_certificate(session, engagement_id) is not None:
        raise NotCertifiable("A certificate was granted from this audit.")
    granted = draft.outcome == CertificationOutcome.GRANTED
    today = at.date()
    if granted:
        await _require_accreditation(session, EngagementKind(engagement.kind), at)
        await _require_settled(session, engagement, today)
    made = Certificate(
        org_id=organisation_of(session),
        engagement_id=engagement_id,
        client_id=engagement.org_id,
        status=draft.outcome.value,
        scope=draft.scope,
        soa_version=draft.soa_version,
        decided_on=today,
        valid_until=last_day(today) if granted else None,
        surveillance_by=surveillance_by(today) if granted else None,
        decided_by=by.recorded,
        history=[_entry("decide", draft.reason, by, at)],
        created_at=at,
        updated_at=at,
    )
    session.add(made)
    await _announce(session, CertificationDecided(**_event_fields(made)), made, by=by, at=at, reason=draft.reason)
    return made


async def _require_settled(session: AsyncSession, engagement: Engagement, today: date) -> None:
    """That no nonconformity stands against a certificate: of this audit, or of the one whose open ones it took up."""
    followed = [engagement.follows_id] if engagement.follows_id else []
    rows = await nonconformities_of(session, engagement.id, *followed)
    late = [
        row.number
        for row in rows
        if row.engagement_id == engagement.id
        and was_late(row.verify_by, row.verified_at.date() if row.verified_at else None, today)
    ]
    if late:
        said = ", ".join(map(str, late))
        raise AnotherStageNeeded(f"Not verified within six months of the last day of stage 2: nonconformity {said}.")
    if not lets_certify((NonconformityGrade(row.grade), NonconformityStatus(row.status)) for row in rows):
        raise NotCertifiable("A major nonconformity is not verified, or the plan for a minor one is not accepted.")


async def change(session: AsyncSession, key: UUID, *, draft: CertificateChange, by: Actor, at: datetime) -> None:
    """Suspend, restore, reduce or withdraw a certificate, with a reason, by others than who audited."""
    person = in_person(by, f"{draft.step} a certificate")
    made = await locked(session, Certificate, key, noun="certificate", expected=ANY_VERSION)
    await _keep_apart_from_auditors(session, made.engagement_id, person)
    if draft.step == CertificateStep.RESTORE:
        await _require_accreditation(session, EngagementKind.ISO27001_STAGE2, at)
    if (draft.scope is not None) != (draft.step == CertificateStep.REDUCE):
        fault = Fault("/scope", "required to reduce it" if draft.scope is None else f"not to {draft.step}")
        raise Invalid("The scope is given to reduce it, and only there.", faults=[fault])
    status = CertificateStatus(made.status)
    to = after(draft.step, status)
    if to is None:
        raise not_allowed(draft.step, status, [step for step in CertificateStep if after(step, status)])
    made.status, made.scope = to, draft.scope or made.scope
    made.history = [*made.history, _entry(draft.step, draft.reason, by, at)]
    event = CertificateChanged(**_event_fields(made), step=draft.step)
    await _announce(session, event, made, by=by, at=at, reason=draft.reason)


async def _keep_apart_from_auditors(session: AsyncSession, engagement_id: UUID, person: UUID) -> None:
    if await ever_on_team(session, engagement_id, person):
        raise SeparationOfDuties("Who audited does not decide on the certificate; this needs another person.")


async def _require_accreditation(session: AsyncSession, kind: EngagementKind, at: datetime) -> None:
    """`NotCertifiable` when the body's accreditation is not in force at this moment, whatever it was at acceptance."""
    body = organisation_of(session)
    if wrong := why_not(await known_firm(session, body), await licences_of(session, body), kind, at.date()):
        raise NotCertifiable(f"{wrong[0].upper()}{wrong[1:]}.")


async def _announce(
    session: AsyncSession, event: AboutCertificate, made: Certificate, *, by: Actor, at: datetime, reason: str
) -> None:
    announce(session, event, about=made, by=by, at=at, reason=reason)
    async with in_organisation(session, made.client_id):
        about = Written(made.id, made.version, None, {"status": made.status, "scope": made.scope})
        announce(session, event, about=about, by=by, at=at, reason=reason)


def _entry(step: str, reason: str, by: Actor, at: datetime) -> dict[str, Any]:
    return {"step": str(step), "reason": reason, "by": by.recorded, "at": at.isoformat()}


def _event_fields(made: Certificate) -> dict[str, Any]:
    names = ("engagement_id", "status", "soa_version", "decided_on", "valid_until")
    return {name: getattr(made, name) for name in names}
