"""DOCX is written in a child process, as PDF is: `shared.printing.tasks.printed` runs this task."""

from shared.children.task import ChildTask
from shared.printing.problems import CannotBePrinted
from shared.printing.tasks import PRINTING_LIMITS

DOCX = ChildTask(
    module="services.audit.printing.word_files",
    function="write_docx",
    doing="Writing a document as DOCX",
    limits=PRINTING_LIMITS,
    refuses=(CannotBePrinted,),
)
