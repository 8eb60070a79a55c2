"""`make runbooks`: starts Attest as `make run` does, in a throwaway folder, and plays README and runbooks on it.

A page is one bash script of its blocks in their order, after `. deploy/operate.sh`; any command that fails fails the
run. Blocks that name Docker or `.env` are for Compose alone; `tests/deploy/test_runbooks.py` checks what they name.
"""

import asyncio
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from deploy.client import client, done, eventually
from deploy.local.ports import Ports
from deploy.local.running import Running
from deploy.local.services import NAMES, ROOT

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs" / "runbooks").glob("*.md"))]
_BLOCK = re.compile(r"^( *)```bash\n(.*?)^ *```$", re.DOTALL | re.MULTILINE)
_OF_COMPOSE = re.compile(r"docker|\.env\b")
_LONGEST = 180
_PROBLEM = re.compile(r'"type": ?"/problems/([a-z-]+)"')
# The letter that is played with cannot be read, so that replaying it fails again.
_REFUSED = {"dead-letters.md": ["still-failing"]}
_LETTER = """
    insert into dead_letters (id, org_id, event_id, type, subject, body, reason, deliveries, buried_at)
    values (uuidv7(), '{org}', uuidv7(), 'controls.control.defined', 'events.controls.control.defined', '{{}}',
            'an older version could not handle it', 6, now()) returning id
"""


def script(page: Path) -> str:
    """What is played of a page; empty when all of it is of Compose."""
    blocks = [block for _, block in _BLOCK.findall(page.read_text("utf-8"))]
    return "".join(block for block in blocks if not _OF_COMPOSE.search(block))


async def play_all(folder: Path) -> list[str]:
    """The pages of which a command failed."""
    _link_repository(folder)
    async with _make_run(folder) as running:
        demo = json.loads((running.wiring.state.folder / "demo.json").read_text())
        async with client(running.wiring.url, demo["client_id"], demo["client_secret"]) as admin:
            names = await _names(folder, demo, admin)
            return [page.name for page in PAGES if script(page) and not await _played(folder, page, names)]


def _link_repository(folder: Path) -> None:
    """Let the folder look like the repository's, since the pages' commands write files where they are."""
    for name in ("attest", "deploy", "services", "shared", ".venv"):
        (folder / name).symlink_to(ROOT / name)


@asynccontextmanager
async def _make_run(folder: Path) -> AsyncIterator[Running]:
    variables = dict(os.environ) | {"ATTEST_PORT": str(Ports.free().edge)}
    run = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "deploy.local", "run", cwd=folder, env=variables, stdout=subprocess.DEVNULL
    )
    state = folder / ".attest"

    async def ready() -> Running | None:
        if run.returncode is not None:
            raise RuntimeError("make run ended")
        return Running.find(state) if (state / "demo.json").exists() else None

    try:
        yield await eventually(ready, within=_LONGEST, every=0.5)
    finally:
        run.terminate()
        await run.wait()


async def _names(folder: Path, demo: Mapping[str, str], admin: httpx.AsyncClient) -> dict[str, dict[str, str]]:
    """What an operator would put in the place of the pages' names: by page, or for all of them."""
    me = done(await admin.get("/v1/me"))
    organisation = me["organisation"]["id"]
    person = {"name": "Nora Newcomer", "emails": ["nora@example.com"]}
    draft = {"new_person": person, "roles": ["viewer"]}
    member = done(await admin.post("/v1/members/batch", json={"members": [draft]}))["members"][0]["id"]
    letter = await _shell(folder, 'sql risk "$LETTER" | sed -n 3p', {"LETTER": _LETTER.format(org=organisation)})
    asked = await admin.get("/v1/risks")

    async def verified() -> bool:
        """Every trail with events in it has been seen by another service."""
        trails = [done(await admin.get(f"/v1/services/{name}/trail/verification")) for name in NAMES]
        return all(trail["status"] == "verified" for trail in trails if trail["sealed"] or trail["unsealed"])

    await eventually(verified, within=60)
    everywhere = {
        "CLIENT_ID": demo["client_id"],
        "CLIENT_SECRET": demo["client_secret"],
        "ORGANISATION": organisation,
        "ORG": organisation,
        "POSITION": "2",
        "REQUEST_ID": asked.headers["X-Request-Id"],
        "EMAIL": "nora@example.com",
        "NAME": "Nora Newcomer",
    }
    return {"": everywhere, "administrators.md": {"ID": member}, "dead-letters.md": {"ID": letter.strip()}}


async def _played(folder: Path, page: Path, names: Mapping[str, Mapping[str, str]]) -> bool:
    try:
        told = await _shell(folder, script(page), {**names[""], **names.get(page.name, {})})
    except RuntimeError as error:
        print(f"failed  {page.name}\n{error}")
        return False
    # A call that is refused prints its problem, and curl takes it for a success.
    if _PROBLEM.findall(told) != _REFUSED.get(page.name, []):
        print(f"refused {page.name}\n{told}")
        return False
    print(f"played  {page.relative_to(ROOT)}")
    return True


async def _shell(folder: Path, commands: str, names: Mapping[str, str]) -> str:
    """What the commands print; RuntimeError with all that was said when one fails."""
    words = ["bash", "-euo", "pipefail", "-c", f". deploy/operate.sh\n{commands}"]
    process = await asyncio.create_subprocess_exec(
        *words, cwd=folder, env={**os.environ, **names}, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    out, error = await asyncio.wait_for(process.communicate(), _LONGEST)
    if process.returncode:
        raise RuntimeError(f"exit {process.returncode}\n{out.decode()}\n{error.decode()}")
    return out.decode()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="attest-runbooks-") as name:
        failed = asyncio.run(play_all(Path(name)))
    if failed:
        sys.exit(f"Commands fail in {', '.join(failed)}")
