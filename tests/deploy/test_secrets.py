"""The secrets of a Compose installation: complete, kept, and nobody else's to read."""

import base64
import re
import stat
from pathlib import Path
from uuid import UUID

import pytest

from deploy import secrets
from services.evidence.settings import LinkSettings
from services.gateway.settings import GatewaySettings
from tests.deploy.compose import TEXT


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The `.env` of an installation that has none yet."""
    (tmp_path / "docker-compose.yml").write_text(TEXT)
    monkeypatch.setattr(secrets, "ROOT", tmp_path)
    return tmp_path / ".env"


def values(file: Path) -> dict[str, str]:
    return dict(line.split("=", 1) for line in file.read_text().splitlines() if not line.startswith("#"))


def test_every_variable_that_compose_requires_gets_a_value_of_its_own(file: Path) -> None:
    assert secrets.main() == 0
    assert values(file).keys() == set(re.findall(r"\$\{(\w+):\?", TEXT))
    assert len(set(values(file).values())) == len(values(file))


def test_the_file_is_readable_by_its_owner_alone(file: Path) -> None:
    secrets.main()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_again_changes_nothing_and_what_is_missing_is_added(file: Path) -> None:
    secrets.main()
    first = file.read_text()
    secrets.main()
    assert file.read_text() == first
    lines = first.splitlines(keepends=True)
    file.write_text("ATTEST_PORT=8090\n" + "".join(lines[:-1]))
    secrets.main()
    name, old = lines[-1].rstrip().split("=", 1)
    assert values(file).keys() == {"ATTEST_PORT", *(line.split("=")[0] for line in lines[1:])}
    assert values(file)[name] != old


def test_nothing_secret_is_printed(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    secrets.main()
    printed = "".join(capsys.readouterr())
    assert str(len(values(file))) in printed
    assert [value for value in values(file).values() if value in printed] == []


def test_the_values_are_of_the_kind_that_their_readers_take(file: Path) -> None:
    secrets.main()
    made = values(file)
    assert len(base64.urlsafe_b64decode(made["ATTEST_KEY_ENCRYPTION_KEY"])) == 32
    assert LinkSettings.model_validate({"link_key": made["ATTEST_LINK_KEY"]})
    assert len(base64.urlsafe_b64decode(made["ATTEST_SEALING_KEY"])) == 32
    assert UUID(made["ATTEST_OPERATOR_CLIENT_ID"])
    GatewaySettings.model_validate(
        {
            "database_url": "postgresql://a",
            "worker_database_url": "postgresql://b",
            "auditor_database_url": "postgresql://c",
            "nats_user": "gateway",
            "nats_password": made["ATTEST_NATS_PASSWORD_GATEWAY"],
            "issuer": "http://127.0.0.1:8080",
            "jwks_url": "http://gateway:8000/.well-known/jwks.json",
            "key_encryption_key": made["ATTEST_KEY_ENCRYPTION_KEY"],
            "operator_client_id": made["ATTEST_OPERATOR_CLIENT_ID"],
            "operator_secret": made["ATTEST_OPERATOR_SECRET"],
        }
    )
    # In an address, in NATS' configuration and in Compose's own file, nothing of it means anything.
    assert [name for name, value in made.items() if "PASSWORD" in name and not re.fullmatch(r"a[\w-]{43}", value)] == []
