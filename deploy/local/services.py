"""Attest's own services as parts of the stack, and the environment each of them gets."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from deploy.local.command import Command
from deploy.local.ports import Ports
from deploy.local.probe import http
from deploy.local.process import Part
from deploy.local.secrets import Secrets
from deploy.local.state import State

ROOT = Path(__file__).parents[2]
NAMES = ("gateway", "controls", "evidence", "risk", "audit", "integrations")


@dataclass(frozen=True)
class Service:
    """Where a service's code is; tests of this runner point it at small stand-ins."""

    name: str
    app: str
    directory: Path = ROOT
    provision: tuple[str, ...] | None = None
    """The command that makes its database, roles and tables; None if it needs none."""


def all_services() -> tuple[Service, ...]:
    """Return Attest's own services."""
    return tuple(
        Service(name, f"services.{name}.app:app", provision=(sys.executable, "-m", "shared.provision", name))
        for name in NAMES
    )


@dataclass(frozen=True)
class Wiring:
    """All that an environment is made of."""

    state: State
    secrets: Secrets
    ports: Ports
    url: str

    def running(self, service: str) -> dict[str, str]:
        """Return the variables a service runs with."""
        nats = f"nats://127.0.0.1:{self.ports.internal['nats']}"
        gateway = self.ports.internal.get("gateway", self.ports.edge)
        return {
            "ATTEST_DATABASE_URL": self.database(service, "app"),
            "ATTEST_WORKER_DATABASE_URL": self.database(service, "worker"),
            "ATTEST_AUDITOR_DATABASE_URL": self.database(service, "auditor"),
            "ATTEST_NATS_URL": nats,
            "ATTEST_NATS_USER": service,
            "ATTEST_NATS_PASSWORD": self.secrets[f"nats_{service}"],
            "ATTEST_JWKS_URL": f"http://127.0.0.1:{gateway}/.well-known/jwks.json",
            "ATTEST_ISSUER": self.url,
            **self.only_for(service),
        }

    def provisioning(self, service: str) -> dict[str, str]:
        """Return the variables of a service with the powers to make its database."""
        port = self.ports.internal["postgres"]
        superuser = f"postgresql://postgres:{self.secrets['postgres']}@127.0.0.1:{port}/postgres"
        return self.running(service) | {
            "ATTEST_OWNER_DATABASE_URL": self.database(service, "owner"),
            "ATTEST_SUPERUSER_DATABASE_URL": superuser,
        }

    def operator(self) -> dict[str, str]:
        """Return the name and secret of whoever runs this installation."""
        return {
            "ATTEST_OPERATOR_CLIENT_ID": self.secrets["operator_client_id"],
            "ATTEST_OPERATOR_SECRET": self.secrets["operator_secret"],
        }

    def only_for(self, service: str) -> dict[str, str]:
        """Return what one service needs and no other may know."""
        match service:
            case "gateway":
                named = self.operator()
                return {"ATTEST_KEY_ENCRYPTION_KEY": self.secrets["key_encryption_key"], **named, **self.addresses()}
            case "evidence":
                return {
                    "ATTEST_STORE_URL": (self.state.folder / "store").as_uri(),
                    "ATTEST_LINK_KEY": self.secrets["link_key"],
                    "ATTEST_SEALING_KEY": self.secrets["sealing_key"],
                }
            case "integrations":
                return {"ATTEST_KEY_ENCRYPTION_KEY": self.secrets["integrations_key_encryption_key"]}
            case "audit":
                return {"ATTEST_SEALING_KEY": self.secrets["report_sealing_key"]}
            case _:
                return {}

    def addresses(self) -> dict[str, str]:
        """Return where each service listens, for the gateway, which says which of them lag."""
        listening = {name: self.ports.internal[name] for name in NAMES if name in self.ports.internal}
        return {f"ATTEST_{name.upper()}_ADDRESS": f"http://127.0.0.1:{port}" for name, port in listening.items()}

    def database(self, service: str, role: str) -> str:
        """Return the address of a service's database for one of its roles."""
        password = self.secrets[f"database_{service}_{role}"]
        port = self.ports.internal["postgres"]
        return f"postgresql://{service}_{role}:{password}@127.0.0.1:{port}/{service}"


def describe(service: Service, wiring: Wiring) -> Part:
    """Describe a service as a part of the stack."""
    port = wiring.ports.internal[service.name]
    words = [
        *(sys.executable, "-m", "uvicorn", "--factory", service.app),
        *("--host", "127.0.0.1", "--port", str(port)),
        *("--loop", "uvloop", "--http", "httptools"),
        *("--no-access-log", "--no-server-header", "--timeout-graceful-shutdown", "10"),
    ]
    command = Command(words, inherited() | wiring.running(service.name), service.directory, forked=True)
    return Part(service.name, command, ready=http(port, "/readyz"))


def provision(service: Service, words: tuple[str, ...], wiring: Wiring) -> Command:
    """Return the command that makes a service's database, with the powers it takes."""
    return Command([*words], inherited() | wiring.provisioning(service.name), service.directory, forked=True)


def inherited() -> dict[str, str]:
    """Return the variables of the runner, which every child gets, so that OTEL_ and other settings reach it."""
    return dict(os.environ) | {"PYTHONUNBUFFERED": "1"}
