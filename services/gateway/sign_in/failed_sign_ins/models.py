from datetime import datetime

from sqlmodel import Field

from services.gateway.base import Detail
from shared.data.base import instant


class FailedSignIns(Detail, table=True):
    """The failures in a row of one pair of client and address. The platform's rows: nobody is known yet."""

    __tablename__ = "failed_sign_ins"

    origin: str = Field(primary_key=True)
    client: str = Field(primary_key=True)
    failures: int
    last_at: datetime = instant()
