from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select

from services.gateway.live.stream_tickets.models import StreamTicket
from shared.data.base import table_of

_T = table_of(StreamTicket).c


def organisations_with_old_tickets(as_of: datetime) -> Select[tuple[UUID]]:
    """The organisations that have tickets which open nothing any more."""
    return select(_T.org_id).distinct().where(_T.expires_at < as_of)
