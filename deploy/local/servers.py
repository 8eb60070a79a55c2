"""NATS and Traefik as parts of the stack, with the very configuration files that containers use."""

import json
import os
import shutil
import sysconfig
from pathlib import Path

import yaml

from deploy.local.command import Command
from deploy.local.errors import StackError
from deploy.local.probe import http
from deploy.local.process import Part
from deploy.local.secrets import BROKER_USERS, Secrets
from deploy.local.state import State

DEPLOY = Path(__file__).parents[1]


def describe_nats(state: State, secrets: Secrets, port: int, monitor: int, *, durable: bool = True) -> Part:
    """Describe the broker; its configuration reads all that differs between machines from the environment."""
    configuration = DEPLOY / "nats" / "nats.conf"
    passwords = {f"ATTEST_NATS_PASSWORD_{user.upper()}": secrets[f"nats_{user}"] for user in BROKER_USERS}
    settings = {
        "ATTEST_NATS_HOST": "127.0.0.1",
        "ATTEST_NATS_PORT": str(port),
        "ATTEST_NATS_MONITOR": f"127.0.0.1:{monitor}",
        # NATS reads a variable as a word of its configuration language: a path with spaces needs quotes.
        "ATTEST_NATS_STORE": json.dumps(str(state.folder / "nats"), ensure_ascii=False),
    }
    return Part(
        name="nats",
        command=Command(
            words=[
                find("nats-server"),
                "--config",
                str(configuration if durable else write_not_durable(state, configuration)),
            ],
            environment=os.environ | settings | passwords,
            directory=state.folder,
        ),
        ready=http(monitor, "/healthz?js-enabled-only=true"),
    )


def write_not_durable(state: State, configuration: Path) -> Path:
    """Write a configuration that waits for no disk, which no variable of a real installation can ask for."""
    file = state.folder / "nats.conf"
    file.write_text(configuration.read_text().replace("sync_interval: always", "sync_interval: 2m"))
    return file


def describe_traefik(state: State, port: int, ping: int, services: dict[str, int]) -> Part:
    """Describe the edge."""
    addresses = {f"ATTEST_{name.upper()}_ADDRESS": f"http://127.0.0.1:{address}" for name, address in services.items()}
    return Part(
        name="traefik",
        command=Command(
            words=[find("traefik"), f"--configfile={write_static(state, port, ping)}"],
            # A larger heap between two collections gives a tenth more requests for some megabytes.
            environment={"GOGC": "400"} | os.environ | addresses,
            directory=state.folder,
        ),
        ready=http(ping, "/ping"),
    )


def write_static(state: State, port: int, ping: int) -> Path:
    """Write traefik.yml with this machine's ports; Traefik reads no variables in it, only in routes.yml."""
    static = yaml.safe_load((DEPLOY / "traefik" / "traefik.yml").read_text())
    static["entryPoints"]["web"]["address"] = f"127.0.0.1:{port}"
    static["entryPoints"]["ping"]["address"] = f"127.0.0.1:{ping}"
    static["providers"]["file"]["filename"] = str(DEPLOY / "traefik" / "routes.yml")
    file = state.folder / "traefik.yml"
    file.write_text(yaml.safe_dump(static))
    return file


def find(program: str) -> str:
    """Find a program that a wheel put next to this Python."""
    path = shutil.which(program, path=sysconfig.get_path("scripts"))
    if path is None:
        raise StackError(f"The program {program} is not installed next to this Python: run `make run`, which does.")
    return path
