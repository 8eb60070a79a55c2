"""The Compose file says the same as the code, the local runner and the configuration files it mounts."""

import re

import pytest
from pydantic_settings import BaseSettings

from deploy.local import postgres
from services.evidence.intake.store import StoreSettings
from services.evidence.settings import FileSettings, LinkSettings
from services.gateway.settings import GatewaySettings
from shared.settings import ProvisionSettings, Settings
from shared.trail.sealing import SealSettings
from shared.trail.settings import TrailSettings
from shared.vault import VaultSettings
from tests.deploy.compose import COMPOSE, CONTAINERS, DOCKERFILE, ROOT, SERVICES, TEXT, VARIABLE, environment, mounted

SETTINGS: dict[str, tuple[type[BaseSettings], ...]] = {
    **dict.fromkeys(SERVICES, (Settings, TrailSettings)),
    "gateway": (GatewaySettings, TrailSettings),
    "evidence": (Settings, TrailSettings, StoreSettings, FileSettings, LinkSettings, SealSettings),
    "audit": (Settings, TrailSettings, SealSettings),
    "integrations": (Settings, TrailSettings, VaultSettings),
    **{f"provision-{name}": (ProvisionSettings,) for name in SERVICES},
}


def variables(settings: tuple[type[BaseSettings], ...], *, required: bool) -> set[str]:
    """The variables that settings know, or only those that they cannot do without."""
    return {
        f"ATTEST_{name.upper()}"
        for each in settings
        for name, info in each.model_fields.items()
        if info.is_required() or not required
    }


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_starts_after_its_database_is_made(service: str) -> None:
    provision = CONTAINERS[f"provision-{service}"]
    assert provision["command"] == ["python", "-m", "shared.provision", service]
    assert provision["depends_on"] == {"postgres": {"condition": "service_healthy"}}
    assert CONTAINERS[service]["depends_on"] == {
        f"provision-{service}": {"condition": "service_completed_successfully"},
        "nats": {"condition": "service_healthy"},
    }


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_is_built_from_its_own_code_and_asked_whether_it_is_ready(service: str) -> None:
    expected = {"dockerfile": "deploy/Dockerfile", "args": {"SERVICE": service}}
    assert CONTAINERS[service]["build"] == CONTAINERS[f"provision-{service}"]["build"] == {**expected, "context": "."}
    assert CONTAINERS[service]["image"] == CONTAINERS[f"provision-{service}"]["image"]
    assert "healthcheck" not in CONTAINERS[service], "the image's own asks /readyz"
    assert re.search(r"^HEALTHCHECK .*\n.*/readyz", DOCKERFILE, re.MULTILINE)


@pytest.mark.parametrize("container", SETTINGS)
def test_a_container_gets_what_its_settings_require_and_nothing_they_do_not_know(container: str) -> None:
    given = {name for name in environment(container) if name.startswith("ATTEST_")}
    assert variables(SETTINGS[container], required=True) - given == set()
    assert given - variables(SETTINGS[container], required=False) == set()


@pytest.mark.parametrize("service", SERVICES)
def test_only_provisioning_has_the_powers_to_make_a_database(service: str) -> None:
    powers = {"ATTEST_OWNER_DATABASE_URL", "ATTEST_SUPERUSER_DATABASE_URL"}
    assert powers <= environment(f"provision-{service}").keys()
    assert powers.isdisjoint(environment(service))
    assert "POSTGRES_PASSWORD" not in str(environment(service))


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_knows_no_secret_of_another(service: str) -> None:
    others = [name.upper() for name in SERVICES if name != service]
    written = str(environment(service)) + str(environment(f"provision-{service}"))
    asked = {found["name"] for found in VARIABLE.finditer(written)}
    assert [name for name in asked for other in others if other in name.split("_")] == []


def test_no_secret_has_a_default() -> None:
    secret = re.compile(r"PASSWORD|SECRET|_KEY\b|CLIENT_ID")
    with_default = [
        found[0]
        for found in VARIABLE.finditer(TEXT)
        if secret.search(found["name"]) and found["name"] != "ATTEST_TLS_KEY" and not found["rest"].startswith(":?")
    ]
    assert with_default == []
    written_out = [
        f"{container}: {name}"
        for container in CONTAINERS
        for name, value in environment(container).items()
        if secret.search(name) and "${" not in value
    ]
    assert written_out == []


def test_a_database_address_has_no_password_in_it() -> None:
    passwords = re.findall(r"postgresql://[^:\s]+:(.+?)@postgres:", TEXT)
    assert len(passwords) == len(SERVICES) * 5
    assert [each for each in passwords if not each.startswith("${")] == []


