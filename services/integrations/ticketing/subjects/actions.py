"""What is known of what tickets can be about, as the other services announce it."""

from services.integrations.ticketing.subjects.models import TicketSubject
from services.integrations.ticketing.subjects.rules import SUBJECT_EVENTS, rows_of
from shared.events.replicas import Facet, Replica

_FIELDS = ("kind", "title", "status", "due_on", "severity", "is_over")
SUBJECTS = Replica(TicketSubject, Facet("version", SUBJECT_EVENTS, *_FIELDS, rows=rows_of))
