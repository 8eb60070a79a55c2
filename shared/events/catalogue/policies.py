"""What the controls service announces of policies and of who has acknowledged them."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from shared.events.event import Event


class _Policy(Event):
    """Every event about a policy says which, in the organisation's own words."""

    code: str
    title: str
    owner_id: UUID


class PolicyWritten(_Policy):
    """A policy was put down, without a text in force yet."""

    name: ClassVar[str] = "controls.policy.written"


class PolicyRevised(_Policy):
    """What is said of a policy changed: its title, owner, review or what it supports. Its text has versions."""

    name: ClassVar[str] = "controls.policy.revised"


class PolicyPublished(_Policy):
    """A version of a policy was published, and takes effect on a day; the one before ends with the day before.

    Of one that was in force before Attest knew, `historical_record_id` is the accepted record; null otherwise.
    """

    name: ClassVar[str] = "controls.policy.published"

    version_id: UUID
    number: int
    effective_on: date
    sha256: str
    historical_record_id: UUID | None = None


class PolicyReviewDue(_Policy):
    """A policy is to be looked at again."""

    name: ClassVar[str] = "controls.policy.review_due"

    review_due_on: date


class PolicyReviewed(_Policy):
    """Someone looked at a policy again: it stays as it is, or there is to be a new version."""

    name: ClassVar[str] = "controls.policy.reviewed"

    outcome: str
    review_due_on: date


class PolicyRetired(_Policy):
    """A policy is no longer in force, and nothing takes its place."""

    name: ClassVar[str] = "controls.policy.retired"


class _Version(Event):
    """Every event about a version says of which policy, and by its SHA-256 which words."""

    policy_id: UUID
    policy_code: str
    number: int
    sha256: str


class PolicyVersionDrafted(_Version):
    """A version of a policy was drafted."""

    name: ClassVar[str] = "controls.policy_version.drafted"


class PolicyVersionRevised(_Version):
    """A draft changed."""

    name: ClassVar[str] = "controls.policy_version.revised"


class PolicyVersionSubmitted(_Version):
    """A draft was handed to its approvers; its words do not change from now on."""

    name: ClassVar[str] = "controls.policy_version.submitted"

    approver_ids: list[UUID]
    quorum: int


class PolicyVersionReassigned(_Version):
    """Another person decides in the place of an approver who left."""

    name: ClassVar[str] = "controls.policy_version.reassigned"

    approver_ids: list[UUID]


class PolicyVersionWithdrawn(_Version):
    """A draft was taken back from its approvers, with a reason."""

    name: ClassVar[str] = "controls.policy_version.withdrawn"


class PolicyVersionEndorsed(_Version):
    """An approver agreed; the quorum has not been reached yet."""

    name: ClassVar[str] = "controls.policy_version.endorsed"


class PolicyVersionApproved(_Version):
    """As many approvers as are needed have agreed."""

    name: ClassVar[str] = "controls.policy_version.approved"


class PolicyVersionRejected(_Version):
    """An approver did not agree, with a reason; it is a draft again."""

    name: ClassVar[str] = "controls.policy_version.rejected"


class PolicyVersionPublished(_Version):
    """A version was published, and takes effect on a day."""

    name: ClassVar[str] = "controls.policy_version.published"

    effective_on: date
    historical_record_id: UUID | None = None


class PolicyVersionSuperseded(_Version):
    """Another version takes the place of this one."""

    name: ClassVar[str] = "controls.policy_version.superseded"


class PolicyVersionRetired(_Version):
    """A published version is no longer in force, since its policy is not."""

    name: ClassVar[str] = "controls.policy_version.retired"


class _Campaign(Event):
    """Every event about a campaign says for which words, by when, and how many of the people have acknowledged."""

    policy_id: UUID
    version_id: UUID
    title: str
    due_on: date
    people: int
    acknowledged: int
    excused: int


class PolicyCampaignStarted(_Campaign):
    """People are asked to acknowledge a published version."""

    name: ClassVar[str] = "controls.policy_campaign.started"


class PolicyCampaignRevised(_Campaign):
    """A campaign's title, due date or reminders changed."""

    name: ClassVar[str] = "controls.policy_campaign.revised"


class PolicyAudienceExtended(_Campaign):
    """More people are asked to acknowledge."""

    name: ClassVar[str] = "controls.policy_campaign.extended"

    added: int


class PolicyAcknowledged(_Campaign):
    """These people acknowledged; or, on their behalf, someone recorded that they have, with what shows it.

    Of an acknowledgement outside Attest on an earlier day, `acknowledged_at` is when, and `historical_record_id` the
    accepted record; null otherwise.
    """

    name: ClassVar[str] = "controls.policy_campaign.acknowledged"

    acknowledged_ids: list[UUID]
    on_behalf: bool
    acknowledged_at: datetime | None = None
    historical_record_id: UUID | None = None


class PolicyPeopleExcused(_Campaign):
    """These people need not acknowledge, with a reason."""

    name: ClassVar[str] = "controls.policy_campaign.excused"

    excused_ids: list[UUID]


class PolicyCampaignReminded(_Campaign):
    """The due date comes nearer, and people are outstanding."""

    name: ClassVar[str] = "controls.policy_campaign.reminded"

    outstanding: int


class PolicyCampaignOverdue(_Campaign):
    """The due date has passed, and people are outstanding."""

    name: ClassVar[str] = "controls.policy_campaign.overdue"

    outstanding: int


class PolicyCampaignCompleted(_Campaign):
    """Everyone has acknowledged or was excused."""

    name: ClassVar[str] = "controls.policy_campaign.completed"


class PolicyCampaignClosed(_Campaign):
    """A campaign was ended with people outstanding, for a reason."""

    name: ClassVar[str] = "controls.policy_campaign.closed"
