"""What an operator decides about files: which are taken, and who scans them."""

import base64
from functools import cache
from typing import Annotated

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

_KEY_BYTES = 32

MediaTypes = Annotated[frozenset[str], NoDecode]

_PROGRAMS = (
    "application/java-archive",
    "application/java-vm",
    "application/vnd.android.package-archive",
    "application/vnd.microsoft.portable-executable",
    "application/x-dosexec",
    "application/x-executable",
    "application/x-mach-binary",
    "application/x-ms-installer",
    "application/x-msdos-program",
    "application/x-msdownload",
    "application/x-sharedlib",
)


class FileSettings(BaseSettings):
    """Every value is `ATTEST_<NAME>`; lists are comma-separated."""

    model_config = SettingsConfigDict(env_prefix="ATTEST_", extra="ignore")

    denied_media_types: MediaTypes = Field(
        default=frozenset(_PROGRAMS), description="Files that are, or are declared as, one of these are refused"
    )
    allowed_media_types: MediaTypes = Field(
        default=frozenset(), description="If any are named, no other files are taken"
    )
    upload_hours: int = Field(
        default=24, ge=1, le=24 * 30, description="How long a resumable upload takes pieces after it was begun"
    )
    storage_quota_bytes: int = Field(
        default=100 * 1024**3,
        ge=0,
        le=2**60,
        description="How many bytes of files an organisation may keep, unless the operator has set its own quota",
    )
    uploads_open: int = Field(
        default=100, ge=1, description="How many resumable uploads of an organisation may be under way at once"
    )
    scanner_url: str = Field(
        default="",
        pattern=r"^(tcp://[^/:]+:\d+|unix:///.+)?$",
        description="Where clamd listens: tcp://host:3310 or unix:///run/clamd.sock; empty for no scanner",
    )
    scan_seconds: float = Field(
        default=20, gt=0, le=100, description="How long an upload waits for the verdict, before it is left to the clock"
    )
    serve_before_scan: bool = Field(
        default=False, description="Whether files may be downloaded that wait for the scanner's verdict"
    )

    @field_validator("denied_media_types", "allowed_media_types", mode="before")
    @classmethod
    def _are_listed(cls, value: object) -> object:
        if isinstance(value, str):
            return frozenset(media_type.strip().lower() for media_type in value.split(",") if media_type.strip())
        return value


@cache
def file_settings() -> FileSettings:
    """The settings of this process."""
    return FileSettings()


class LinkSettings(BaseSettings):
    """The secret under links to files; another one withdraws all that were given out."""

    model_config = SettingsConfigDict(env_prefix="ATTEST_", extra="ignore")

    link_key: SecretStr = Field(description="32 random bytes, base64url: signs links to files")

    @field_validator("link_key")
    @classmethod
    def _is_a_key(cls, value: SecretStr) -> SecretStr:
        if len(base64.urlsafe_b64decode(value.get_secret_value())) != _KEY_BYTES:
            raise ValueError(f"not {_KEY_BYTES} bytes")
        return value


@cache
def link_key() -> bytes:
    """The key of this installation."""
    return base64.urlsafe_b64decode(LinkSettings().link_key.get_secret_value())
