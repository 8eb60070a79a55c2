"""`python3 -m deploy.secrets`: make the secrets that docker-compose.yml asks for, and keep them in `.env`.

Needs nothing but Python. Secrets that are there stay as they are, since the database knows them; what is missing is
added, so it is run again whenever the Compose file asks for more.
"""

import base64
import os
import re
import secrets
import sys
import uuid
from pathlib import Path

ROOT = Path(__file__).parent.parent
REQUIRED = re.compile(r"\$\{(\w+):\?")
LINE = re.compile(r"^(\w+)=", re.MULTILINE)


def main() -> int:
    """Add what is missing and say how much it was; never print a secret."""
    file = ROOT / ".env"
    kept = (
        file.read_text() if file.exists() else "# Secrets of this installation, for docker-compose.yml. Keep a copy.\n"
    )
    missing = [name for name in required() if name not in LINE.findall(kept)]
    if missing:
        write(file, kept.rstrip("\n") + "\n" + "".join(f"{name}={make(name)}\n" for name in missing))
    print(f"{file.name}: {len(missing)} secrets made, {len(required()) - len(missing)} were there.", file=sys.stderr)
    return 0


def required() -> list[str]:
    """The variables without which Compose refuses to start, in the order in which it asks for them."""
    return list(dict.fromkeys(REQUIRED.findall((ROOT / "docker-compose.yml").read_text())))


def make(name: str) -> str:
    """One secret, of the kind its name asks for."""
    match name:
        case "ATTEST_SEALING_KEY" | "ATTEST_REPORT_SEALING_KEY" | "ATTEST_LINK_KEY":
            return key()
        case "ATTEST_KEY_ENCRYPTION_KEY" | "ATTEST_INTEGRATIONS_KEY_ENCRYPTION_KEY":
            return key()
        case "ATTEST_OPERATOR_CLIENT_ID":
            return str(uuid.uuid4())
        case _:
            # NATS takes a password that starts with a digit for a number.
            return f"a{secrets.token_urlsafe(32)}"


def key() -> str:
    """32 random bytes, base64url."""
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


def write(file: Path, text: str) -> None:
    """Put the new file in place in one step, readable by its owner alone."""
    draft = file.with_suffix(".new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    draft.replace(file)


if __name__ == "__main__":
    sys.exit(main())
