"""What is known of people's addresses. Who left keeps theirs."""

from services.controls.people.known_members.models import KnownMember
from shared.events.catalogue.people import PersonAdded, PersonChanged, PersonLeft
from shared.events.replicas import Facet, Replica

MEMBERS = Replica(
    KnownMember,
    Facet(
        "version",
        (PersonAdded, PersonChanged, PersonLeft),
        email=lambda heard: next(iter(heard.event.emails), ""),
    ),
)
