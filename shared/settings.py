"""Settings of a service process, from the environment: the same names on a laptop, in Compose and in Kubernetes."""

from enum import StrEnum
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AnyHttpUrl, Field, PostgresDsn, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from shared.outbound.addresses import Network, Reach


class Role(StrEnum):
    """What a process of a service does: answer HTTP, or do the work behind it (relay, consumers, schedule)."""

    API = "api"
    WORKER = "worker"


class Settings(BaseSettings):
    """Every value is `ATTEST_<NAME>`. Secrets are SecretStr, so that neither a log nor a traceback prints them."""

    model_config = SettingsConfigDict(env_prefix="ATTEST_", extra="ignore")

    database_url: SecretStr = Field(description="PostgreSQL as the application role, fenced by row-level security")
    worker_database_url: SecretStr = Field(description="PostgreSQL as the worker role: relay, sealer, due lists")
    auditor_database_url: SecretStr = Field(
        description="PostgreSQL as the auditor role, which reads what the scope of one engagement shows"
    )
    nats_url: str = "nats://127.0.0.1:4222"
    nats_user: str
    nats_password: SecretStr
    nats_replicas: Literal[1, 3, 5] = 1
    issuer: AnyHttpUrl = Field(description="`iss` of the tokens this installation trusts: the gateway's public address")
    jwks_url: AnyHttpUrl = Field(description="Where the gateway publishes its public keys")
    jwks_refresh_seconds: float = Field(default=30, gt=0, description="A removed key is refused after this long")
    roles: frozenset[Role] = frozenset(Role)
    database_pool: int = Field(default=16, ge=2, description="Connections for writes and for messages")
    events_at_once: int = Field(
        default=2, ge=1, le=64, description="Events in hand at once; more where the database is far away"
    )
    clock_events_per_second: float = Field(
        default=500, gt=0, description="How fast what the clock brings about is published, behind everything else"
    )
    read_pool: int = Field(default=12, ge=1, description="Connections for reads")
    auditor_pool: int = Field(default=4, ge=1, description="Connections for reads of auditors")
    database_wait_seconds: float = Field(
        default=5, gt=0, description="How long a request waits for a free connection or for a new one; then 503"
    )
    database_idle_seconds: float = Field(
        default=25, gt=0, description="After how long unneeded connections are closed, or up to twice as long"
    )
    database_answer_seconds: float = Field(
        default=20,
        gt=0,
        description="How long the server may leave a statement unanswered before the connection is given up; longer"
        " than ATTEST_STATEMENT_SECONDS, by which the server itself ends it",
    )
    worker_answer_seconds: float = Field(
        default=90, gt=0, description="The same for the worker role; longer than ATTEST_WORKER_STATEMENT_SECONDS"
    )
    nats_seconds: float = Field(default=5, gt=0, description="How long NATS may leave a request or a batch unanswered")
    poll_seconds: float = Field(default=0.2, gt=0, description="How often the worker looks without being woken")
    seal_seconds: float = Field(default=0.5, gt=0, description="How long an event may stay unsealed in the trail")
    schedule_seconds: float = Field(default=15, gt=0, description="How often due work is looked for")
    outbound_allow: Annotated[tuple[Network, ...], NoDecode] = Field(
        default=(),
        description="Networks, comma-separated, that may be contacted although they are not public, on any port and"
        " over http: for an identity provider, a ticketing system or a build server of one's own",
    )
    outbound_deny: Annotated[tuple[Network, ...], NoDecode] = Field(
        default=(),
        description="Networks, comma-separated, that are not contacted although they are public: the installation's own"
        " public addresses, where a request of its own would look like one from outside",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    problems_file: Path | None = Field(
        default=None,
        description="For tests: which problem types each operation answered is written here, and an undeclared one is"
        " answered as a 500",
    )

    @field_validator("outbound_allow", "outbound_deny", mode="before")
    @classmethod
    def _are_networks(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(ip_network(network.strip()) for network in value.split(",") if network.strip())
        return value

    @property
    def reach(self) -> Reach:
        """What `shared.outbound` may contact."""
        return Reach(self.outbound_allow, self.outbound_deny)


class ProvisionSettings(BaseSettings):
    """What `python -m shared.provision` needs besides: the owner role, and a superuser where it has to make them."""

    model_config = SettingsConfigDict(env_prefix="ATTEST_", extra="ignore")

    database_url: SecretStr
    worker_database_url: SecretStr
    auditor_database_url: SecretStr
    owner_database_url: SecretStr
    superuser_database_url: SecretStr | None = None
    statement_seconds: float = Field(default=10, gt=0, description="How long one statement of the application may take")
    lock_seconds: float = Field(
        default=3, gt=0, description="How long it waits for a row or lock that another transaction holds"
    )
    idle_seconds: float = Field(
        default=120, gt=0, description="How long a transaction may wait for its process before the server ends it"
    )
    worker_statement_seconds: float = Field(
        default=60,
        gt=0,
        description="How long one statement of relay, sealer or schedule may take",
    )
    migration_lock_seconds: float = Field(
        default=10, gt=0, description="How long a migration waits for a table, while everyone waits behind it"
    )


def dsn(secret: SecretStr) -> str:
    """The address with its password, checked; for the driver only, never for a log."""
    return str(PostgresDsn(secret.get_secret_value()))
