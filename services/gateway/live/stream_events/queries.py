from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, select

from services.gateway.live.stream_events.models import StreamEvent
from shared.data.base import table_of

KEPT = timedelta(days=1)

_E = table_of(StreamEvent).c


def organisations_with_old_events(as_of: datetime) -> Select[tuple[UUID]]:
    """The organisations of which events are logged that are kept no longer."""
    return select(_E.org_id).distinct().where(_E.logged_at < as_of - KEPT)
