from uuid import UUID

from fastapi import Response

from services.audit.judgement.certificates import actions, queries
from services.audit.judgement.certificates.schemas import CertificateChange, CertificationDraft, CertificationOut
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import NotFound, SeparationOfDuties

routes = Routes("certificates")


routes.list(
    "list_certificates",
    "/v1/certificates",
    queries.certificates,
    CertificationOut,
    permission=P.CERTIFICATES_READ,
    description="The certification decisions and certificates, newest first; both parties see them.",
    auditors=True,
)


routes.one(
    "get_certificate",
    "/v1/certificates/{certificate_id}",
    queries.certificate,
    CertificationOut,
    permission=P.CERTIFICATES_READ,
    description="One certification decision with what became of its certificate.",
    auditors=True,
)


@routes.post(
    "/v1/engagements/{engagement_id}/certification-decisions",
    permission=P.CERTIFICATES_DECIDE,
    status_code=201,
    response_model=CertificationOut,
    refuses=(NotFound, SeparationOfDuties, actions.NotCertifiable, actions.AnotherStageNeeded),
)
async def decide_on_certificate(engagement_id: UUID, draft: CertificationDraft, write: Write) -> Response:
    """Decide on a certificate, as a person of the certification body who was not on the team of the audit."""
    made = await actions.decide(write.session, engagement_id, draft=draft, by=write.caller.actor, at=write.at)
    return await write.created(queries.certificate, made.id, f"/v1/certificates/{made.id}")


@routes.post(
    "/v1/certificates/{certificate_id}/changes",
    permission=P.CERTIFICATES_DECIDE,
    response_model=CertificationOut,
    refuses=(NotFound, SeparationOfDuties, actions.NotCertifiable),
)
async def change_certificate(certificate_id: UUID, change: CertificateChange, write: Write) -> Response:
    """Suspend, restore, reduce or withdraw a certificate, with a reason. Every step stays on record.

    By a person who did not audit; a body restores one only while its accreditation is in force.
    """
    await actions.change(write.session, certificate_id, draft=change, by=write.caller.actor, at=write.at)
    return await write.changed(queries.certificate, certificate_id)
