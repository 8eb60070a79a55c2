from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Column, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.integrations.base import Base, Part


class TicketRuleStatus(StrEnum):
    """active → retired. A retired rule opens nothing any more; its tickets stay in step."""

    ACTIVE = "active"
    RETIRED = "retired"


class TicketRule(Base, table=True):
    """Whatever an event of these types, with these values, is about has a ticket opened.

    `types` and `conditions` are as those of webhook endpoints. `may_read` are the permissions of whoever set it up
    last: it opens no ticket for what they, or the owner of the connection, may not read.
    """

    __tablename__ = "ticket_rules"

    title: str
    connection_id: UUID
    types: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    conditions: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    may_read: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    most_per_day: int
    status: str = TicketRuleStatus.ACTIVE


class TicketRuleDay(Part, table=True):
    """How many tickets a rule opened on a day (UTC), and how many it did not since that was the most for a day."""

    __tablename__ = "ticket_rule_days"

    rule_id: UUID = Field(primary_key=True)
    day: date = Field(primary_key=True)
    opened: int = 0
    skipped: int = 0
