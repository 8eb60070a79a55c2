"""What is known of members. Who was removed keeps their name."""

from services.controls.people.known_members.models import KnownMember
from shared.events.catalogue.gateway import MemberAdded, MemberChanged, MemberRemoved
from shared.events.replicas import Facet, Replica

MEMBERS = Replica(KnownMember, Facet("version", (MemberAdded, MemberChanged, MemberRemoved), "email"))
