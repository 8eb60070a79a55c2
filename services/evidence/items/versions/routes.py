from uuid import UUID

from fastapi import Response

from services.evidence.collecting.collections.actions import UnknownCollection
from services.evidence.collecting.record_schemas.actions import RecordDoesNotFit, UnknownRecordSchema
from services.evidence.intake.scans.rules import Quarantined
from services.evidence.items.evidence.actions import NotYetCollected, UnknownReference
from services.evidence.items.evidence.queries import existing, item
from services.evidence.items.evidence.schemas import EvidenceOut, EvidenceSummary
from services.evidence.items.versions import actions, queries
from services.evidence.items.versions.schemas import VersionDraft
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import Busy, LimitExceeded, NotFound

routes = Routes("evidence versions")


routes.list(
    "list_evidence_versions",
    "/v1/evidence/{item_id}/versions",
    queries.versions,
    EvidenceSummary,
    permission=P.EVIDENCE_READ,
    description="Every version of this evidence, the first first; each is read and downloaded by its own id.",
    parent=existing,
    auditors=True,
)


@routes.post(
    "/v1/evidence/{item_id}/versions",
    permission=P.EVIDENCE_SUBMIT,
    status_code=201,
    response_model=EvidenceOut,
    refuses=(
        NotFound,
        UnknownReference,
        UnknownCollection,
        RecordDoesNotFit,
        LimitExceeded,
        Busy,
        actions.AlreadyReplaced,
        actions.NothingIsExpected,
        NotYetCollected,
        UnknownRecordSchema,
        Quarantined,
    ),
)
async def correct_evidence(item_id: UUID, draft: VersionDraft, write: Write) -> Response:
    """Hand in a corrected version, also of what was returned. It is reviewed as any evidence is.

    What was accepted counts until the corrected version is accepted, and no longer.
    """
    children, by = write.platform.children, write.caller.actor
    version = await actions.replace(write.session, children, item_id, draft=draft, by=by, at=write.at)
    return await write.created(item, version.id, f"/v1/evidence/{version.id}", as_of=write.at)
