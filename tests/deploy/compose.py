"""The Compose file as tests read it."""

import re
from pathlib import Path
from typing import Any

import yaml

from deploy.local.services import NAMES

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docker-compose.yml").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
CONTAINERS: dict[str, dict[str, Any]] = COMPOSE["services"]
DOCKERFILE = (ROOT / "deploy" / "Dockerfile").read_text()
SERVICES = NAMES
VARIABLE = re.compile(r"\$\{(?P<name>\w+)(?P<rest>[^}]*)\}")


def environment(container: str) -> dict[str, str]:
    """The variables a container gets, as they are written."""
    return {name: str(value) for name, value in CONTAINERS[container].get("environment", {}).items()}


def mounted(container: str) -> dict[str, str]:
    """What is mounted into a container: by its path inside, the file or volume outside."""
    places = [volume.split(":") for volume in CONTAINERS[container].get("volumes", [])]
    return {place[1]: place[0] for place in places}
