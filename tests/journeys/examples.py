"""The reports of the journeys as they are kept in `docs/examples`, the same ones whenever they are written.

What differs from one run to the next is put in order: the ids are numbered as they occur, and the day on which the
journey is played, which is the day on which its reports are signed, is printed as `SIGNED_ON`.
"""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from deploy.client import done
from deploy.examination import today
from services.audit.printing.word_files import write_docx
from services.audit.wording.contents import SocContent
from services.audit.wording.documents import document_of
from shared.printing.blocks import as_data
from shared.printing.html_pages import as_html
from shared.printing.pdf import write_pdf
from tests.journeys.played import Played

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
SIGNED_ON = "2026-02-13"
_AT = int(datetime(2026, 2, 13, 12, tzinfo=UTC).timestamp())
_ID = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")


async def contents_of(played: Played) -> dict[str, Any]:
    """What the issued reports say, put in order, by the names of the examples."""
    viewer = played.examination.org.viewer
    answers = {
        name: await viewer.get(f"/v1/audit-reports/{each['id']}/content") for name, each in played.reports.items()
    }
    return {name: in_order(done(answer)["content"]) for name, answer in answers.items()}


def in_order(content: dict[str, Any]) -> dict[str, Any]:
    """The content with numbered ids, signed on the day of the examples."""
    numbers: dict[str, int] = {}

    def numbered(found: re.Match[str]) -> str:
        return str(UUID(int=numbers.setdefault(found[0], len(numbers) + 1)))

    written = json.dumps(content, ensure_ascii=False, sort_keys=True)
    ordered: dict[str, Any] = json.loads(_ID.sub(numbered, written).replace(today(), SIGNED_ON))
    return ordered


def files_of(content: dict[str, Any]) -> dict[str, bytes]:
    """The four forms of a report, by their suffixes."""
    document = document_of(SocContent.model_validate(content), draft=False)
    tree = json.dumps(as_data(document), ensure_ascii=False).encode()
    return {
        "pdf": b"".join(write_pdf(_AT, iter([tree]))),
        "docx": b"".join(write_docx(_AT, iter([tree]))),
        "html": as_html(document).encode(),
        "json": f"{json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True)}\n".encode(),
    }


def write(contents: dict[str, Any]) -> None:
    """Write the examples anew."""
    for name, content in contents.items():
        for suffix, whole in files_of(content).items():
            (EXAMPLES / f"{name}.{suffix}").write_bytes(whole)


def kept(name: str) -> dict[str, Any]:
    """What an example says."""
    content: dict[str, Any] = json.loads((EXAMPLES / f"{name}.json").read_text("utf-8"))
    return content