def test_nats_gets_every_password_its_configuration_asks_for() -> None:
    asked = set(re.findall(r"\$(ATTEST_\w+)", re.sub(r"#.*", "", (ROOT / "deploy/nats/nats.conf").read_text())))
    assert asked == set(environment("nats"))


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_speaks_to_nats_with_the_password_nats_has_for_it(service: str) -> None:
    assert environment(service)["ATTEST_NATS_USER"] == service
    assert (
        environment(service)["ATTEST_NATS_PASSWORD"] == environment("nats")[f"ATTEST_NATS_PASSWORD_{service.upper()}"]
    )


def test_the_edge_reads_our_files_and_knows_every_service_by_its_name() -> None:
    files = mounted("traefik")
    assert files["/etc/traefik/traefik.yml"] == "./deploy/traefik/traefik.yml"
    assert files["/etc/traefik/routes.yml"] == "./deploy/traefik/routes.yml"
    routes = (ROOT / "deploy/traefik/routes.yml").read_text()
    listed = re.search(r"range list ((?:\"\w+\" ?)+)", routes)
    assert listed is not None
    assert set(listed[1].replace('"', "").split()) == set(SERVICES) <= CONTAINERS.keys()
    assert set(CONTAINERS["traefik"]["depends_on"]) == set(SERVICES)
    assert set(re.findall(r"env \"(ATTEST_(?!%)\w+)\"", routes)) == {
        name for name in environment("traefik") if name.startswith("ATTEST_")
    }
    assert '"--port", "8000"' in DOCKERFILE
    assert "http://%s:8000" in routes


def test_only_the_edge_and_the_dashboards_can_be_reached_and_only_from_this_machine_unless_told() -> None:
    published = {name: each["ports"] for name, each in CONTAINERS.items() if "ports" in each}
    assert published == {
        "traefik": ["${ATTEST_BIND:-127.0.0.1}:${ATTEST_PORT:-8080}:8080"],
        "grafana": ["127.0.0.1:${ATTEST_GRAFANA_PORT:-3000}:3000"],
    }


def test_the_database_and_the_broker_have_no_way_out() -> None:
    assert CONTAINERS["postgres"]["networks"] == CONTAINERS["nats"]["networks"] == ["data"]
    assert COMPOSE["networks"]["data"] == {"internal": True}
    open_networks = {name for name, network in COMPOSE["networks"].items() if not (network or {}).get("internal")}
    reaching_out = {name for name, each in CONTAINERS.items() if open_networks & set(each["networks"])}
    assert reaching_out == {"traefik", "grafana", "gateway", "evidence", "integrations", "otel-collector"}


@pytest.mark.parametrize("container", CONTAINERS)
def test_a_container_has_limits_and_no_more_power_than_it_needs(container: str) -> None:
    described = CONTAINERS[container]
    assert described["read_only"] is True
    assert described["cap_drop"] == ["ALL"]
    assert described["security_opt"] == ["no-new-privileges:true"]
    assert described["deploy"]["resources"]["limits"].keys() == {"cpus", "memory", "pids"}
    assert described["logging"]["options"].keys() == {"max-size", "max-file"}
    assert re.search(r":v?\d+\.\d+[\w.-]*$", re.sub(r"\$\{\w+:-(.+)\}", r"\1", described["image"]))


def test_every_file_that_is_mounted_exists_and_every_volume_is_named() -> None:
    for container in CONTAINERS:
        for outside in mounted(container).values():
            if outside.startswith("."):
                assert (ROOT / outside).exists(), outside
            else:
                assert outside in COMPOSE["volumes"]


def test_postgresql_is_set_up_as_the_local_runner_does_it() -> None:
    lines = (ROOT / "deploy/postgres/postgresql.conf").read_text().splitlines()
    chosen = dict(line.split(" = ", 1) for line in lines if " = " in line and not line.startswith("#"))
    same = {"max_connections", "fsync", "synchronous_commit", "timezone", "log_timezone", "password_encryption"}
    assert {name: chosen[name].strip("'") for name in same} == {name: postgres.SETTINGS[name] for name in same}
    assert CONTAINERS["postgres"]["image"].startswith(f"postgres:{postgres.VERSION}.")
    options = set(environment("postgres")["POSTGRES_INITDB_ARGS"].split())
    assert options <= set(postgres.initdb_command(ROOT))


def test_the_image_holds_its_own_service_only_and_runs_as_nobody_in_particular() -> None:
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE)
    assert copied == [
        "deploy/uv.txt",
        "pyproject.toml requirements.lock",
        "LICENSE",
        "shared/",
        "services/__init__.py",
        "services/${SERVICE}/",
    ]
    assert "--require-hashes" in DOCKERFILE
    assert re.search(r"^USER 10001:10001$", DOCKERFILE, re.MULTILINE)


def test_the_build_sees_neither_secrets_nor_state() -> None:
    rules = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if not line.startswith("#")]
    assert rules[0] == "*"
    assert set(rules[1:]) == {
        "!deploy/uv.txt",
        "!pyproject.toml",
        "!LICENSE",
        "!requirements.lock",
        "!shared",
        "!services",
        "**/__pycache__",
    }
