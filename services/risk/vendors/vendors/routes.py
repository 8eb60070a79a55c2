from uuid import UUID

from fastapi import Response

from services.risk.days import day_of
from services.risk.vendors.known_evidence.queries import UnusableEvidence
from services.risk.vendors.vendors import actions, queries
from services.risk.vendors.vendors.schemas import (
    OffboardingProof,
    ReviewCall,
    VendorDraft,
    VendorOut,
    VendorReason,
    VendorRevision,
)
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.http.preconditions import ExpectedVersion
from shared.identity.permissions import P
from shared.people.references import PERSON_REFUSALS
from shared.problems import CodeTaken, NotFound

routes = Routes("vendors")


routes.list(
    "list_vendors",
    "/v1/vendors",
    queries.vendors,
    VendorOut,
    permission=P.VENDORS_READ,
    description="The organisation's vendors, offboarded ones included.",
)


routes.one(
    "get_vendor",
    "/v1/vendors/{vendor_id}",
    queries.vendor,
    VendorOut,
    permission=P.VENDORS_READ,
    description="One vendor, with its tier and the reasons for it.",
)


@routes.post(
    "/v1/vendors",
    permission=P.VENDORS_WRITE,
    status_code=201,
    response_model=VendorOut,
    refuses=(CodeTaken, actions.UnknownAsset, *PERSON_REFUSALS),
)
async def register_vendor(draft: VendorDraft, write: Write) -> Response:
    """Register a prospect. Its tier follows from the facts, and its first review is due at once."""
    vendor = await actions.register(write.session, draft=draft, by=write.caller.actor, at=write.at)
    location = f"/v1/vendors/{vendor.id}"
    return await write.created(queries.vendor, vendor.id, location, as_of=day_of(write.at))


@routes.patch(
    "/v1/vendors/{vendor_id}",
    permission=P.VENDORS_WRITE,
    response_model=VendorOut,
    refuses=(NotFound, actions.UnknownAsset, *PERSON_REFUSALS),
)
async def revise_vendor(vendor_id: UUID, revision: VendorRevision, expected: ExpectedVersion, write: Write) -> Response:
    """Change what is known of a vendor. Its tier follows; the day of its next review stays."""
    await actions.revise(
        write.session, vendor_id, revision=revision, expected=expected, by=write.caller.actor, at=write.at
    )
    return await write.changed(queries.vendor, vendor_id, as_of=day_of(write.at))


@routes.post(
    "/v1/vendors/{vendor_id}/review-calls", permission=P.VENDORS_WRITE, response_model=VendorOut, refuses=(NotFound,)
)
async def call_for_vendor_review(vendor_id: UUID, call: ReviewCall, write: Write) -> Response:
    """Have a vendor reviewed before its time: after an incident, a qualified report, or a material change."""
    await actions.call_for_review(write.session, vendor_id, call=call, by=write.caller.actor, at=write.at)
    return await write.changed(queries.vendor, vendor_id, as_of=day_of(write.at))


@routes.post(
    "/v1/vendors/{vendor_id}/activations", permission=P.VENDORS_WRITE, response_model=VendorOut, refuses=(NotFound,)
)
async def activate_vendor(vendor_id: UUID, write: Write) -> Response:
    """Say that an approved vendor is in use."""
    await actions.activate(write.session, vendor_id, by=write.caller.actor, at=write.at)
    return await write.changed(queries.vendor, vendor_id, as_of=day_of(write.at))


@routes.post(
    "/v1/vendors/{vendor_id}/suspensions", permission=P.VENDORS_APPROVE, response_model=VendorOut, refuses=(NotFound,)
)
async def suspend_vendor(vendor_id: UUID, given: VendorReason, write: Write) -> Response:
    """Stop using an active vendor for now."""
    await actions.suspend(write.session, vendor_id, reason=given.reason, by=write.caller.actor, at=write.at)
    return await write.changed(queries.vendor, vendor_id, as_of=day_of(write.at))


@routes.post(
    "/v1/vendors/{vendor_id}/reinstatements",
    permission=P.VENDORS_APPROVE,
    response_model=VendorOut,
    refuses=(NotFound, actions.VendorRejected),
)
async def reinstate_vendor(vendor_id: UUID, given: VendorReason, write: Write) -> Response:
    """Use a suspended vendor again, unless its last review rejected it."""
    await actions.reinstate(write.session, vendor_id, reason=given.reason, by=write.caller.actor, at=write.at)
    return await write.changed(queries.vendor, vendor_id, as_of=day_of(write.at))


@routes.post(
    "/v1/vendors/{vendor_id}/offboardings", permission=P.VENDORS_WRITE, response_model=VendorOut, refuses=(NotFound,)
)
async def begin_vendor_offboarding(vendor_id: UUID, given: VendorReason, write: Write) -> Response:
    """Begin to end the relationship with a vendor."""
    await actions.begin_offboarding(write.session, vendor_id, reason=given.reason, by=write.caller.actor, at=write.at)
    return await write.changed(queries.vendor, vendor_id, as_of=day_of(write.at))


@routes.post(
    "/v1/vendors/{vendor_id}/offboarding-completions",
    permission=P.VENDORS_WRITE,
    response_model=VendorOut,
    refuses=(NotFound, UnusableEvidence),
)
async def complete_vendor_offboarding(vendor_id: UUID, proof: OffboardingProof, write: Write) -> Response:
    """Show that the vendor's access is revoked and our data returned or destroyed. It stays on record."""
    await actions.complete_offboarding(write.session, vendor_id, proof=proof, by=write.caller.actor, at=write.at)
    return await write.changed(queries.vendor, vendor_id, as_of=day_of(write.at))
