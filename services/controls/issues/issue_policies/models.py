from sqlalchemy import Column
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.controls.base import Base


class IssuePolicy(Base, table=True):
    """How an organisation treats its issues. Its id is the organisation's, since there is one."""

    __tablename__ = "issue_policies"

    due_days: dict[str, int] = Field(sa_column=Column(JSONB, nullable=False))
    opens_for_failing_controls: bool
    severity_for_failing_controls: str
