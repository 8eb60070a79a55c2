"""The secrets of a local stack: made once, kept in one file that only its owner can read, never printed."""

import base64
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from uuid_utils.compat import uuid7

from deploy.local.errors import StackError

DATABASE_ROLES = ("owner", "app", "worker", "auditor")
BROKER_USERS = ("gateway", "controls", "evidence", "risk", "audit", "integrations")


@dataclass(frozen=True)
class Secrets:
    """Named secrets; a name that is not there yet was added to the code after the file was made."""

    values: dict[str, str]

    @classmethod
    def load(cls, file: Path, services: tuple[str, ...]) -> Self:
        """Read the file, add what is missing, and write it back whole if anything was."""
        kept = read(file)
        complete = {name: kept.get(name) or make(name) for name in names(services)} | kept
        if complete != kept:
            write(file, complete)
        return cls(complete)

    def __getitem__(self, name: str) -> str:
        return self.values[name]

    def __repr__(self) -> str:
        return f"Secrets({len(self.values)} of them)"


def names(services: tuple[str, ...]) -> list[str]:
    """List every secret a stack with these services needs."""
    return [
        "postgres",
        "key_encryption_key",
        "integrations_key_encryption_key",
        "link_key",
        "sealing_key",
        "report_sealing_key",
        "operator_client_id",
        "operator_secret",
        *(f"nats_{user}" for user in sorted({*BROKER_USERS, *services})),
        *(f"database_{service}_{role}" for service in services for role in DATABASE_ROLES),
    ]


def make(name: str) -> str:
    """Make one secret of the kind its name asks for."""
    match name:
        case (
            "key_encryption_key" | "integrations_key_encryption_key" | "link_key" | "sealing_key" | "report_sealing_key"
        ):
            return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
        case "operator_client_id":
            return str(uuid7())
        case _:
            # NATS reads a password from the environment as a value of its configuration language, where one
            # that starts with a digit may turn out to be a number.
            return f"a{secrets.token_urlsafe(32)}"


def read(file: Path) -> dict[str, str]:
    """Read the file; none yet is an empty one."""
    try:
        kept = json.loads(file.read_text())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise damaged(file) from error
    if not isinstance(kept, dict) or not all(isinstance(value, str) for value in kept.values()):
        raise damaged(file)
    return kept


def write(file: Path, values: dict[str, str]) -> None:
    """Put the new file in place in one step, so that a crash leaves the old one or the new one."""
    draft = file.with_suffix(".new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        json.dump(values, out, indent=2)
        out.flush()
        os.fsync(out.fileno())
    draft.replace(file)


def damaged(file: Path) -> StackError:
    """Say what to do about a file that cannot be read."""
    return StackError(
        f"{file} cannot be read, and the database's passwords are in it: bring it back from a copy, "
        f"or move {file.parent} away to begin anew with an empty database."
    )
