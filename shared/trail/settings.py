"""Settings of the trail: how often its heads are announced and stamped."""

from functools import cache
from typing import Annotated

from pydantic import AnyHttpUrl, BeforeValidator, Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class TrailSettings(BaseSettings):
    """Every value is `ATTEST_<NAME>`."""

    model_config = SettingsConfigDict(env_prefix="ATTEST_", extra="ignore")

    witness_seconds: float = Field(default=300, gt=0, description="How long a moved head may go unannounced")
    timestamp_url: Annotated[AnyHttpUrl | None, BeforeValidator(lambda given: given or None)] = Field(
        default=None, description="An RFC 3161 authority; none is asked without"
    )
    timestamp_seconds: float = Field(default=3600, gt=0, description="How long a moved head may go unstamped")


@cache
def trail_settings() -> TrailSettings:
    """Those of this process."""
    return TrailSettings()
