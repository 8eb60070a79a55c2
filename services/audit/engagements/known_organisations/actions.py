"""What is known of organisations, as the gateway announces them."""

from services.audit.engagements.known_organisations.models import KnownOrganisation
from shared.events.catalogue.gateway import OrganisationFounded, OrganisationRenamed
from shared.events.replicas import Facet, Replica

ORGANISATIONS = Replica(KnownOrganisation, Facet("version", (OrganisationFounded, OrganisationRenamed), "title"))
