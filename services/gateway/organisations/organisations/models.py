from services.gateway.base import Base


class Organisation(Base, table=True):
    """A tenant of this installation. It owns itself: `org_id` is its id."""

    __tablename__ = "organisations"

    title: str
