"""Which party records which document. Pure.

Management signs its assertion and its representations (AT-C section 205); a subservice organisation whose part is
included signs an assertion of its own, which the client passes on. The practitioner inquires into subsequent events and
reviews quality. Both parties sign the engagement letter (AT-C section 105).
"""

from services.audit.engagements.engagement_documents.models import DocumentKind
from shared.identity.team_roles import TeamRole

OF_MANAGEMENT = frozenset(
    {
        DocumentKind.ENGAGEMENT_LETTER,
        DocumentKind.MANAGEMENT_ASSERTION,
        DocumentKind.SUBSERVICE_ASSERTION,
        DocumentKind.REPRESENTATION_LETTER,
    }
)
OF_AUDITORS = frozenset(
    {
        DocumentKind.ENGAGEMENT_LETTER,
        DocumentKind.SUBSEQUENT_EVENTS_INQUIRY,
        DocumentKind.QUALITY_REVIEW,
        DocumentKind.AUDIT_PLAN,
    }
)


def why_not(kind: DocumentKind, role: TeamRole | None) -> str | None:
    """Why a person of management (no role) or of the team cannot record a document; None when they can.

    The quality review is by the quality reviewer and nobody else; the engagement partner signs the letter.
    """
    if kind not in (OF_MANAGEMENT if role is None else OF_AUDITORS):
        return "recorded by the auditing party" if role is None else "recorded by management"
    reviews = kind == DocumentKind.QUALITY_REVIEW
    if reviews != (role == TeamRole.QUALITY_REVIEWER):
        return "recorded by the quality reviewer" if reviews else "the quality reviewer records the quality review only"
    if kind == DocumentKind.ENGAGEMENT_LETTER and role not in {None, TeamRole.ENGAGEMENT_PARTNER}:
        return "recorded by the engagement partner"
    return None
