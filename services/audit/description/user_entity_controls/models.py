from sqlalchemy import ARRAY, Column, Text
from sqlmodel import Field

from services.audit.description.described_engagements.models import Described


class UserEntityControl(Described, table=True):
    """A complementary user entity control (CUEC; DC 200, DC6). The auditor of the service organisation tests none."""

    __tablename__ = "user_entity_controls"

    code: str
    text: str
    criteria: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
