"""What requests were answered with, as the audit service announces it."""

from collections.abc import Iterable

from services.evidence.keeping.answered_items.models import AnsweredItem
from shared.events.catalogue.requests import RequestAnswered
from shared.events.event import Heard
from shared.events.replicas import Facet, Replica, Row


def _items(heard: Heard[RequestAnswered]) -> Iterable[Row]:
    for item_id in heard.event.evidence_ids:
        yield {"engagement_id": heard.event.engagement_id, "item_id": item_id, "answer_id": heard.subject}


ANSWERED = Replica(
    AnsweredItem,
    Facet("version", (RequestAnswered,), rows=_items),
    key=("engagement_id", "item_id", "answer_id"),
)
