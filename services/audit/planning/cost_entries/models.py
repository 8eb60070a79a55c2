from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, Column, Integer, Text
from sqlmodel import Field

from services.audit.base import Base
from shared.data.base import WITHHELD


class CostKind(StrEnum):
    """What the money is for.

    Audit fees are what the firm or certification body is paid; preparation is the organisation's own work, consulting
    that of others; technology is what tools cost; ongoing is what keeping the programme going costs between audits.
    """

    AUDIT_FEES = "audit_fees"
    PREPARATION = "preparation"
    CONSULTING = "consulting"
    TECHNOLOGY = "technology"
    ONGOING = "ongoing"


class CostMeasure(StrEnum):
    """Whether an amount is planned or has been incurred."""

    BUDGET = "budget"
    ACTUAL = "actual"


class CostStatus(StrEnum):
    """recorded → withdrawn. A withdrawn entry stays on record and counts nowhere."""

    RECORDED = "recorded"
    WITHDRAWN = "withdrawn"


class CostEntry(Base, table=True):
    """An amount in minor units of its currency, with effort in minutes; both are negative in a counter-entry.

    It is for an engagement or for a programme as a whole, and counts for `year`. `counters_id` is the entry that it
    takes back, in part or in full. Amount, effort and words are withheld from the trail, which others may read.
    """

    __tablename__ = "cost_entries"

    measure: str
    kind: str
    engagement_id: UUID | None = None
    programme_id: UUID | None = None
    year: int
    currency: str
    decimals: int
    amount: int = Field(sa_column=Column(BigInteger, nullable=False, info=WITHHELD))
    effort_minutes: int | None = Field(default=None, sa_column=Column(Integer, info=WITHHELD))
    incurred_on: date | None = None
    description: str = Field(sa_column=Column(Text, nullable=False, info=WITHHELD))
    reference: str | None = Field(default=None, sa_column=Column(Text, info=WITHHELD))
    counters_id: UUID | None = None
    status: str = CostStatus.RECORDED
