"""The ready steps for build servers: the shell of each is run against the stack, and does what its words say."""

import asyncio
import json
import os
import re
import shutil
from pathlib import Path

import pytest
import yaml

from deploy.local.stack import Stack
from tests.gateway.support import token_for
from tests.support import Organisation, created, ok

DOCS = Path(__file__).parents[2] / "docs" / "integrations"
FILES = Path(__file__).parent / "results"


def _github() -> str:
    return str(yaml.safe_load((DOCS / "github" / "action.yml").read_text())["runs"]["steps"][0]["run"])


def _gitlab() -> str:
    return str(yaml.safe_load((DOCS / "gitlab" / "attest.yml").read_text())[".attest"]["script"][0])


def _jenkins() -> str:
    found = re.search(r"sh '''\n(.*?)\n'''", (DOCS / "jenkins" / "attest.groovy").read_text(), re.DOTALL)
    assert found
    return found[1].replace("\\\\", "\\")  # as Groovy reads its text


def _line() -> str:
    found = re.search(r"^curl .*$", (DOCS / "README.md").read_text(), re.MULTILINE)
    assert found
    return found[0].replace("report.sarif", '"$ATTEST_FILE"')


async def run(shell: str, environment: dict[str, str]) -> tuple[int | None, str]:
    child = await asyncio.create_subprocess_exec(
        *("sh", "-c", shell),
        env={"PATH": os.environ["PATH"]} | environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, _ = await asyncio.wait_for(child.communicate(), 60)
    return child.returncode, out.decode()


async def reporter(org: Organisation, stack: Stack) -> dict[str, str]:
    """A client with nothing but the role of a monitor, as the words beside the steps say."""
    client = created(await org.admin.post("/v1/api-clients", json={"title": "CI", "roles": ["monitor"]}))
    secret = client["client_secret"]
    return {"ATTEST_URL": stack.url, "ATTEST_CLIENT_ID": client["id"], "ATTEST_CLIENT_SECRET": secret}


@pytest.mark.skipif(not (shutil.which("curl") and shutil.which("jq")), reason="the steps need curl and jq")
async def test_each_step_sends_a_file_and_shows_why_one_is_refused(
    org: Organisation, stack: Stack, tmp_path: Path
) -> None:
    client = await reporter(org, stack)
    steps = {
        "github": _github(),
        "gitlab": _gitlab(),
        "jenkins": _jenkins(),
        "script": (DOCS / "send-results.sh").read_text(),
    }
    for name, shell in steps.items():
        given = client | {"ATTEST_FILE": str(FILES / "pytest.xml"), "ATTEST_SOURCE": f"{name}: acme/api & more"}
        status, out = await run(shell, given | {"ATTEST_RUN": "7214 1"})
        assert status == 0, (name, out)
        sent = json.loads(out)
        assert (sent["source"], sent["run"], sent["results"]) == (f"{name}: acme/api & more", "7214 1", 4)
        broken = tmp_path / "broken.xml"
        broken.write_text("<testsuite>")
        status, out = await run(shell, given | {"ATTEST_FILE": str(broken)})
        assert status not in {0, None}
        assert json.loads(out)["type"] == "/problems/result-file-unreadable"
    files = ok(await org.manager.get("/v1/result-files"))["items"]
    assert len(files) == len(steps)


async def test_the_one_line_sends_a_file(org: Organisation, stack: Stack) -> None:
    client = await reporter(org, stack)
    answer = await token_for(stack.url, client["ATTEST_CLIENT_ID"], client["ATTEST_CLIENT_SECRET"])
    given = client | {"TOKEN": ok(answer)["access_token"], "ATTEST_FILE": str(FILES / "bandit.sarif")}
    status, out = await run(_line(), given)
    assert status == 0, out
    assert json.loads(out)["tool"] == "Bandit"
