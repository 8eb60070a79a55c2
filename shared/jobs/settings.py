"""Settings of jobs."""

from functools import cache

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class JobSettings(BaseSettings):
    """Every value is `ATTEST_<NAME>`."""

    model_config = SettingsConfigDict(env_prefix="ATTEST_", extra="ignore")

    jobs_at_once: int = Field(default=2, ge=1, le=64, description="Jobs in hand in one process of a service")
    job_lease_seconds: float = Field(
        default=15, gt=0, description="How long a job of a worker that gives no sign of life is left to it"
    )
    job_look_seconds: float = Field(
        default=1, gt=0, description="How often a worker looks for jobs without being woken"
    )
    job_days: int = Field(default=30, ge=1, description="How long a finished job is kept")


@cache
def job_settings() -> JobSettings:
    """Those of this process."""
    return JobSettings()
