"""The verb of a bundle."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.evidence.bundles.bundles.models import Bundle
from services.evidence.bundles.bundles.schemas import BundleDraft
from shared.data.sessions import organisation_of
from shared.events.catalogue.retention import BundleAssembled
from shared.events.trail import announce
from shared.identity.callers import Actor


def assemble(session: AsyncSession, *, draft: BundleDraft, by: Actor, at: datetime) -> Bundle:
    """Say which evidence an archive holds: what is accepted by now."""
    bundle = Bundle(
        **draft.model_dump(), assembled_by=by.recorded, org_id=organisation_of(session), created_at=at, updated_at=at
    )
    session.add(bundle)
    announce(session, BundleAssembled(title=bundle.title), about=bundle, by=by, at=at)
    return bundle
