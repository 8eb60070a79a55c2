from datetime import datetime

from sqlmodel import Field

from services.gateway.base import Known
from shared.data.base import instant


class Lag(Known, table=True):
    """A service that is not ready, and since when. It is the installation's row, which every organisation may read."""

    __tablename__ = "lags"

    service: str = Field(primary_key=True)
    since: datetime = instant()
