from enum import StrEnum


class DescriptionPart(StrEnum):
    """The parts of a system description, in their order. The components of the system (DC3) are parts of their own."""

    SERVICES = "services"
    COMMITMENTS = "commitments"
    BOUNDARIES = "boundaries"
    INFRASTRUCTURE = "infrastructure"
    SOFTWARE = "software"
    PEOPLE = "people"
    PROCEDURES = "procedures"
    DATA = "data"
    INCIDENTS = "incidents"
    CONTROLS = "controls"
    USER_ENTITY_CONTROLS = "user_entity_controls"
    SUBSERVICE_ORGANISATIONS = "subservice_organisations"
    CRITERIA_NOT_RELEVANT = "criteria_not_relevant"
    CHANGES = "changes"
