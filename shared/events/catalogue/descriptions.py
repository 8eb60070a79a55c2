"""What the audit service announces of system descriptions, and of what they name."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from shared.events.event import Event


class _UserEntityControl(Event):
    """Every event about a complementary user entity control says of which engagement, what it is, and for what."""

    engagement_id: UUID
    code: str
    text: str
    criteria: list[str]


class UserEntityControlRecorded(_UserEntityControl):
    """A control that user entities have to operate was recorded."""

    name: ClassVar[str] = "audit.user_entity_control.recorded"


class UserEntityControlRevised(_UserEntityControl):
    """What user entities have to do changed, or the criteria it is for."""

    name: ClassVar[str] = "audit.user_entity_control.revised"


class UserEntityControlWithdrawn(_UserEntityControl):
    """It is not for user entities to do; it stays on record."""

    name: ClassVar[str] = "audit.user_entity_control.withdrawn"


class _SubserviceOrganisation(Event):
    """Every event about a subservice organisation says of which engagement, how it is described, which vendor it is."""

    engagement_id: UUID
    organisation: str
    method: str
    vendor_id: UUID | None


class SubserviceOrganisationRecorded(_SubserviceOrganisation):
    """A subservice organisation of the system was recorded."""

    name: ClassVar[str] = "audit.subservice_organisation.recorded"


class SubserviceOrganisationRevised(_SubserviceOrganisation):
    """Its vendor, services, method, controls or agreement changed."""

    name: ClassVar[str] = "audit.subservice_organisation.revised"


class SubserviceOrganisationEnded(_SubserviceOrganisation):
    """The system uses it no longer; `ended_on` is the last UTC day on which it did."""

    name: ClassVar[str] = "audit.subservice_organisation.ended"

    ended_on: date


class _SystemIncident(Event):
    """Every event about a system incident says when it was, and which controls or commitments it is about."""

    engagement_id: UUID
    title: str
    began_at: datetime
    ended_at: datetime | None
    control_ids: list[UUID]
    commitment_ids: list[UUID]


class SystemIncidentRecorded(_SystemIncident):
    """An incident was recorded that came from ineffective controls, or in which a commitment was not met."""

    name: ClassVar[str] = "audit.system_incident.recorded"


class SystemIncidentRevised(_SystemIncident):
    """What is said of an incident changed."""

    name: ClassVar[str] = "audit.system_incident.revised"


class SystemIncidentWithdrawn(_SystemIncident):
    """It is no incident for the description; it stays on record."""

    name: ClassVar[str] = "audit.system_incident.withdrawn"


class _SignificantChange(Event):
    """Every event about a significant change says which it is, and on which UTC day."""

    engagement_id: UUID
    title: str
    changed_on: date


class SignificantChangeRecorded(_SignificantChange):
    """A significant change in the period was recorded."""

    name: ClassVar[str] = "audit.significant_change.recorded"


class SignificantChangeRevised(_SignificantChange):
    """What is said of a significant change changed."""

    name: ClassVar[str] = "audit.significant_change.revised"


class SignificantChangeWithdrawn(_SignificantChange):
    """It is no change for the description; it stays on record."""

    name: ClassVar[str] = "audit.significant_change.withdrawn"


class _SystemDescription(Event):
    """Every event about a version of a system description says which it is; `sha256` of what was approved, or null."""

    engagement_id: UUID
    number: int
    sha256: str | None


class SystemDescriptionDrafted(_SystemDescription):
    """The next version of an engagement's system description was begun."""

    name: ClassVar[str] = "audit.system_description.drafted"


class SystemDescriptionRevised(_SystemDescription):
    """The words of a draft changed."""

    name: ClassVar[str] = "audit.system_description.revised"


class SystemDescriptionApproved(_SystemDescription):
    """Someone other than its authors approved a version, with all that it names."""

    name: ClassVar[str] = "audit.system_description.approved"


class SystemDescriptionSuperseded(_SystemDescription):
    """Another version was approved in its place."""

    name: ClassVar[str] = "audit.system_description.superseded"
