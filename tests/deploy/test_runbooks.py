"""The runbooks' commands: operations, containers, volumes and pages that there are."""

import re
import shlex
from itertools import pairwise, takewhile
from pathlib import Path

import pytest

from deploy.contracts import SERVICES as DESCRIBED
from shared.http.contract import contract
from shared.service import describe
from tests.deploy.compose import COMPOSE, CONTAINERS, ROOT, SERVICES

PAGES = sorted((ROOT / "docs" / "runbooks").glob("*.md"))
WITH_VALUE = {"-e", "--since"}
COMMANDS = {"up", "stop", "down", "rm", "logs", "exec", "restart", "build", "ps"}


def shell(page: Path) -> str:
    """The commands of a page, continued lines joined."""
    blocks = re.findall(r"```bash\n(.*?)```", page.read_text(), re.DOTALL)
    inline = re.findall(r"`(docker compose [^`]+)`", page.read_text())
    return "\n".join([*blocks, *inline]).replace("\\\n", " ")


def first_command(line: str) -> list[str]:
    """The words of a line up to what the shell takes for itself."""
    words = shlex.shlex(line, posix=True, punctuation_chars=True)
    words.whitespace_split = True
    return list(takewhile(lambda word: word not in {"|", ";", ">", "<", "&&"}, words))


def without_names(path: str) -> str:
    """A path with every placeholder written alike."""
    return re.sub(r"\$\w+|\{\w+\}", "{}", path)


@pytest.fixture(scope="module")
def operations() -> set[tuple[str, str]]:
    """Every operation of every service."""
    found = set()
    for service in DESCRIBED:
        for path, methods in contract(describe(service))["paths"].items():
            general = without_names(path).replace(f"/services/{service.name}/", "/services/{}/")
            found |= {(method.upper(), each) for method in methods for each in (without_names(path), general)}
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_call_is_an_operation_that_exists(page: Path, operations: set[tuple[str, str]]) -> None:
    for line in shell(page).splitlines():
        for path in re.findall(r"\$URL(/[^\s\"?]+)", line):
            method = "POST" if "-X POST" in line or " -d " in line else "GET"
            assert (method, without_names(path)) in operations, f"{method} {path}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_container_and_volume_exists(page: Path) -> None:
    text = shell(page)
    for line in re.findall(r"docker compose (?!config)(.+)", text):
        command, *words = first_command(line)
        assert command in COMMANDS, line
        named = [word for before, word in pairwise([command, *words]) if before not in WITH_VALUE and word[0] != "-"]
        containers = named[:1] if command == "exec" else named
        assert set(containers) - {"$SERVICE"} <= CONTAINERS.keys(), line
    for volume in re.findall(r"\battest_(\w+)", text):
        assert volume in COMPOSE["volumes"], volume


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_page_it_leads_to_exists(page: Path) -> None:
    for target in re.findall(r"\]\(([\w-]+\.md)\)", page.read_text()):
        assert (page.parent / target).is_file(), target


def test_the_index_names_every_page() -> None:
    index = (ROOT / "docs/runbooks/README.md").read_text()
    assert [page.name for page in PAGES if page.name != "README.md" and f"]({page.name})" not in index] == []


def test_loops_go_over_every_service() -> None:
    for page in PAGES:
        for listed in re.findall(r"for SERVICE in ([a-z ]+);", page.read_text()):
            assert listed.split() == list(SERVICES)
