"""What the risk service announces of vendors, their reviews and the conditions of approvals."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from shared.events.event import Event


class VendorEvent(Event):
    """Every event about a vendor says what it is and where the relationship stands."""

    code: str
    title: str
    kind: str
    tier: str
    status: str
    review_due_on: date | None


class VendorRegistered(VendorEvent):
    """A vendor was registered as a prospect."""

    name: ClassVar[str] = "risk.vendor.registered"


class VendorRevised(VendorEvent):
    """What is known of a vendor was changed, or its owner."""

    name: ClassVar[str] = "risk.vendor.revised"


class VendorReviewCalledFor(VendorEvent):
    """A vendor is to be reviewed before its time; the reason says why."""

    name: ClassVar[str] = "risk.vendor.review_called_for"


class VendorReviewDue(VendorEvent):
    """The review of a vendor is due by the calendar."""

    name: ClassVar[str] = "risk.vendor.review_due"


class VendorApproved(VendorEvent):
    """A review approved a vendor, with or without conditions."""

    name: ClassVar[str] = "risk.vendor.approved"


class VendorRejectedByReview(VendorEvent):
    """A review rejected a vendor; one that was in use is suspended."""

    name: ClassVar[str] = "risk.vendor.rejected"


class VendorConditionsMet(VendorEvent):
    """The last open condition of a vendor's approval was met or withdrawn."""

    name: ClassVar[str] = "risk.vendor.conditions_met"


class VendorActivated(VendorEvent):
    """An approved vendor is in use."""

    name: ClassVar[str] = "risk.vendor.activated"


class VendorSuspended(VendorEvent):
    """An active vendor is not used for now."""

    name: ClassVar[str] = "risk.vendor.suspended"


class VendorReinstated(VendorEvent):
    """A suspended vendor is used again."""

    name: ClassVar[str] = "risk.vendor.reinstated"


class VendorOffboardingBegun(VendorEvent):
    """The relationship with a vendor is being ended."""

    name: ClassVar[str] = "risk.vendor.offboarding_begun"


class VendorOffboarded(VendorEvent):
    """A vendor has left: its access is revoked, and our data returned or destroyed."""

    name: ClassVar[str] = "risk.vendor.offboarded"


class VendorReviewTold(Event):
    """Every event about a review says of which vendor, why, and how far it is."""

    vendor_id: UUID
    cause: str
    tier: str
    status: str
    due_on: date
    reviewer_id: UUID
    outcome: str | None
    next_review_on: date | None


class VendorReviewStarted(VendorReviewTold):
    """A review of a vendor began."""

    name: ClassVar[str] = "risk.vendor_review.started"


class VendorReviewGathered(VendorReviewTold):
    """It was said what a review looks at."""

    name: ClassVar[str] = "risk.vendor_review.gathered"


class VendorReviewAssessed(VendorReviewTold):
    """The reviewer said what they found and propose."""

    name: ClassVar[str] = "risk.vendor_review.assessed"


class VendorReviewDecided(VendorReviewTold):
    """Another person decided on a vendor; the reason says why."""

    name: ClassVar[str] = "risk.vendor_review.decided"


class VendorReviewClosed(VendorReviewTold):
    """A review was closed, and the day of the next one is set."""

    name: ClassVar[str] = "risk.vendor_review.closed"


class VendorReviewCancelled(VendorReviewTold):
    """A review was given up before it was decided."""

    name: ClassVar[str] = "risk.vendor_review.cancelled"


class VendorReviewHandedOver(VendorReviewTold):
    """Another person reviews the vendor."""

    name: ClassVar[str] = "risk.vendor_review.handed_over"


class VendorConditionTold(Event):
    """Every event about a condition says what is asked, of whom on our side, and by when."""

    vendor_id: UUID
    review_id: UUID
    text: str
    owner_id: UUID
    due_on: date


class VendorConditionSet(VendorConditionTold):
    """An approval has a condition."""

    name: ClassVar[str] = "risk.vendor_condition.set"


class VendorConditionMet(VendorConditionTold):
    """A condition is met; the reason says what shows it."""

    name: ClassVar[str] = "risk.vendor_condition.met"


class VendorConditionWithdrawn(VendorConditionTold):
    """A condition is asked for no longer."""

    name: ClassVar[str] = "risk.vendor_condition.withdrawn"


class VendorConditionMoved(VendorConditionTold):
    """A condition is due on another day, or another person answers for it."""

    name: ClassVar[str] = "risk.vendor_condition.moved"


class VendorConditionOverdue(VendorConditionTold):
    """A condition was not met by its due day."""

    name: ClassVar[str] = "risk.vendor_condition.overdue"
