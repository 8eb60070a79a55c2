from services.controls.base import Base


class HealthPolicy(Base, table=True):
    """What an organisation tolerates of its controls. Its id is the organisation's, since there is one."""

    __tablename__ = "health_policies"

    tolerated_misses_percent: int
