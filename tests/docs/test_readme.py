"""What the README says can be pasted, is pasted."""

import asyncio
import json
import re
from pathlib import Path

from deploy.local.stack import Stack
from deploy.story import Story
from tests.controls.given import programme
from tests.support import Organisation

README = Path(__file__).parents[2] / "README.md"


async def test_the_first_requests_work_when_pasted_twice(stack: Stack, org: Organisation, tmp_path: Path) -> None:
    await Story.begin(org)
    await programme(org)
    demo = tmp_path / "demo.json"
    demo.write_text(json.dumps(org.credentials))
    (block,) = re.findall(r"```sh\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    script = block.replace("http://127.0.0.1:8080", stack.url).replace(".attest/demo.json", str(demo))
    assert script != block
    for _ in range(2):
        process = await asyncio.create_subprocess_exec(
            "bash", "-euo", "pipefail", "-c", script, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
        )
        output, _ = await process.communicate()
        assert process.returncode == 0, output.decode()
        assert '"broken":null' in output.decode().replace(" ", "")


def test_every_link_leads_somewhere() -> None:
    for page in [README, *README.parent.glob("docs/**/*.md"), *README.parent.glob("*.md")]:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"
