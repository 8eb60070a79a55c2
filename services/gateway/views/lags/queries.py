from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.gateway.views.lags.models import Lag
from shared.data.base import table_of

_L = table_of(Lag).c

# For the answers of views: the services that lag, by name.
LAGGING = """(
    select coalesce(json_agg(json_build_object('service', service, 'since', since) order by service), '[]') from lags
)"""


async def lagging_services(session: AsyncSession) -> set[str]:
    """The services that were not ready when last asked."""
    return set(await session.scalars(select(_L.service)))
