"""Documents are printed in child processes: this is what verbs call."""

import json
from datetime import datetime
from typing import Final
from uuid import UUID

from shared.children.pool import Children
from shared.children.task import MEBIBYTE, ChildTask, Limits
from shared.printing.blocks import Document, as_data
from shared.printing.problems import CannotBePrinted

PRINTING_LIMITS: Final = Limits(
    memory=1536 * MEBIBYTE, processor_seconds=60, elapsed_seconds=180, answer=128 * MEBIBYTE
)

PDF = ChildTask(
    module="shared.printing.pdf",
    function="write_pdf",
    doing="Printing a document as PDF",
    limits=PRINTING_LIMITS,
    refuses=(CannotBePrinted,),
)


async def printed(children: Children, task: ChildTask, org_id: UUID, document: Document, *, at: datetime) -> bytes:
    """The document in the form of the task, saying that it was made at this instant. `CannotBePrinted`."""
    whole = json.dumps(as_data(document), ensure_ascii=False).encode()
    parts = await children.run(task, org_id, int(at.timestamp()), [whole])
    return b"".join(parts)
