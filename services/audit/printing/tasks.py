"""Documents are printed in child processes: this is what verbs call."""

import json
from datetime import datetime
from uuid import UUID

from services.audit.printing.blocks import Document, as_data
from services.audit.printing.problems import CannotBePrinted
from shared.children.pool import Children
from shared.children.task import MEBIBYTE, ChildTask, Limits

_LIMITS = Limits(memory=1536 * MEBIBYTE, processor_seconds=60, elapsed_seconds=180, answer=128 * MEBIBYTE)

PDF = ChildTask(
    module="services.audit.printing.pdf",
    function="write_pdf",
    doing="Printing a document as PDF",
    limits=_LIMITS,
    refuses=(CannotBePrinted,),
)
DOCX = ChildTask(
    module="services.audit.printing.word_files",
    function="write_docx",
    doing="Writing a document as DOCX",
    limits=_LIMITS,
    refuses=(CannotBePrinted,),
)


async def printed(children: Children, task: ChildTask, org_id: UUID, document: Document, *, at: datetime) -> bytes:
    """The document in the form of the task, saying that it was made at this instant. `CannotBePrinted`."""
    whole = json.dumps(as_data(document), ensure_ascii=False).encode()
    parts = await children.run(task, org_id, int(at.timestamp()), [whole])
    return b"".join(parts)
