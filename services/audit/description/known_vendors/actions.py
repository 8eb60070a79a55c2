"""What is known of vendors, as the risk service announces them."""

from services.audit.description.known_vendors.models import KnownVendor
from shared.events.catalogue.vendors import (
    VendorActivated,
    VendorApproved,
    VendorConditionsMet,
    VendorOffboarded,
    VendorOffboardingBegun,
    VendorRegistered,
    VendorReinstated,
    VendorRejectedByReview,
    VendorReviewCalledFor,
    VendorReviewDue,
    VendorRevised,
    VendorSuspended,
)
from shared.events.replicas import Facet, Replica

VENDORS = Replica(
    KnownVendor,
    Facet(
        "version",
        (
            VendorRegistered,
            VendorRevised,
            VendorReviewCalledFor,
            VendorReviewDue,
            VendorApproved,
            VendorRejectedByReview,
            VendorConditionsMet,
            VendorActivated,
            VendorSuspended,
            VendorReinstated,
            VendorOffboardingBegun,
            VendorOffboarded,
        ),
        *("code", "title"),
    ),
)
