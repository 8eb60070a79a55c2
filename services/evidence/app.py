"""Wiring only."""

from fastapi import FastAPI
from starlette.types import ASGIApp

from services.evidence import handlers, schedule
from services.evidence.bundles.archives.routes import routes as archive_routes
from services.evidence.bundles.bundles.routes import routes as bundle_routes
from services.evidence.collecting.calendar_feeds.routes import routes as calendar_routes
from services.evidence.collecting.collections import actions as collection_actions
from services.evidence.collecting.collections import queries as collection_queries
from services.evidence.collecting.collections.routes import routes as collection_routes
from services.evidence.collecting.expectations import actions as expectation_actions
from services.evidence.collecting.expectations import queries as expectation_queries
from services.evidence.collecting.expectations.routes import routes as expectation_routes
from services.evidence.collecting.record_schemas.routes import routes as record_schema_routes
from services.evidence.intake.file_uploads.routes import routes as file_upload_routes
from services.evidence.intake.files.routes import routes as file_routes
from services.evidence.intake.links.routes import routes as link_routes
from services.evidence.intake.pieces.routes import routes as piece_routes
from services.evidence.intake.resumable_uploads.routes import routes as upload_routes
from services.evidence.intake.scanner import the_scanner
from services.evidence.intake.scans.routes import routes as scan_routes
from services.evidence.intake.storage.routes import routes as storage_routes
from services.evidence.intake.store import the_store
from services.evidence.items.evidence.routes import routes as item_routes
from services.evidence.items.expectation_changes.routes import routes as expectation_change_routes
from services.evidence.items.reviews.routes import routes as review_routes
from services.evidence.items.search.actions import index_words
from services.evidence.items.tags.routes import routes as tag_routes
from services.evidence.items.versions.routes import routes as version_routes
from services.evidence.keeping.disposals.routes import routes as disposal_routes
from services.evidence.keeping.holds.routes import routes as hold_routes
from services.evidence.keeping.item_retention.routes import routes as item_retention_routes
from services.evidence.keeping.releases.routes import routes as release_routes
from services.evidence.keeping.retention.routes import routes as retention_routes
from services.evidence.sealing import KEYS
from services.evidence.settings import link_key
from shared.clock import now
from shared.events.event import handlers_in
from shared.people.duties import Duty
from shared.platform import Platform
from shared.schedule import sweeps_in
from shared.service import Service, create_app


async def prepare(platform: Platform, _app: FastAPI) -> None:
    """Fail at the start, and not at the first upload, when store, scanner or keys are not as they must be."""
    the_store()
    the_scanner()
    link_key()
    await KEYS.publish(platform.database, at=now())


SERVICE = Service(
    name="evidence",
    summary="What proves that a control works, and for how long",
    routes=[
        expectation_routes,
        expectation_change_routes,
        collection_routes,
        calendar_routes,
        file_routes,
        file_upload_routes,
        upload_routes,
        piece_routes,
        storage_routes,
        scan_routes,
        link_routes,
        item_routes,
        version_routes,
        review_routes,
        tag_routes,
        record_schema_routes,
        bundle_routes,
        archive_routes,
        disposal_routes,
        hold_routes,
        release_routes,
        retention_routes,
        item_retention_routes,
    ],
    handlers=handlers_in(handlers),
    sweeps=sweeps_in(schedule),
    duties=[
        # Expectations first: collections are opened under their locks.
        Duty("expectation", "owner", expectation_queries.owned, expectation_actions.hand_over),
        Duty("expectation", "backup_owner", expectation_queries.backed_up, expectation_actions.hand_over),
        Duty("collection", "owner", collection_queries.owned, collection_actions.hand_over),
        Duty("collection", "backup_owner", collection_queries.backed_up, collection_actions.hand_over),
    ],
    recompute=index_words,
    prepare=prepare,
)


def app() -> ASGIApp:
    """For `uvicorn --factory services.evidence.app:app`."""
    return create_app(SERVICE)
